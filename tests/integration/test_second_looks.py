"""While a second look is open, nothing that is told to whoever may give it says what the first one decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.moderation import app as moderation
from services.moderation.cases.audit import Chain, linked, verified
from services.moderation.cases.case import Case, Held, Outcome, Review, milliseconds
from services.moderation.cases.states import url_key
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import event_id
from shared.runtime import Service
from tests.integration.queue import case, stored
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses

MAY = (Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
NOW = SystemClock().now()
PLACE = "telegram:-1"
FIRST = Outcome(ruling="ban", by="oleg", at_ms=milliseconds(NOW))
BAN = Held(id="ban", verdict="ban", at_ms=milliseconds(NOW), cause="e1", by="oleg", struck=True)
LOOKED_AT = case(1, NOW, severity="low", why=("review",), review=Review(first=FIRST), outcome=FIRST)
OTHER = case(6, NOW, severity="low", member="u1")


@dataclass
class Desk:
    """One case that oleg decided, open for a second look, and all that was written about it."""

    api: httpx.AsyncClient
    service: Service

    async def told(self, by: str, path: str, *scopes: Scope) -> Any:  # noqa: ANN401 - JSON
        headers = await token(self.service, "acme", *(scopes or MAY), name=by)
        answer = await self.api.get(path, headers=headers)
        return answer.json() if answer.is_success else answer.status_code


@pytest_asyncio.fixture
async def desk(parts: Addresses) -> AsyncIterator[Desk]:
    service = moderation.create_app(settings_for(parts))
    async with running(service) as (api,):
        await stored(service, [with_ban(LOOKED_AT), OTHER])
        database = service.client[service.database]
        await database["moderation.entries"].insert_many([entry("d1", "flag", "m1"), entry("d6", "flag", "m6")])
        reversal = {"_id": "d1/reversal", "kind": "reversal", "decision": "d1", "by": "oleg", "at": NOW}
        await database["cases.entries"].insert_many([entry("ban", "ban", "m1") | {"by": "oleg"}, reversal, *audit()])
        strike = {"id": "ban", "brand": "acme", "community": PLACE, "member": "u1", "source": "s", "at": NOW}
        strike |= {"recorded": NOW, "points": 2, "sanction": "ban", "content": "m1"}
        await database["sanctions.states"].insert_one({"_id": "acme/u1", "q": 0, "strikes": [strike]})
        await head(service)
        yield Desk(api, service)


def with_ban(one: Case) -> Case:
    return Case(**{name: getattr(one, name) for name in one.__struct_fields__} | {"decisions": (*one.decisions, BAN)})


def entry(id_: str, verdict: str, content: str) -> dict[str, Any]:
    told = {"_id": id_, "kind": "decision", "brand": "acme", "community": PLACE, "member": "u1", "content": content}
    return told | {
        "cause": "e1",
        "verdict": verdict,
        "rules": [],
        "version": 1,
        "findings": [],
        "imported": False,
        "at": NOW,
    }


def chained() -> tuple[list[dict[str, Any]], Chain]:
    chain, entries = Chain(), []
    for what in ({"did": "decide", "case": "m1", "ruling": "ban"}, {"did": "claim", "case": "m6"}):
        chain, made = linked(chain, "acme", PLACE, milliseconds(NOW), "oleg", what)
        entries.append(made)
    return entries, chain


def audit() -> list[dict[str, Any]]:
    return chained()[0]


async def head(service: Service) -> None:
    _, chain = chained()
    state = {"_id": f"acme/{PLACE}/audit", "q": 0, "t": "chain", "n": chain.n, "hash": chain.hash}
    await service.client[service.database]["cases.states"].insert_one(state)


async def test_decisions_are_told_as_the_rules_left_them(desk: Desk) -> None:
    vera = await desk.told("vera", f"/v1/decisions?community={PLACE}")
    oleg = await desk.told("oleg", f"/v1/decisions?community={PLACE}")

    assert {one["id"]: "reversal" in one for one in vera} == {"d1": False, "d6": False}
    assert {one["id"]: "reversal" in one for one in oleg} == {"d1": True, "d6": False, "ban": False}


async def test_what_was_decided_is_not_explained_and_not_taken_back_either(desk: Desk) -> None:
    assert await desk.told("vera", "/v1/decisions/ban") == 404
    assert (await desk.told("oleg", "/v1/decisions/ban"))["verdict"] == "ban"
    assert "reversal" not in await desk.told("vera", "/v1/decisions/d1")
    headers = await token(desk.service, "acme", *MAY, name="vera")
    asked = await desk.api.post("/v1/decisions/d1/reversal", json={"reason": "To see"}, headers=headers)
    assert asked.status_code == 409, "taken back or not: the answer is the same"


async def test_the_sanction_that_the_first_decided_on_is_not_ended_before_the_second_look(desk: Desk) -> None:
    headers = await token(desk.service, "acme", *MAY, name="vera")
    asked = {"sanction": event_id("moderation.sanction", "ban", "ban"), "reason": "To see"}

    answer = await desk.api.post("/v1/members/u1/lift", json=asked, headers=headers)

    assert answer.status_code == 409
    assert "second time" in answer.text


async def test_the_audit_can_be_verified_and_does_not_tell(desk: Desk) -> None:
    entries = await desk.told("vera", f"/v1/audit/entries?community={PLACE}")
    (told,) = await desk.told("vera", "/v1/audit")

    assert [set(one) for one in entries[:1]] == [{"n", "prev", "hash", "withheld"}]
    assert entries[1]["what"]["did"] == "claim"
    assert verified(entries, Chain(told["n"], told["hash"])) == (None, 1)
    assert (await desk.told("oleg", f"/v1/audit/entries?community={PLACE}"))[0]["what"]["ruling"] == "ban"


async def test_the_record_of_a_member_leaves_out_what_followed(desk: Desk) -> None:
    vera, oleg = [await desk.told(name, "/v1/members/u1/record") for name in ("vera", "oleg")]

    assert (vera["strikes"], vera["sanctions"]) == ([], [])
    assert [one["kind"] for one in oleg["sanctions"]] == ["ban"]


async def test_another_case_of_the_member_does_not_tell(desk: Desk) -> None:
    whole = await desk.told("vera", f"/v1/cases/{url_key('acme', OTHER.community, OTHER.id)}")

    assert whole["record"]["decisions"] == {"flag": 2}
    assert "ban" not in str(whole)


async def test_who_decides_nothing_is_told_all(desk: Desk) -> None:
    told = await desk.told("figures", f"/v1/decisions?community={PLACE}", Scope.DECISIONS_READ)

    assert {one["id"] for one in told} == {"d1", "d6", "ban"}


@pytest.mark.parametrize("path", ["/v1/cases", f"/v1/cases/{url_key('acme', PLACE, 'm1')}"])
async def test_the_case_itself_does_not_tell(desk: Desk, path: str) -> None:
    assert "oleg" not in str(await desk.told("vera", path))
    assert "oleg" in str(await desk.told("oleg", path))
