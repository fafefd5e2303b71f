"""The page of goals over the real store: in both languages, with a chart, each goal for who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bson.raw_bson import RawBSONDocument

from services.reporting.app import create_app
from services.reporting.handlers import FIGURES_GROUP, Figures
from services.reporting.rules.goals.declared import KIND
from shared.clock import SetClock
from shared.directory import Scope
from shared.documents.goals import Goal
from shared.documents.shape import whole
from shared.fold.draft import encoded_states
from shared.runtime import Service
from shared.shelf import MongoShelf
from tests.builders import content_created
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses
from tests.unit.reporting.crises import START
from tests.unit.reporting.folding import record
from tests.unit.reporting.goals.test_declared import WORDS

PLACE = "telegram:-9"


async def store_goals(service: Service) -> None:
    """Store two goals, and two months of contents of a community of which they are."""
    now, fold, states = service.clock.now(), Figures(), dict[str, Any]()
    for n in range(120):
        at, id_ = now - timedelta(hours=12 * n), f"{PLACE}:{n}"
        for item in fold.read(record(content_created(id=id_, community=PLACE, content_id=id_, time=at))):
            states[item.key] = fold.evolve(states.get(item.key), item.event).state
    raw = encoded_states(fold, 0, states)
    collection = service.client[service.database][f"{FIGURES_GROUP}.states"]
    await collection.insert_many([RawBSONDocument(one) for one in raw.values() if one is not None])
    shelf, today = MongoShelf(service.client, service.database, SetClock(START), 0), now.date()
    about: dict[str, Any] = {
        "title": WORDS,
        "figure": "content",
        "owner": "anna",
        "baseline": 10.0,
        "from_": today - timedelta(days=20),
    }
    own = Goal(**about, due=today + timedelta(days=20), target=500.0, communities=(PLACE,))
    brands = Goal(**about, due=today - timedelta(days=5), target=20.0)
    for name, spec in (("own", own), ("brands", brands)):
        await shelf.store(KIND, "acme", name, whole(spec), "anna")


async def test_goals_are_shown_with_their_state_and_chart_in_both_languages(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (api,):
        api.headers["accept"] = "text/html"
        reader = await token(service, "acme", Scope.FIGURES_READ)
        nothing = await api.get("/goals", headers=reader)
        await store_goals(service)
        english = await api.get("/goals", headers=reader)
        russian = await api.get("/goals", headers=reader, params={"lang": "ru"})
        overview = await api.get("/overview", headers=reader)

    assert "No goal is declared" in nothing.text
    assert english.status_code == 200, english.text
    assert "More: at risk" in english.text
    assert "More: reached" in english.text
    assert english.text.count("<svg") == 2
    assert "Больше: под угрозой" in russian.text
    assert 'href="/goals"' in overview.text


async def test_who_may_see_one_community_sees_its_goals_alone(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (api,):
        api.headers["accept"] = "text/html"
        await store_goals(service)
        own = await token(service, "acme", Scope.FIGURES_READ, communities=frozenset({PLACE}))
        other = await token(service, "acme", Scope.FIGURES_READ, communities=frozenset({"discord:7"}), name="nina")
        without = await token(service, "acme", Scope.MEMBERS_READ, name="oleg")
        seen, unseen, refused = [await api.get("/goals", headers=who) for who in (own, other, without)]

    assert seen.text.count('id="goal-') == 1
    assert 'id="goal-own"' in seen.text
    assert 'id="goal-' not in unseen.text
    assert refused.status_code == 403
