"""A case from the complaint to the appeal, over real parts: points and figures go and come back with the decision."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
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


@dataclass
class Stage:
    """Three services over parts of their own, and two moderators."""

    kafka: str
    cases: httpx.AsyncClient
    points: httpx.AsyncClient
    figures: httpx.AsyncClient
    vera: dict[str, str]
    oleg: dict[str, str]


@asynccontextmanager
async def stage(own_stack: StackFactory) -> AsyncIterator[Stage]:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    settings = settings_for(Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], found["VECHE_REDIS"]))
    judging, rewarding, telling = (part.create_app(settings) for part in (moderation, engagement, reporting))
    async with running(judging, rewarding, telling, folds=True) as (cases, points, figures):
        vera, oleg = [await token(judging, "acme", *MAY, name=name) for name in ("vera", "oleg")]
        for client in (cases, points, figures):
            client.headers.update(vera)
        yield Stage(settings.kafka, cases, points, figures, vera, oleg)


async def test_a_removed_content_takes_points_and_figures_along_and_an_upheld_appeal_brings_them_back(
    own_stack: StackFactory,
) -> None:
    async with stage(own_stack) as on:
        await written_and_complained_of(on)
        await come_to(on, points=15)

        await removed(on)
        await come_to(on, points=10, removals=1, strikes=[2])

        await upheld(on)
        await come_to(on, points=15, removals=0, strikes=[])

        await complain(on, f"{PLACE}:8")
        await muted_and_lifted(on.cases, await open_case(on.cases), on.oleg)
        await whole_audit(on.cases)


async def written_and_complained_of(on: Stage) -> None:
    told = {"brand": "acme", "community": PLACE, "actor": ANNA, "channel": "general"}
    texts = {f"{PLACE}:6": "good morning", CONTENT: "buy my thing", f"{PLACE}:8": "good night"}
    await publish(on.kafka, *[content_created(**told, content_id=content, text=text) for content, text in texts.items()])
    await complain(on, CONTENT)


async def complain(on: Stage, content: str) -> None:
    about = {"brand": "acme", "community": PLACE, "content_id": content, "content_author": ANNA}
    await publish(on.kafka, *[content_flagged(**about, actor=Actor(id=f"telegram:{n}")) for n in (5, 6)])


async def removed(on: Stage) -> None:
    """Have vera remove the content, who sees what stands around it."""
    case = await open_case(on.cases)
    assert [line["text"] for line in case["conversation"]] == ["good morning", "buy my thing", "good night"]
    assert "> " in "\n".join(lines_of(case))
    await decided(on.cases, case, "remove", on.vera)


async def upheld(on: Stage) -> None:
    """Have the member appeal; vera may not answer, oleg does."""
    now = SystemClock().now()  # an old one's deadline would be over, and its case escalated
    await publish(on.kafka, appeal_made(brand="acme", community=PLACE, content_id=CONTENT, actor=Actor(id=ANNA), time=now))
    appealed = await open_case(on.cases, why="appeal")
    refused = await on.cases.post(f"/v1/cases/{appealed['key']}/decision", json={"ruling": "keep"}, headers=on.vera)
    assert (refused.status_code, "somebody else" in refused.text) == (409, True)
    await decided(on.cases, appealed, "allow", on.oleg)


async def come_to(on: Stage, points: int, removals: int = 0, strikes: Sequence[int] = ()) -> None:
    """Wait until the member has so many points, and so many removals are counted; look at their strikes."""
    await until_balance(on.points, points)
    await eventually(lambda: removals_of(on.figures), lambda count: count == removals)
    record = (await on.cases.get(f"/v1/members/{ANNA}/record")).json()
    assert [strike["points"] for strike in record["strikes"]] == list(strikes)


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


async def removals_of(figures: httpx.AsyncClient) -> int:
    asked = {"since": "2026-03-01", "until": "2040-01-01", "by": "whole"}
    (row,) = (await figures.get("/v1/figures", params=asked)).json()["rows"]
    return int(row["figures"]["removals"])


async def whole_audit(cases: httpx.AsyncClient) -> None:
    (head,) = (await cases.get("/v1/audit")).json()
    entries = (await cases.get("/v1/audit/entries", params={"community": PLACE})).json()

    assert verified(entries, Chain(head["n"], head["hash"])).broken is None
    assert {entry["by"] for entry in entries} >= {"vera", "oleg", ANNA}
    assert all("buy my thing" not in str(entry) for entry in entries)
