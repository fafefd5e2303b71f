"""A report is read by a link without an account: that report alone, until the link is over or taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from services.reporting.app import create_app
from services.reporting.figures.tables.influencers import INFLUENCERS
from services.reporting.figures.tables.rising import RISING
from services.reporting.figures.tables.staff import STAFF
from shared.clock import SetClock, SystemClock
from shared.directory import Scope
from shared.runtime import Service
from shared.said import Language
from tests.integration.reporting.test_pages import store
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses

MARCH = {"since": "2026-03-01", "until": "2026-04-01"}
SHARER = (Scope.FIGURES_READ, Scope.POLICIES_WRITE)


class Desk(NamedTuple):
    service: Service
    api: httpx.AsyncClient
    clock: SetClock

    async def share(self, who: dict[str, str], **asked: Any) -> httpx.Response:  # noqa: ANN401 - any field
        return await self.api.post("/v1/shares", json=MARCH | asked, headers=who)


@asynccontextmanager
async def desk(parts: Addresses) -> AsyncIterator[Desk]:
    clock = SetClock(SystemClock().now())
    service = create_app(settings_for(parts), clock)
    async with running(service) as (api,):
        await store(service)
        yield Desk(service, api, clock)


@pytest.fixture
async def acme(parts: Addresses) -> AsyncIterator[Desk]:
    async with desk(parts) as found:
        yield found


async def test_a_link_shows_its_report_to_whoever_has_it_and_to_nobody_once_it_is_over(acme: Desk) -> None:
    made = (await acme.share(await token(acme.service, "acme", *SHARER), days=3)).json()

    page = await acme.api.get(made["path"], params={"lang": "ru"})
    table = await acme.api.get(made["path"], params={"format": "csv"})
    wrong = await acme.api.get(made["path"][:-1] + ("A" if made["path"][-1] != "A" else "B"))
    acme.clock.forward(timedelta(days=3))
    late = await acme.api.get(made["path"])

    assert page.status_code == 200
    assert "telegram:-1" in page.text
    assert not any(table.name.by(Language.RU) in page.text for table in (STAFF, INFLUENCERS, RISING))
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "private, no-store"
    assert table.text.startswith("by,start,community")
    assert (wrong.status_code, late.status_code) == (404, 404)
    assert datetime.fromisoformat(made["expires"]) <= acme.clock.now()


async def test_what_a_link_holds_is_stored_nowhere(acme: Desk) -> None:
    made = (await acme.share(await token(acme.service, "acme", *SHARER))).json()
    secret = made["path"].rpartition("/")[2]

    stored = await acme.service.client[acme.service.database]["shares"].find().to_list()
    listed = await acme.api.get("/v1/shares", headers=await token(acme.service, "acme", *SHARER, name="oleg"))

    assert len(stored) == len(listed.json()) == 1
    assert secret not in str(stored) + listed.text
    assert listed.json()[0]["by"] == "vera"


async def test_a_link_is_taken_back(acme: Desk) -> None:
    who = await token(acme.service, "acme", *SHARER)
    made = (await acme.share(who)).json()

    gone = await acme.api.delete(f"/v1/shares/{made['id']}", headers=who)
    again = await acme.api.delete(f"/v1/shares/{made['id']}", headers=who)

    assert (gone.status_code, again.status_code) == (204, 404)
    assert (await acme.api.get(made["path"])).status_code == 404


async def test_nobody_shares_what_they_may_not_see_or_may_not_speak_for(acme: Desk) -> None:
    one = await token(acme.service, "acme", *SHARER, communities=frozenset({"discord:7"}), name="nina")
    analyst = await token(acme.service, "acme", Scope.FIGURES_READ, name="anna")
    blind = await token(acme.service, "acme", Scope.POLICIES_WRITE, name="boris")

    mine = await acme.share(one)
    others = await acme.share(one, communities=["telegram:-1"])
    page = await acme.api.get(mine.json()["path"])

    assert "discord:7" in page.text
    assert "telegram:-1" not in page.text
    assert others.status_code == 403
    assert (await acme.share(analyst)).status_code == 403
    assert (await acme.share(blind)).status_code == 403
    whole = (await acme.share(await token(acme.service, "acme", *SHARER, name="oleg"))).json()
    assert (await acme.api.delete(f"/v1/shares/{whole['id']}", headers=one)).status_code == 404


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 91}, {"since": "2026-04-02"}, {"communities": []}, {"for": "ever"}])
async def test_what_cannot_be_shared_is_told(acme: Desk, wrong: dict[str, Any]) -> None:
    answer = await acme.share(await token(acme.service, "acme", *SHARER), **wrong)

    assert answer.status_code == 422, answer.text
    assert not await acme.service.client[acme.service.database]["shares"].find_one()
