"""A policy tried on real topics: it tells what a clean stack decides that runs it, and leaves everything as it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import yaml

from deploy.native.parts import CORE
from services.moderation import app as moderation
from services.moderation.backtest.candidate import InPlace
from services.moderation.backtest.memory import Memory
from services.moderation.cli.backtest import book
from services.moderation.handlers.judge import Moderation
from shared.bus import past
from shared.candidate import CandidateShelf
from shared.clock import SystemClock
from shared.directory import Scope
from shared.documents import as_stored
from shared.documents.shape import Document, Metadata
from shared.events import Envelope
from shared.fold.mongo import Client
from shared.fold.retelling import Span, ordered
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import PARTITIONS, declared
from tests.component.moderation.backtest_policies import STRICT
from tests.component.moderation.backtests import day, decided
from tests.integration.edge import records_of
from tests.integration.services import eventually, publish, running, settings_for, settled, token
from tests.integration.test_bad_input import veche
from tests.parts import Addresses, StackFactory

SCOPES = (Scope.POLICIES_WRITE, Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
EVENTS_TOLD = 400


def document(spec: Mapping[str, Any]) -> dict[str, Any]:
    named = {"name": "default", "brand": "acme"}
    return {"apiVersion": "veche/v1", "kind": "ModerationPolicy", "metadata": named, "spec": dict(spec)}


def started(own_stack: StackFactory) -> Addresses:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    return Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])


def settings(parts: Addresses) -> Settings:
    changed = {"policy_delay_s": 0.0, "policy_refresh_s": 0.0, "database_prefix": "veche"}
    return settings_for(parts).model_copy(update=changed)


async def applied(service: Service, client: httpx.AsyncClient, spec: Mapping[str, Any]) -> datetime:
    """Store a policy; return from when on it is in force."""
    client.headers.update(await token(service, "acme", *SCOPES))
    answer = await client.put("/v1/documents", json=document(spec))
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["effective"])


def told(since: datetime) -> Sequence[Envelope]:
    """Return a day's events, recorded from then on."""
    events = day(11, EVENTS_TOLD)
    first = events[0].recordedtime
    return [msgspec.structs.replace(event, recordedtime=since + (event.recordedtime - first)) for event in events]


async def entries(service: Service) -> list[dict[str, Any]]:
    named = service.client.get_database(service.database)
    return await named["moderation.entries"].find({"kind": "decision"}).to_list()


async def everything(client: Client, kafka: str) -> dict[str, Any]:
    """Return how far each topic reaches, and all that is stored, but for the leases that running schedulers renew."""
    topics = {topic.name: len(await records_of(kafka, topic.name)) for topic in declared()}
    stored = {}
    for database in await client.list_database_names():
        if database.startswith("veche_"):
            for name in set(await client[database].list_collection_names()) - {"leases"}:
                stored[f"{database}.{name}"] = sorted(map(str, await client[database][name].find().to_list()))
    return topics | stored


async def forecast(parts: Addresses, service: Service, span: Span) -> set[tuple[Any, ...]]:
    """Return what the candidate decides of each record that Kafka holds."""
    shelf = MongoShelf(service.client, service.database, SystemClock(), 0)
    spec = as_stored(
        Document(apiVersion="veche/v1", kind="ModerationPolicy", metadata=Metadata(name="default"), spec=STRICT)
    )
    live = book(shelf)
    policies = InPlace(book(CandidateShelf(shelf, "acme", {"default": spec})), live)
    await policies.refresh()
    found, fold = set(), Moderation(policies)
    for q in range(PARTITIONS):
        memory = Memory(fold)
        async for record in ordered(partial(past.records, parts.kafka), "acme", q, span):
            decision = memory.take(fold.read(record)).decision
            found |= {decided(decision)} if decision is not None else set()
    return found


@pytest.mark.timeout(240)
async def test_a_forecast_is_what_a_clean_stack_decides_and_leaves_the_live_one_as_it_was(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    live_parts, clean_parts = started(own_stack), started(own_stack)
    live, clean = (moderation.create_app(settings(parts)) for parts in (live_parts, clean_parts))
    async with running(live, folds=True) as (first,), running(clean, folds=True) as (second,):
        in_force = [await applied(live, first, {}), await applied(clean, second, STRICT)]
        events = told(max(in_force) + timedelta(seconds=1))
        for parts in (live_parts, clean_parts):
            for place in sorted({event.community or "" for event in events}):
                await publish(parts.kafka, *(event for event in events if event.community == place))
        await settled(live, clean)
        before, wanted = await entries(live), await entries(clean)
        decision = next(one for one in before if one["verdict"] == "remove")
        await first.post(f"/v1/decisions/{decision['_id']}/reversal", json={"reason": "a joke"})
        back = live.client.get_database(live.database)["cases.entries"]
        await eventually(lambda: back.count_documents({"kind": "reversal"}), lambda count: count == 1)

        await settled(live)
        until = SystemClock().now() + timedelta(days=1)
        untouched = await everything(live.client, live_parts.kafka)
        said = [await backtested(live_parts, tmp_path, STRICT, until) for _ in range(2)]
        itself = await backtested(live_parts, tmp_path, {}, until)
        found = await forecast(live_parts, live, Span(until - timedelta(days=9), until - timedelta(days=2), until))

        assert await everything(live.client, live_parts.kafka) == untouched
    assert found == {decided(entry) for entry in wanted} != {decided(entry) for entry in before}
    assert said[0] == said[1]
    assert {rule["rule"]: rule["candidate"]["hits"] for rule in said[0]["rules"] if not rule["shadow"]} == counted(wanted)
    assert said[0]["recorded"] == {"same": len(before), "differently": 0, "not_recorded": 0, "not_found": 0}
    assert sum(rule["candidate"]["wrong"] for rule in said[0]["rules"] if rule["rule"] in decision["rules"]) >= 1
    assert itself["verdicts"] == []
    assert all(rule["new"] == rule["gone"] == 0 for rule in itself["rules"])


async def backtested(parts: Addresses, folder: Path, spec: Mapping[str, Any], until: datetime) -> Any:  # noqa: ANN401 - JSON
    """Return what the command says to a program."""
    file = folder / "candidate.yaml"
    file.write_text(yaml.safe_dump(document(spec)))
    since = (until - timedelta(days=2)).isoformat()
    words = ("-f", str(file), "--since", since, "--until", until.isoformat(), "--output", "json")
    return json.loads(await veche(parts, "moderation", "backtest", *words))


def counted(found: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many decisions each rule has, where any has."""
    return dict(Counter(rule for entry in found for rule in set(entry["rules"])))
