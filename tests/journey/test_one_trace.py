"""One trace leads from a webhook's request through raw record, event, decision, grant and ledger entry to the figures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.ingest import app as ingest
from services.moderation import app as moderation
from services.reporting import app as reporting
from shared.runtime import Service
from shared.telemetry.traces import trace_of
from shared.topics import DECISIONS, EVENTS, GRANTS, LEDGER, RAW
from tests.integration.edge import SECRET, records_of
from tests.integration.services import eventually, running, settings_for
from tests.parts import Addresses, StackFactory

TEXTS = ("Good morning", "Online casino, 200 free spins https://s.example/x")
FOLDS = {"normaliser fold", "moderation fold", "scorer fold", "ledger fold", "figures fold", "points fold"}
HOOK = "/v1/hooks/acme-hook"


@pytest.mark.timeout(120)
async def test_a_message_and_all_that_follows_from_it_are_one_trace(own_stack: StackFactory, tmp_path: Path) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, *CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "secret").write_text(SECRET)
    settings = settings_for(parts).model_copy(update={"secrets": tmp_path})
    services = [made.create_app(settings) for made in (ingest, moderation, engagement, reporting)]
    spans = listening(services)

    async with running(*services, folds=True) as (edge, *_):
        directory = services[0].directory
        await directory.put("Brand", "acme", "acme", {"title": "Acme"})
        spec = {"platform": "telegram", "secrets": [{"file": "secret"}]}
        await directory.put("Connection", "acme", "acme-hook", spec)
        for number, text in enumerate(TEXTS):
            await eventually(partial(posted, edge, number, text), is_taken)
        raw = {json.loads(record.value or b"")["update_id"]: record for record in await records_of(parts.kafka, RAW.name)}
        greeting, spam = (trace_of(raw[number]) for number in range(len(TEXTS)))
        for topic, trace in ((EVENTS, greeting), (GRANTS, greeting), (LEDGER, greeting), (EVENTS, spam), (DECISIONS, spam)):
            await eventually(partial(traces, parts.kafka, topic.name), partial(has, trace))
        told = await eventually(lambda: names(spans, greeting), lambda seen: seen >= FOLDS)

    assert None not in {greeting, spam}
    assert greeting != spam
    assert any("hooks" in name or name.startswith("POST") for name in told), f"no span of the request: {told}"


def listening(services: Sequence[Service]) -> InMemorySpanExporter:
    """Return what hears the spans of all services."""
    exporter = InMemorySpanExporter()
    for service in services:
        service.traces.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def posted(edge: httpx.AsyncClient, number: int, text: str) -> httpx.Response:
    message = {
        "message_id": number,
        "date": 1767225600,
        "chat": {"id": -100, "type": "supergroup", "title": "Club"},
        "from": {"id": 5, "is_bot": False, "first_name": "Eve"},
        "text": text,
    }
    headers = {"x-telegram-bot-api-secret-token": SECRET}
    return await edge.post(HOOK, content=json.dumps({"update_id": number, "message": message}), headers=headers)


def is_taken(answer: httpx.Response) -> bool:
    return answer.status_code == 200


def has(trace: str | None, found: set[str | None]) -> bool:
    return trace in found


async def traces(kafka: str, topic: str) -> set[str | None]:
    """Return the traces of the records of a topic."""
    return {trace_of(record) for record in await records_of(kafka, topic)}


async def names(spans: InMemorySpanExporter, trace: str | None) -> set[str]:
    """Return the names of the spans of a trace."""
    return {span.name for span in spans.get_finished_spans() if span.context and f"{span.context.trace_id:032x}" == trace}
