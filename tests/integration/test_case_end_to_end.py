"""A case from the complaint to the appeal, over real parts: points and figures go and come back with the decision."""

from __future__ import annotations

from typing import Any

import httpx

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.moderation import app as moderation
from services.moderation.cases.audit import Chain, verified
from services.moderation.cli.lines import lines_of
from services.reporting import app as reporting
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import Actor
from tests.builders import appeal_made, content_created, content_flagged
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.parts import Addresses, StackFactory

ANNA = "telegram:1"
PLACE = "telegram:-100"
CONTENT = f"{PLACE}:7"
MAY = (Scope.DECISIONS_READ, Scope.DECISIONS_WRITE, Scope.MEMBERS_READ, Scope.FIGURES_READ)
ABOUT = {"brand": "acme", "community": PLACE, "content_id": CONTENT}


async def test_a_removed_content_takes_points_and_figures_along_and_an_upheld_appeal_brings_them_back(
    own_stack: StackFactory,
) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts)
    judging, rewarding, telling = (part.create_app(settings) for part in (moderation, engagement, reporting))
    async with running(judging, rewarding, telling, folds=True) as (cases, points, figures):
        vera = await token(judging, "acme", *MAY)
        oleg = await token(judging, "acme", *MAY, name="oleg")
        for client in (cases, points, figures):
            client.headers.update(vera)
        told = {"brand": "acme", "community": PLACE, "actor": ANNA, "channel": "general"}
        await publish(
            parts.kafka,
            content_created(**told, content_id=f"{PLACE}:6", text="good morning"),
            content_created(**told, content_id=CONTENT, text="buy my thing"),
            content_created(**told, content_id=f"{PLACE}:8", text="good night"),
            *[content_flagged(**ABOUT, actor=Actor(id=f"telegram:{n}"), content_author=ANNA) for n in (5, 6)],
        )
        await until_balance(points, 15)

        case = await open_case(cases)
        assert [line["text"] for line in case["conversation"]] == ["good morning", "buy my thing", "good night"]
        assert "> " in "\n".join(lines_of(case))
        await decided(cases, case, "remove", vera)
        await until_balance(points, 10)
        await eventually(lambda: removals(figures), lambda count: count == 1)
        record = (await cases.get(f"/v1/members/{ANNA}/record")).json()
        assert [strike["points"] for strike in record["strikes"]] == [2]

        now = SystemClock().now()  # an old one's deadline would be over, and its case escalated
        await publish(parts.kafka, appeal_made(**ABOUT, actor=Actor(id=ANNA), time=now))
        appealed = await open_case(cases, why="appeal")
        refused = await cases.post(f"/v1/cases/{appealed['key']}/decision", json={"ruling": "keep"}, headers=vera)
        assert (refused.status_code, "somebody else" in refused.text) == (409, True)
        await decided(cases, appealed, "allow", oleg)

        await until_balance(points, 15)
        await eventually(lambda: removals(figures), lambda count: count == 0)
        record = (await cases.get(f"/v1/members/{ANNA}/record")).json()
        assert record["strikes"] == []
        other = {"brand": "acme", "community": PLACE, "content_id": f"{PLACE}:8", "content_author": ANNA}
        await publish(parts.kafka, *[content_flagged(**other, actor=Actor(id=f"telegram:{n}")) for n in (5, 6)])
        await muted_and_lifted(cases, await open_case(cases), oleg)
        await whole_audit(cases)


async def until_balance(points: httpx.AsyncClient, balance: int) -> None:
    async def history() -> list[dict[str, Any]]:
        return list((await points.get(f"/v1/members/{ANNA}/history")).json())

    await eventually(history, lambda found: bool(found) and found[0]["balance"] == balance)


async def open_case(cases: httpx.AsyncClient, why: str = "complaints") -> dict[str, Any]:
    async def listed() -> list[dict[str, Any]]:
        return list((await cases.get("/v1/cases", params={"why": why})).json()["cases"])

    (case,) = await eventually(listed, lambda found: len(found) == 1)
    whole: dict[str, Any] = (await cases.get(f"/v1/cases/{case['key']}")).json()
    return whole


async def decided(cases: httpx.AsyncClient, case: dict[str, Any], ruling: str, by: dict[str, str]) -> None:
    body = {"ruling": ruling, "version": case["version"]}

    answer = await cases.post(f"/v1/cases/{case['key']}/decision", json=body, headers=by)
    again = await cases.post(f"/v1/cases/{case['key']}/decision", json=body, headers=by)

    assert (answer.status_code, answer.json()["status"]) == (200, "closed"), answer.text
    assert again.status_code == 409, "the version is another one now"


async def muted_and_lifted(cases: httpx.AsyncClient, case: dict[str, Any], by: dict[str, str]) -> None:
    async def sanctions() -> list[dict[str, Any]]:
        return list((await cases.get(f"/v1/members/{ANNA}/record")).json()["sanctions"])

    muted = await cases.post(f"/v1/cases/{case['key']}/decision", json={"ruling": "mute", "for": "7d"})
    (mute,) = await eventually(sanctions, lambda found: len(found) == 1)
    asked = {"sanction": mute["id"], "reason": "a mistake"}
    lifted = await cases.post(f"/v1/members/{ANNA}/lift", json=asked, headers=by)

    assert (muted.status_code, lifted.status_code, lifted.json()["sanctions"]) == (200, 200, [])
    history = (await cases.get(f"/v1/cases/{case['key']}")).json()["history"]
    assert [(one["by"], one["did"]) for one in history][-1] == ("oleg", "moderation.command.lift")


async def removals(figures: httpx.AsyncClient) -> int:
    asked = {"since": "2026-03-01", "until": "2040-01-01", "by": "whole"}
    (row,) = (await figures.get("/v1/figures", params=asked)).json()["rows"]
    return int(row["figures"]["removals"])


async def whole_audit(cases: httpx.AsyncClient) -> None:
    (head,) = (await cases.get("/v1/audit")).json()
    entries = (await cases.get("/v1/audit/entries", params={"community": PLACE})).json()

    assert verified(entries, Chain(head["n"], head["hash"])).broken is None
    assert {entry["by"] for entry in entries} >= {"vera", "oleg", ANNA}
    assert all("buy my thing" not in str(entry) for entry in entries)
