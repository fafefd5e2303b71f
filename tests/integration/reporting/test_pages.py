"""The pages of reporting over the real store: who may see what, in which language, and what leads where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from bson.raw_bson import RawBSONDocument
from markupsafe import escape

from services.reporting.app import create_app
from services.reporting.figures import FIGURES
from services.reporting.handlers import FIGURES_GROUP, Figures
from shared.directory import Scope
from shared.fold.draft import encoded_states
from shared.runtime import Service
from shared.said import Language
from tests.builders import content_created, member_joined
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses
from tests.unit.reporting.folding import record

PLACES = ("telegram:-1", "discord:7")


class Desk(NamedTuple):
    service: Service
    api: httpx.AsyncClient


async def store(service: Service, places: Sequence[str] = PLACES) -> None:
    """Store what the fold makes of some events, as it stores."""
    fold, states = Figures(), dict[str, Any]()
    for number, place in enumerate(places):
        ids = [f"{place}:{n}" for n in range(number + 2)]
        events = [content_created(id=id_, community=place, content_id=id_, text="Is it open?") for id_ in ids]
        for event in (*events, member_joined(id=f"j{number}", community=place)):
            for item in fold.read(record(event)):
                states[item.key] = fold.evolve(states.get(item.key), item.event).state
    raw = encoded_states(fold, 0, states)
    collection = service.client[service.database][f"{FIGURES_GROUP}.states"]
    await collection.insert_many([RawBSONDocument(one) for one in raw.values() if one is not None])


@asynccontextmanager
async def desk(parts: Addresses) -> AsyncIterator[Desk]:
    service = create_app(settings_for(parts))
    async with running(service) as (api,):
        api.headers["accept"] = "text/html"
        await store(service)
        yield Desk(service, api)


@pytest.fixture
async def acme(parts: Addresses) -> AsyncIterator[Desk]:
    async with desk(parts) as found:
        found.api.headers.update(await token(found.service, "acme", Scope.FIGURES_READ))
        yield found


async def test_the_overview_shows_the_figures_and_leads_to_communities_figures_and_files(acme: Desk) -> None:
    answer = await acme.api.get("/overview")

    assert answer.status_code == 200
    assert "telegram:-1" in answer.text
    assert 'href="/communities/telegram%3A-1?days=30&amp;brand=acme"' in answer.text
    assert 'href="/figures/questions_unanswered?days=30&amp;brand=acme"' in answer.text
    assert "format=csv" in answer.text
    assert "<svg" in answer.text
    assert (await acme.api.get("/", follow_redirects=True)).url.path == "/overview"


async def test_the_page_of_a_community_shows_that_one_alone(acme: Desk) -> None:
    found = await acme.api.get("/communities/discord:7", params={"days": 7})
    nothing = await acme.api.get("/communities/discord:8")

    assert "discord:7" in found.text
    assert "telegram:-1" not in found.text
    assert "community=discord%3A7" in found.text
    assert nothing.status_code == 200
    assert "Nothing was counted yet" in nothing.text


async def test_every_figure_has_a_page_with_its_meaning_and_its_sources_in_both_languages(acme: Desk) -> None:
    for figure in FIGURES:
        for lang in Language:
            answer = await acme.api.get(f"/figures/{figure.id}", params={"lang": lang.value})

            assert answer.status_code == 200, answer.text
            assert escape(figure.definition.by(lang)) in answer.text
            assert "veche reporting recompute --brand acme" in answer.text


async def test_a_figure_that_is_none_has_no_page(acme: Desk) -> None:
    assert (await acme.api.get("/figures/wisdom")).status_code == 404


async def test_who_may_see_one_community_sees_no_other_one(parts: Addresses) -> None:
    async with desk(parts) as found:
        scoped = await token(found.service, "acme", Scope.FIGURES_READ, communities=frozenset({"discord:7"}))
        whole = await token(found.service, "acme", Scope.FIGURES_READ, name="oleg")
        without = await token(found.service, "acme", Scope.MEMBERS_READ, name="nina")

        assert "telegram:-1" in (await found.api.get("/overview", headers=whole)).text
        seen = await found.api.get("/overview", headers=scoped)
        assert "discord:7" in seen.text
        assert "telegram:-1" not in seen.text
        assert (await found.api.get("/communities/telegram:-1", headers=scoped)).status_code == 403
        assert (await found.api.get("/overview", headers=without)).status_code == 403


async def test_who_is_not_signed_in_is_led_to_sign_in_and_back(parts: Addresses) -> None:
    async with desk(parts) as found:
        answer = await found.api.get("/communities/discord:7")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    assert "communities" in answer.headers["location"]


async def test_pages_speak_russian(acme: Desk) -> None:
    answer = await acme.api.get("/overview", headers={"accept-language": "ru"})

    assert "Вопросы без ответа" in answer.text
    assert answer.headers["content-language"] == "ru"
