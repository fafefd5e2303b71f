"""A rewards policy tried on real topics: it tells what a clean stack posts that runs it, and leaves everything as it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from msgspec.structs import replace

from services.engagement import app as engagement
from services.engagement.cli.simulate import policies
from services.engagement.simulating.run import Simulation, Task
from shared.bus import past
from shared.candidate import CandidateShelf
from shared.clock import SystemClock
from shared.directory import Scope
from shared.documents import as_stored
from shared.documents.shape import Document, Metadata
from shared.events import Envelope
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.retelling import Span
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import DECISIONS, EVENTS
from tests.integration.services import publish, running, settings_for, settled, token
from tests.integration.test_backtest import everything, started
from tests.integration.test_bad_input import veche
from tests.parts import Addresses, StackFactory
from tests.unit.engagement.simulation_example import CANDIDATE, LIVE, day

EVENTS_TOLD = 500
Nets = dict[tuple[str, str], int]


def document(spec: Mapping[str, Any]) -> dict[str, Any]:
    named = {"name": "default", "brand": "acme"}
    return {"apiVersion": "veche/v1", "kind": "RewardsPolicy", "metadata": named, "spec": dict(spec)}


def settings(parts: Addresses) -> Settings:
    changed = {"policy_delay_s": 0.0, "policy_refresh_s": 0.0, "database_prefix": "veche"}
    return settings_for(parts).model_copy(update=changed)


async def applied(service: Service, client: httpx.AsyncClient, spec: Mapping[str, Any]) -> datetime:
    """Store a policy; return from when on it is in force."""
    client.headers.update(await token(service, "acme", Scope.POLICIES_WRITE, Scope.MEMBERS_READ))
    answer = await client.put("/v1/documents", json=document(spec))
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["effective"])


def told(since: datetime) -> tuple[Sequence[Envelope], Sequence[Envelope]]:
    """Return some days' events, recorded from then on, and the decisions on them."""
    found = [replace(event, recordedtime=since + timedelta(milliseconds=n)) for n, event in enumerate(day(8, EVENTS_TOLD))]
    decisions = [event for event in found if isinstance(event, DecisionMade | DecisionReversed)]
    return [event for event in found if event not in decisions], decisions


async def tell(service: Service, parts: Addresses, topic: str, events: Sequence[Envelope]) -> None:
    """Publish to a topic, community by community, and wait until all that follows is posted."""
    for place in sorted({event.community or "" for event in events}):
        await publish(parts.kafka, *(event for event in events if event.community == place), topic=topic)
    await settled(service)


async def posted(service: Service) -> tuple[Nets, dict[str, tuple[int, int]]]:
    """Return what the ledger posted, by member and rule; and by rule what it issued and took back."""
    nets, gross = Nets(), dict[str, tuple[int, int]]()
    entries = service.client.get_database(service.database)["ledger.entries"]
    for entry in await entries.find().to_list():
        place, points = (entry["member"], entry["rule"]), entry["applied"]
        nets[place] = nets.get(place, 0) + points
        issued, back = gross.get(entry["rule"], (0, 0))
        gross[entry["rule"]] = (issued + points, back) if entry["uncapped"] >= 0 else (issued, back - points)
    return nets, gross


async def balances(service: Service) -> dict[str, int]:
    states = service.client.get_database(service.database)["ledger.states"]
    return {one["member"]: one["balance"] for one in await states.find().to_list() if one["balance"]}


async def forecast(parts: Addresses, service: Service, span: Span) -> Simulation:
    """Return a simulation of the candidate over all that Kafka holds, as it is at the end."""
    shelf = MongoShelf(service.client, service.database, SystemClock(), 0)
    spec = as_stored(
        Document(apiVersion="veche/v1", kind="RewardsPolicy", metadata=Metadata(name="default"), spec=CANDIDATE)
    )
    candidate = policies(CandidateShelf(shelf, "acme", {"default": spec}, step=0))
    made = Simulation(Task("acme", ("default",), span, policies(shelf), candidate), partial(past.records, parts.kafka))
    await made.run()
    return made


@pytest.mark.timeout(300)
async def test_a_forecast_is_what_a_clean_stack_posts_and_leaves_the_live_one_as_it_was(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    live_parts, clean_parts = started(own_stack), started(own_stack)
    live, clean = (engagement.create_app(settings(parts)) for parts in (live_parts, clean_parts))
    async with running(live, folds=True) as (first,), running(clean, folds=True) as (second,):
        in_force = [await applied(live, first, LIVE), await applied(clean, second, CANDIDATE)]
        events, decisions = told(max(in_force) + timedelta(seconds=1))
        for service, parts in ((live, live_parts), (clean, clean_parts)):
            await tell(service, parts, EVENTS.name, events)
            await tell(service, parts, DECISIONS.name, decisions)
        (live_nets, live_gross), (wanted, gross) = await posted(live), await posted(clean)

        until = SystemClock().now() + timedelta(days=1)
        untouched = await everything(live.client, live_parts.kafka)
        said = [await simulated(live_parts, tmp_path, CANDIDATE, until) for _ in range(2)]
        itself = await simulated(live_parts, tmp_path, LIVE, until)
        made = await forecast(live_parts, live, Span(until - timedelta(days=9), until - timedelta(days=2), until))

        assert await everything(live.client, live_parts.kafka) == untouched
        owed, wanted_owed = await balances(live), await balances(clean)
    assert len(events) + len(decisions) == said[0]["events"] == EVENTS_TOLD
    assert len(decisions) > 10
    found, found_live = (by_rule(tally.nets) for tally in reversed(made.course.tallies))
    assert found == wanted != found_live == live_nets
    assert {one["rule"]: (one["candidate"]["issued"], one["candidate"]["clawed_back"]) for one in said[0]["rules"]} == gross
    told_live = {one["rule"]: (one["live"]["issued"], one["live"]["clawed_back"]) for one in said[0]["rules"]}
    assert {name: sums for name, sums in told_live.items() if name in live_gross} == live_gross
    assert said[0]["owed"]["live"]["points"] == sum(owed.values()) == said[0]["posted"]
    assert said[0]["owed"]["candidate"]["points"] == sum(wanted_owed.values())
    assert {one.member: one.candidate for one in made.course.balances() if one.candidate} == wanted_owed
    assert said[0] == said[1]
    assert (itself["total"]["live"], itself["gain"], itself["lose"]) == (itself["total"]["candidate"], 0, 0)
    assert itself["total"]["live"]["net"] == itself["posted"]


def by_rule(nets: Mapping[str, Mapping[str, int]]) -> Nets:
    return {(member, rule): points for member, rules in nets.items() for rule, points in rules.items()}


async def simulated(parts: Addresses, folder: Path, spec: Mapping[str, Any], until: datetime) -> Any:  # noqa: ANN401 - JSON
    """Return what the command says to a program."""
    file = folder / "candidate.yaml"
    await asyncio.to_thread(file.write_text, yaml.safe_dump(document(spec)))
    since = (until - timedelta(days=2)).isoformat()
    words = ("-f", str(file), "--since", since, "--until", until.isoformat(), "--output", "json")
    return json.loads(await veche(parts, "engagement", "simulate", *words))
