"""Recommendations over the real store: made, decided by API, page and terminal's requests, and followed up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from services.reporting.api.advisor import Advisor, Wish
from services.reporting.api.asked import Named, Source
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, listening
from services.reporting.store import FiguresStore
from services.reporting.store.advice import Decisions
from shared.directory import Principal, Role, Scope
from shared.events import Envelope
from tests import builders
from tests.integration.reporting.stored import Asked, reporting
from tests.parts import Addresses

AT = builders.AT
"""Monday, 2 March 2026, 10:00 UTC."""
NEWCOMERS = 24
UNTIL = "2026-03-30"
OTHER = "discord:7"


def events() -> list[Envelope]:
    """Return newcomers whom nobody answers in one place, and as many who are answered in the other."""
    found: list[Envelope] = []
    for n in range(NEWCOMERS):
        at, more = AT + timedelta(days=n), {"text": "Hello."}
        found.append(builders.content_created(id=f"a{n}", content_id=f"a{n}", actor=f"telegram:{n}", time=at, **more))
        there = {"community": OTHER, "actor": f"discord:{n}", **more}
        found.append(builders.content_created(id=f"b{n}", content_id=f"b{n}", time=at, **there))
        reply = {"community": OTHER, "actor": "discord:99", "parent": f"b{n}", "text": "Welcome!"}
        found.append(builders.content_created(id=f"r{n}", content_id=f"r{n}", time=at + timedelta(hours=1), **reply))
    return found


@pytest.fixture(name="acme")
async def acme_asked(parts: Addresses) -> AsyncIterator[Asked]:
    async with reporting(parts, events()) as asked:
        yield asked


async def header(
    acme: Asked, *scopes: Scope, communities: frozenset[str] | None = None, name: str = "vera"
) -> dict[str, str]:
    who = Principal(name, Role.KEY, "acme", frozenset(scopes), communities)
    await acme.token()  # the brand is there
    made = await acme.service.directory.grant(who, builders.RECORDED, f"{name}-{len(scopes)}-{communities is None}")
    return {"authorization": f"Bearer {made}"}


async def listed(acme: Asked, who: dict[str, str], **params: str) -> dict[str, Any]:
    answer = await acme.http.get("/v1/recommendations", params={"until": UNTIL} | params, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def decide(acme: Asked, who: dict[str, str], id_: str, **body: Any) -> httpx.Response:  # noqa: ANN401 - any body
    return await acme.http.post(f"/v1/recommendations/{id_}", json=body, headers=who)


WRITES = (Scope.FIGURES_READ, Scope.DECISIONS_WRITE)


async def test_what_the_figures_suggest_is_told_where_it_is_so_with_its_numbers(acme: Asked) -> None:
    who = await header(acme, *WRITES)
    found, again = await listed(acme, who), await listed(acme, who, until="2026-04-02", lang="ru")
    (one,) = found["open"]

    assert (found["since"], found["until"]) == ("2026-03-02", UNTIL)
    assert (one["rule"], one["community"]) == ("newcomers_unanswered", builders.PLACE)
    assert one["numbers"] == {"newcomers": NEWCOMERS, "answered": 0}
    assert one["measure"] == {"figure": "newcomers_answered", "better": "up", "after_days": 28}
    assert again["open"][0]["id"] == one["id"], "the same weeks have the same ids, whatever the day and the language"
    assert again["open"][0]["says"].startswith("Впервые написали")
    assert (await listed(acme, who, community=OTHER))["open"] == []


async def test_a_decision_stays_and_is_not_overwritten_by_who_saw_an_older_one(acme: Asked) -> None:
    who = await header(acme, *WRITES)
    id_ = (await listed(acme, who))["open"][0]["id"]

    first = await decide(acme, who, id_, decision="accepted", note="Anna greets them")
    late = await decide(acme, who, id_, decision="dismissed")
    found = await listed(acme, who)
    changed = await decide(acme, who, id_, decision="dismissed", version=1)

    assert (first.status_code, first.json()["version"], first.json()["by"]) == (200, 1, "vera")
    assert late.status_code == 409
    assert found["open"] == []
    (told,) = found["decided"]
    assert (told["status"], told["note"], told["followed"]) == ("accepted", "Anna greets them", None)
    assert told["numbers"] == {"newcomers": NEWCOMERS, "answered": 0}
    assert (changed.json()["status"], changed.json()["version"]) == ("dismissed", 2)


async def test_who_may_not_decide_there_does_not(acme: Asked) -> None:
    all_ = await header(acme, *WRITES)
    id_ = (await listed(acme, all_))["open"][0]["id"]
    reader = await header(acme, Scope.FIGURES_READ, name="nina")
    writer = await header(acme, Scope.DECISIONS_WRITE, name="oleg")
    elsewhere = await header(acme, *WRITES, communities=frozenset({OTHER}), name="ivan")

    assert [(await decide(acme, who, id_, decision="accepted")).status_code for who in (reader, writer)] == [403, 403]
    assert (await decide(acme, elsewhere, id_, decision="accepted")).status_code == 404
    assert (
        await decide(acme, all_, "newcomers_unanswered-20260330-0123456789abcdef", decision="accepted")
    ).status_code == 404
    assert (await decide(acme, all_, "nonsense", decision="accepted")).status_code == 404
    assert (await decide(acme, all_, id_, decision="perhaps")).status_code == 422
    assert (await listed(acme, elsewhere))["open"] == []
    assert (await decide(acme, all_, id_, decision="accepted")).status_code == 200
    assert (await decide(acme, elsewhere, id_, decision="dismissed", version=1)).status_code == 404
    assert (await listed(acme, elsewhere))["decided"] == []


class Later:
    """A clock that stands at an instant."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def test_an_accepted_one_is_followed_up_once_its_days_are_over(parts: Addresses) -> None:
    decided_at = AT + timedelta(days=28)
    after = [
        builders.content_created(
            id=f"c{n}", content_id=f"c{n}", actor=f"telegram:2{n:02}", time=decided_at + timedelta(days=n + 1)
        )
        for n in range(10)
    ]
    replies = [
        builders.content_created(
            id=f"d{n}",
            content_id=f"d{n}",
            actor="telegram:1",
            parent=f"c{n}",
            time=decided_at + timedelta(days=n + 1, hours=2),
        )
        for n in range(6)
    ]
    async with reporting(parts, [*events(), *after, *replies]) as acme:
        clock = Later(decided_at)
        advisor = _advisor(acme, clock)
        of = Named("acme", None)
        await header(acme, *WRITES)
        frame = await advisor.frame(of, decided_at.date())
        assert frame is not None
        (one,) = await advisor.found(of, frame)
        who = Principal("vera", Role.KEY, "acme", frozenset(WRITES), None)
        decided = await advisor.decide(who, "acme", one.id, Wish("accepted", "", 0))
        early = await advisor.followed(decided)
        clock.at = decided_at + timedelta(days=30)
        late = await advisor.followed(decided)

    assert early is None
    assert late is not None
    assert late.then == 0
    assert late.now == pytest.approx(0.6)
    assert late.helped(one.rule.better) is True


def _advisor(acme: Asked, clock: Later) -> Advisor:
    service = acme.service
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
    source, decisions = Source(figures, service.directory), Decisions(service.client, service.database)
    return Advisor(source, decisions, clock, asyncio.Semaphore(1))


async def test_the_page_shows_them_and_a_form_decides(acme: Asked) -> None:
    who = await header(acme, *WRITES) | {"accept": "text/html"}
    page = await acme.http.get("/recommendations", headers=who)
    id_ = (await listed(acme, who, until=UNTIL))["open"]

    assert page.status_code == 200
    assert "Recommendations" in page.text
    assert id_
    sent = await acme.http.post(
        f"/recommendations/{id_[0]['id']}", data={"decision": "dismissed", "version": "0", "note": "<b>no</b>"}, headers=who
    )
    after = await acme.http.get("/recommendations", headers=who | {"accept-language": "ru"})

    assert (sent.status_code, sent.headers["location"]) == (303, "/recommendations?done=dismissed")
    assert "&lt;b&gt;no&lt;/b&gt;" in after.text
    assert "Отклонено" in after.text


async def test_the_page_offers_no_decision_to_who_may_not_decide(acme: Asked) -> None:
    who = await header(acme, Scope.FIGURES_READ, name="nina") | {"accept": "text/html"}
    page = await acme.http.get("/recommendations", headers=who)

    assert page.status_code == 200
    assert '<button name="decision"' not in page.text
