"""What the forms of a case do, over a fold that runs: all of it without a script, and what is refused says why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
from pydantic import SecretStr

from deploy.native.parts import CORE
from services.ingest import app as ingest
from services.moderation import app as moderation
from services.moderation.cases.case import Case
from services.moderation.handlers.judge import KIND
from services.moderation.rules.notices import code
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role, Scope
from shared.shelf import MongoShelf
from tests.integration.queue import address, case, stored
from tests.integration.services import eventually, running, settings_for, token, with_brand
from tests.integration.staff import Office, csrf
from tests.parts import Addresses, StackFactory

SECRET = "a secret of sixteen"


@asynccontextmanager
async def at_work(own_stack: StackFactory) -> AsyncIterator[Office]:
    """Yield acme with a moderator, vera, and a community manager, maria; nothing is looked at a second time by chance."""
    stack = own_stack()
    await asyncio.to_thread(stack.start, *CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts).model_copy(update={"appeal_secret": SecretStr(SECRET), "policy_delay_s": 0.0})
    service, edge = moderation.create_app(settings), ingest.create_app(settings, ingest.Role.EDGE)
    async with running(service, edge, folds=True) as (_, api):
        await with_brand(service.directory, "acme")
        clock = SetClock(SystemClock().now())
        owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
        api.headers["authorization"] = f"Bearer {await service.directory.grant(owner, clock.now(), 'owner')}"
        await MongoShelf(service.client, service.database, service.clock, 0).store(
            KIND, "acme", "default", {"review": {"second": 0}}, "owner"
        )
        office = Office(service, edge, api, clock, [])
        await office.member()
        await office.member("maria", role="community_manager")
        await eventually(partial(_dispute, office), lambda answer: answer.status_code == 201)
        yield office
        for browser in office.browsers:
            await browser.aclose()


async def _dispute(office: Office) -> httpx.Response:
    """Open a dispute: 201 says that the fold follows commands by now, 202 that it does not yet."""
    told = {"community": "telegram:-1", "members": ["u1", "u2"], "about": "Who began", "brand": "acme"}
    headers = await token(office.service, "acme", Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
    return await office.browser().post("/v1/disputes", json=told, headers=headers)


class Form:
    """Somebody at the page of a case."""

    def __init__(self, browser: httpx.AsyncClient, token: str) -> None:
        self.browser, self.token = browser, token

    async def sends(self, one: Case, what: str, version: int, **fields: str) -> httpx.Response:
        told = {"csrf": self.token, "version": str(version)} | fields
        return await self.browser.post(f"{address(one)}/{what}", data=told, follow_redirects=True)


async def form(office: Office, name: str = "vera") -> Form:
    browser = await office.signed_in(name)
    return Form(browser, await csrf(browser))


@pytest.mark.timeout(180)
async def test_cases_are_worked_on_by_forms(own_stack: StackFactory) -> None:
    async with at_work(own_stack) as office:
        vera, maria = await form(office), await form(office, "maria")
        await one_after_the_other(office, vera, maria)
        await several_at_once(office, vera)
        await a_dispute(office, vera)
        await through_a_portal(office, vera)


async def one_after_the_other(office: Office, vera: Form, maria: Form) -> None:
    one = case(1, office.clock.now(), severity="low", member="u1")
    await stored(office.service, [one])

    claimed = await vera.sends(one, "claim", 1)
    noted = await vera.sends(one, "notes", 2, text="Looks like u7 again")
    stale = await vera.sends(one, "notes", 2, text="And this, too")
    escalated = await vera.sends(one, "escalation", 3, reason="He threatens people")
    alone = await vera.sends(one, "decision", 4, ruling="allow")
    given = await vera.sends(one, "assignment", 4, to="vera")
    assigned = await maria.sends(one, "assignment", 4, to="vera")
    muted = await maria.sends(one, "decision", 5, ruling="mute", mute_for="12h", ban_for="90d", reason="Threats")
    back = await maria.sends(one, "reversal", 6, decision=muted_by(muted.text), reason="It was a quotation")

    assert "You work on it until" in claimed.text
    assert "Looks like u7 again" in noted.text
    assert stale.status_code == 409
    assert "it is version 3, you saw 2" in stale.text
    assert "And this, too</textarea>" in stale.text, "what was written is not lost"
    assert "He threatens people" in escalated.text
    assert (alone.status_code, given.status_code) == (403, 403)
    assert "Assigned to vera" in assigned.text
    assert "Closed" in muted.text
    assert muted_by(muted.text)
    assert "Take it back: Mute" in muted.text
    assert "Take it back: Mute" not in back.text


def muted_by(text: str) -> str:
    """Return the id of the decision that the page offers to take back."""
    return text.partition('name="decision" value="')[2].partition('"')[0]


async def several_at_once(office: Office, vera: Form) -> None:
    cases = [
        case(number, office.clock.now(), severity="low", member=None, escalated=number == 23) for number in (21, 22, 23)
    ]
    await stored(office.service, cases)
    keys = [address(one).rpartition("/")[2] for one in cases]
    told = {"csrf": vera.token, "ruling": "remove", "for": "1d", "reason": "Spam", "sure": "yes"}

    answer = await vera.browser.post("/cases/bulk", data=told | {"case": [f"{keys[0]}.1", f"{keys[1]}.9", f"{keys[2]}.1"]})

    first, second, third = (answer.text.partition(key)[2].partition("</li>")[0] for key in keys)
    assert "decided" in first
    assert "not decided" in second
    assert "you saw 9" in second
    assert "a community manager decides" in third, "it was escalated, and stops no other"


async def a_dispute(office: Office, vera: Form) -> None:
    opened = (await _dispute(office)).json()
    page = f"/cases/{opened['key']}"

    async def sends(what: str, version: int, **fields: str) -> httpx.Response:
        sent = {"csrf": vera.token, "version": str(version)} | fields
        return await vera.browser.post(f"{page}/{what}", data=sent, follow_redirects=True)

    early = await sends("settlement", 1, outcome="first", text="She was rude")
    await sends("statements", 1, of="u1", text="He did")
    await sends("statements", 2, of="u2", text="She did")
    ended = await sends("settlement", 3, outcome="first", text="She was rude")

    assert early.status_code == 409
    assert "both have to be heard first" in early.text
    assert "The first was wrong" in ended.text


async def through_a_portal(office: Office, vera: Form) -> None:
    one = case(31, office.clock.now(), severity="low", member="u31")
    await stored(office.service, [one])
    await vera.sends(one, "decision", 1, ruling="hide", reason="Off topic")
    headers = await token(office.service, "acme", Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
    (decision,) = (await vera.browser.get("/v1/decisions?member=u31", headers=headers)).json()
    id_ = decision["id"]
    path, link = f"/v1/decisions/{id_}/appeal", f"/appeals/{id_}/{code(SECRET.encode(), id_)}"
    member = office.browser()

    before = await member.get(link)
    other = await member.post(path, json={"member": "u7", "text": "Mine"}, headers=headers)
    long = await member.post(link, data={"text": "x" * 2_001})
    asked = await member.post(path, json={"member": "u31", "text": "It was on topic"}, headers=headers)
    again = await member.post(link, data={"text": "Once more"})
    after = await member.get(f"{link}?lang=ru")

    assert "Your message was hidden. Off topic" in before.text
    assert "vera" not in before.text, "nobody's name"
    assert (other.status_code, long.status_code) == (409, 422)
    assert (asked.status_code, asked.json()["answer"]) == (201, None)
    assert (again.status_code, "You have asked for another look" in again.text) == (409, True)
    assert "Вы попросили о пересмотре" in after.text
    assert (await member.get(link[:-1] + "!")).status_code == 404
