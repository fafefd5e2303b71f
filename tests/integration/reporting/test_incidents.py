"""Incidents on a real broker and store: from what people write to an alert, to the people who end it, to the post-mortem."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from services.reporting.app import create_app
from services.reporting.cli.backtest import run
from services.reporting.listening.tone import is_negative
from services.reporting.rules.crises.crisis import BY_RULES, Crisis, crisis_of
from services.reporting.rules.crises.playbooks import KIND
from services.reporting.rules.recent import HOUR_S
from shared.bus import past
from shared.cli.moments import EARLIEST
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.documents.playbook import (
    Play,
    Playbook,
    Signs,
    SlowMode,
    Statement,
    StatementTexts,
    Step,
    StepTexts,
    Watched,
)
from shared.documents.shape import whole
from shared.events import Envelope, decode
from shared.events.actions import ActionPublish, ActionSlowMode
from shared.events.reporting import IncidentClosed, IncidentOpened
from shared.fold.mongo import Client
from shared.fold.retelling import Span
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import ACTIONS, ALERTS
from tests import builders
from tests.integration.reporting.live import started
from tests.integration.services import eventually, publish, running, with_brand
from tests.parts import Addresses, StackFactory
from tests.unit.reporting.crises import HERE, NOON, START, THERE, complained, in_time, weeks, wrote
from tests.unit.reporting.watching import crowd

BOOK = Playbook(
    languages=("ru",),
    plays=(
        Play(
            id="every",
            steps=(Step(id="look", role="moderator", text=StepTexts(en="Look.", ru="Посмотрите.")),),
            statements=(Statement(id="holding", text=StatementTexts(en="We know.", ru="Мы знаем.")),),
            slow_mode=SlowMode(pause_s=30, lasts="1m"),
        ),
    ),
)


def settings_of(parts: Addresses) -> Settings:
    prefix = f"i{secrets.token_hex(4)}"
    return Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=prefix, policy_refresh_s=0.1)


def shifted(events: Sequence[Envelope], hours_ago: float = 2.0) -> list[Envelope]:
    """Return made-up weeks as if their last noon had been so many hours ago."""
    by = int((SystemClock().now().timestamp() - NOON) // HOUR_S - hours_ago) * HOUR_S

    def moved(at: datetime) -> datetime:
        return datetime.fromtimestamp(at.timestamp() + by, UTC)

    return [replace(event, time=moved(event.time), recordedtime=moved(event.recordedtime)) for event in events]


async def stored(service: Service, playbook: Playbook) -> None:
    """Have a playbook that was always in force."""
    await stored_in(service.client, service.settings, playbook)


async def stored_in(client: Client, settings: Settings, playbook: Playbook) -> None:
    shelf = MongoShelf(client, settings.database("reporting"), SetClock(START), 0)
    await shelf.store(KIND, "acme", "default", whole(playbook), "anna")


async def person(service: Service, name: str, role: Role, communities: frozenset[str] | None = None) -> dict[str, str]:
    await with_brand(service.directory, "acme")
    who = Principal(name, role, "acme", ROLE_SCOPES[role], communities)
    return {"authorization": f"Bearer {await service.directory.grant(who, builders.RECORDED, name)}"}


async def told(parts: Addresses, topic: str) -> list[Any]:
    return [decode(record.value or b"") async for record in past.records(parts.kafka, topic)]


@pytest.mark.timeout(240)
async def test_from_what_people_write_to_the_post_mortem(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    service = create_app(settings_of(parts))
    async with running(service, folds=True) as (api,):
        await stored(service, BOOK)
        await publish(parts.kafka, *shifted([*weeks(), *wrote(crowd(NOON, 40))]))
        anna, boris = await person(service, "anna", Role.COMMUNITY_MANAGER), await person(service, "boris", Role.MODERATOR)
        eyes = await person(service, "vera", Role.ANALYST)

        found = await eventually(lambda: listed(api, anna), lambda body: bool(fresh(body)))
        (brief,) = fresh(found)
        path = f"/v1/incidents/{brief['id']}"
        assert (brief["status"], brief["community"], brief["signals"]) == ("open", HERE, ["volume"])

        first = await api.post(f"{path}/acknowledgement", headers=anna | {"idempotency-key": "k1"})
        again = await api.post(f"{path}/acknowledgement", headers=anna | {"idempotency-key": "k1"})
        assert [first.status_code, again.status_code] == [200, 200], first.text
        assert first.json()["acknowledged"] == again.json()["acknowledged"]
        await check_refused(api, path, anna, boris, eyes)
        assert (await api.post(f"{path}/steps", headers=boris, json={"step": "look"})).status_code == 200
        note = {"text": "<b>A release</b>: nobody told them."}
        assert (await api.post(f"{path}/notes", headers=boris, json=note)).status_code == 200
        assert (await api.post(f"{path}/assignment", headers=anna, json={"to": "boris"})).status_code == 200
        assert (await api.post(f"{path}/approval", headers=anna, json={"statement": "holding"})).status_code == 200
        closed = await api.post(f"{path}/closing", headers=anna, json={"reason": "The release was taken back."})
        assert closed.json()["status"] == "closed"

        await check_page(api, path, anna, eyes)
        assert fresh(await listed(api, anna, status="open")) == []
        alerts = [one for one in await told(parts, ALERTS.name) if one.subject == brief["id"]]
        acts = [one for one in await told(parts, ACTIONS.name) if one.data.cause == brief["id"]]

    assert [type(one) for one in alerts].count(IncidentOpened) == 1
    assert [one.data.by for one in alerts if isinstance(one, IncidentClosed)] == ["anna"]
    assert [one.data.text for one in acts if isinstance(one, ActionPublish)] == ["Мы знаем."]
    assert [one.data.delay_s for one in acts if isinstance(one, ActionSlowMode)] == [30, 0]


def places(body: Any) -> set[str | None]:  # noqa: ANN401 - JSON
    return {one["community"] for one in body["incidents"]}


def fresh(body: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """Return the incidents of the last hours: weeks of chance, at another hour of the day each time, may hold some, too."""
    since = SystemClock().now() - timedelta(hours=4)
    return [one for one in body["incidents"] if datetime.fromisoformat(one["opened"]) > since]


async def listed(api: httpx.AsyncClient, who: dict[str, str], **params: str) -> Any:  # noqa: ANN401 - JSON
    answer = await api.get("/v1/incidents", headers=who, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def check_refused(api: httpx.AsyncClient, path: str, anna: Any, boris: Any, eyes: Any) -> None:  # noqa: ANN401
    asked: dict[int, list[tuple[dict[str, str], str, dict[str, Any]]]] = {
        403: [
            (boris, "assignment", {"to": "boris"}),
            (boris, "approval", {"statement": "holding"}),
            (boris, "closing", {}),
            (eyes, "notes", {"text": "x"}),
        ],
        409: [(boris, "acknowledgement", {}), (anna, "notes", {"text": "x", "version": 0})],
        422: [(anna, "notes", {}), (anna, "steps", {"step": "none"}), (anna, "approval", {"statement": "none"})],
    }
    for status, requests in asked.items():
        for who, what, body in requests:
            answer = await api.post(f"{path}/{what}", headers=who, json=body)
            assert answer.status_code == status, (what, body, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
    other = await api.post(f"{path}/notes", headers=anna | {"idempotency-key": "k1"}, json={"text": "other"})
    assert other.status_code == 409


async def check_page(api: httpx.AsyncClient, path: str, anna: dict[str, str], eyes: dict[str, str]) -> None:
    one = await api.get(path, headers=anna)
    same = await api.get(path, headers=anna | {"if-none-match": one.headers["etag"]})
    assert (one.status_code, same.status_code) == (200, 304)
    did = [line["did"] for line in one.json()["time_line"] if line["by"] != BY_RULES]
    assert did == ["acknowledged", "finished", "noted", "assigned", "approved", "closed"]
    blind = (await api.get(path, headers=eyes)).json()["time_line"]
    assert "nobody told them" not in str(blind), "an analyst reads no texts"
    page = await api.get(f"{path}/post-mortem", headers=anna, params={"lang": "ru"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Разбор инцидента" in page.text
    assert "&lt;b&gt;A release&lt;/b&gt;" in page.text
    assert "<b>A release" not in page.text


@pytest.mark.timeout(240)
async def test_incidents_are_seen_page_by_page_by_those_who_may(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    service = create_app(settings_of(parts))
    async with running(service, folds=True) as (api,):
        both = in_time(weeks(), weeks(THERE, seed=7), wrote(crowd(NOON, 20)), wrote(crowd(NOON + 30, 20, name="t"), THERE))
        moved = shifted(both)
        await publish(parts.kafka, *[event for event in moved if event.community == HERE])
        await publish(parts.kafka, *[event for event in moved if event.community == THERE])
        anna = await person(service, "anna", Role.OWNER)
        here = await person(service, "boris", Role.MODERATOR, frozenset({HERE}))

        found = await eventually(lambda: listed(api, anna), lambda body: {HERE, THERE} <= places(body))
        first = await listed(api, anna, limit="1")
        second = await listed(api, anna, limit="1", cursor=first["next"])
        opened = [one["opened"] for page in (first, second) for one in page["incidents"]]
        assert opened == sorted(opened, reverse=True)
        assert first["incidents"][0]["id"] != second["incidents"][0]["id"]
        assert places(await listed(api, here)) == {HERE}
        there = next(one for one in found["incidents"] if one["community"] == THERE)
        assert (await api.get(f"/v1/incidents/{there['id']}", headers=here)).status_code == 404
        assert (await api.get("/v1/incidents", headers=here, params={"community": THERE})).status_code == 403
        assert (await api.get("/v1/incidents", headers=anna, params={"cursor": "none"})).status_code == 422
        assert (await api.get("/v1/incidents", headers=anna, params={"brand": "other"})).status_code == 403


@pytest.mark.timeout(240)
async def test_a_playbook_is_applied_and_refused_as_documents_are(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    service = create_app(settings_of(parts))
    async with running(service) as (api,):
        owner = await person(service, "anna", Role.OWNER)
        some = await person(service, "boris", Role.COMMUNITY_MANAGER, frozenset({HERE}))
        staff = {"id": "staff", "audience": "internal", "text": {"en": "x", "ru": "x"}}
        to = staff | {"to": {"community": "telegram:-9"}}

        async def put(who: dict[str, str], *statements: Any, **about: str) -> httpx.Response:  # noqa: ANN401 - JSON
            spec = {"plays": [{"id": "p", "statements": list(statements)}]}
            metadata = {"name": "default", "brand": "acme"} | about
            document = {"apiVersion": "veche/v1", "kind": "Playbook", "metadata": metadata, "spec": spec}
            return await api.put("/v1/documents", headers=who, json=document)

        answers = [
            await put(owner, to),
            await put(owner, to, to),
            await put(owner, staff),
            await put(some, to, community=HERE),
            await put(some, community=HERE),
        ]

    assert [one.status_code for one in answers] == [200, 422, 422, 422, 200], [one.text for one in answers]
    assert "is not one of yours" in answers[3].text


def story(crises: Iterable[Crisis]) -> dict[str, Any]:
    """Return what communities' incidents are by their evidence, without what people and time did to them."""
    return {
        one.id: (one.community, one.opened_ms, one.severity, one.communities, one.parts, one.plays)
        for one in crises
        if one.community  # in which order a brand's communities are heard by its own lookout, only the bus of then knows
    }


@pytest.mark.timeout(300)
async def test_a_backtest_finds_what_was_found_live_and_what_another_playbook_would_find(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    settings = settings_of(parts)
    service = create_app(settings)
    here = in_time(weeks(), wrote(crowd(NOON, 40)), complained(crowd(NOON + 60, 12, name="angry")))
    there = in_time(weeks(THERE, seed=8), wrote(crowd(NOON + 30, 14, name="t"), THERE))
    foreign = [*weeks("telegram:-3", seed=3, imported=True), *wrote(crowd(NOON, 50), "telegram:-3", imported=True)]
    async with running(service, folds=True) as (api,):
        await stored(service, BOOK)
        for events in (here, there, foreign):
            await publish(parts.kafka, *shifted(events))
        anna = await person(service, "anna", Role.OWNER)
        await eventually(lambda: listed(api, anna), lambda body: len(body["incidents"]) >= 3)
        states = service.client.get_database(service.database)["incidents.states"]

        async def live() -> dict[str, Any]:
            return story([crisis_of(one) async for one in states.find({"t": "incident"})])

        span = Span(EARLIEST, EARLIEST, SystemClock().now() + timedelta(minutes=1))
        same = await run(settings, "acme", {}, span, is_negative)
        many = whole(replace(BOOK, signals=Signs(volume=Watched(people=20), complaints=Watched(status="off"))))
        other = await run(settings, "acme", {"default": many}, span, is_negative)
        told = story(one.crisis for one in same.found)
        found = await eventually(live, lambda now: now.keys() == told.keys())

    assert found == told
    assert {one[0] for one in told.values()} == {HERE, THERE}
    assert same.number("live") == len(same.found)
    assert {one.crisis.community for one in other.found if one.by == "both"} >= {HERE}
    assert THERE in {one.crisis.community for one in other.found if one.by == "live"}
    assert other.unreadable == 0
