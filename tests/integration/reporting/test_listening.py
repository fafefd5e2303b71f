"""Listening on a real broker and store: what is said is counted, edits change the past, ideas are decided and answered."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from shared.bus import admin, past
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import decode
from shared.events.actions import ActionReply
from shared.learned.artifact import packed
from shared.settings import Settings
from shared.topics import ACTIONS, EVENTS, declared
from tests import builders
from tests.integration.reporting.live import TOPICS, WAIT_S, asking, publish, running, started, until
from tests.parts import Addresses, StackFactory
from tests.unit.moderation.learned.classifiers import small_file, train

SAID = ["Акме отличный магазин, спасибо", "Акме не работает, верните деньги", "Когда откроется?", "Болткорп лучше"]
SLANG = {"positive": "бирюза карниз чайник", "negative": "тумба ведро кабель", "neutral": "завтра склад заказ"}
"""What the lexicon does not know."""
IDEA = "Было бы здорово добавить тёмную тему"
SCOPES = (Scope.FIGURES_READ, Scope.DECISIONS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
QUERIES = [
    {"id": "acme", "about": "brand", "words": ["акме"]},
    {"id": "bolt", "about": "competitor", "words": ["болткорп*"]},
]


@pytest.mark.timeout(240)
async def test_what_members_say_is_counted_and_their_ideas_are_answered(own_stack: StackFactory) -> None:
    parts, brand = started(own_stack()), f"brand-{secrets.token_hex(4)}"
    settings = _settings(parts, "heard")
    await admin.apply(parts.kafka, [t for t in declared() if t.name in TOPICS])
    place = f"{brand}/{builders.PLACE}"
    async with running(settings) as service, asking(service, brand, *SCOPES) as client:
        recorded = await _apply(client, brand)
        texts = [*SAID, IDEA]
        written = [_said(brand, n, text, recorded) for n, text in enumerate(texts)]
        await publish(parts, EVENTS.name, place, written)
        expected = {"tone_positive": 3, "tone_negative": 1, "feedback_complaint": 1, "feedback_idea": 1, "mentions:acme": 2}
        assert await until(service, brand, expected) == expected
        again = builders.content_edited(
            brand=brand, content_id=_id(1), text="Акме всё починил, спасибо", edition=2, recordedtime=recorded
        )
        gone = builders.content_deleted(brand=brand, content_id=_id(3), time=builders.AT + timedelta(days=1))
        voted = builders.reaction_added(brand=brand, content_id=_id(4), actor="telegram:9")
        await publish(parts, EVENTS.name, place, [again, gone, voted])
        expected = {"tone_negative": 0, "feedback_complaint": 0, "mentions:acme": 2, "tone:acme": 100, "share_of_voice": 1}
        assert await until(service, brand, expected) == expected
        (idea,) = (await client.get("/v1/ideas")).json()["ideas"]
        decided = await client.post("/v1/ideas", json={"community": builders.PLACE, "content": _id(4), "status": "planned"})
        unknown = await client.post("/v1/ideas", json={"community": builders.PLACE, "content": "none", "status": "done"})
        (planned,) = (await client.get("/v1/ideas", params={"status": "planned"})).json()["ideas"]
        reply = await _reply(parts.kafka)
        stored = await service.client.get_database(service.database)["listening.states"].find().to_list()

    assert (idea["content"], idea["votes"], idea["status"], idea["author"]) == (_id(4), 1, "new", builders.MEMBER)
    assert (decided.status_code, unknown.status_code) == (200, 404)
    assert (planned["content"], planned["by"]) == (_id(4), "anna")
    assert (reply.data.content_id, reply.data.text) == (_id(4), "Спасибо за идею, мы это сделаем.")
    assert not any(word in str(stored) for word in ("магазин", "откроется", "тёмную"))


def _settings(parts: Addresses, name: str) -> Settings:
    """Return settings with which documents are in force at once."""
    prefix = f"{name}_{secrets.token_hex(4)}"
    return Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=prefix, policy_delay_s=0, policy_refresh_s=0.1)


async def _apply(client: AsyncClient, brand: str) -> Any:  # noqa: ANN401 - a point in time
    """Store what the brand listens for; return a moment from which it is in force."""
    body = {
        "apiVersion": "veche/v1",
        "kind": "Listening",
        "metadata": {"name": "default", "brand": brand},
        "spec": {"queries": QUERIES},
    }
    answer = await client.put("/v1/documents", json=body)
    refused = await client.put("/v1/documents", json=body | {"spec": {"queries": [QUERIES[0]] * 2}})
    assert (answer.status_code, refused.status_code) == (200, 422), answer.text
    await asyncio.sleep(0.3)
    return builders.AT.fromisoformat(answer.json()["effective"]) + timedelta(seconds=1)


def _id(n: int) -> str:
    return f"{builders.PLACE}:{n}"


def _said(brand: str, n: int, text: str, recorded: Any) -> Any:  # noqa: ANN401 - an event
    return builders.content_created(brand=brand, content_id=_id(n), text=text, recordedtime=recorded)


async def _reply(kafka: str) -> ActionReply:
    """Return the answer to the author, as soon as it is on the bus."""
    async with asyncio.timeout(WAIT_S):
        while True:
            async for record in past.records(kafka, ACTIONS.name):
                event = decode(record.value or b"")
                if isinstance(event, ActionReply):
                    return event
            await asyncio.sleep(0.3)


@pytest.mark.timeout(240)
async def test_a_brand_s_own_model_is_uploaded_named_and_tells_the_tone(own_stack: StackFactory) -> None:
    parts, brand = started(own_stack()), f"brand-{secrets.token_hex(4)}"
    settings = _settings(parts, "own")
    await admin.apply(parts.kafka, [t for t in declared() if t.name in TOPICS])
    trained = train([(f"{words} номер{n}", label) for label, words in SLANG.items() for n in range(40)])
    document = {"apiVersion": "veche/v1", "kind": "Listening", "metadata": {"name": "default", "brand": brand}}
    async with running(settings) as service, asking(service, brand, *SCOPES) as client:
        refused = await client.put("/v1/models/slang", content=small_file())
        stored = await client.put("/v1/models/slang", content=packed(*trained))
        named = await client.put("/v1/documents", json=document | {"spec": {"tone": "slang"}})
        await asyncio.sleep(0.5)
        recorded = builders.AT.fromisoformat(named.json()["effective"]) + timedelta(seconds=1)
        written = [_said(brand, n, text, recorded) for n, text in enumerate(SLANG.values())]
        await publish(parts, EVENTS.name, f"{brand}/{builders.PLACE}", written)
        expected = {"tone_positive": 1, "tone_negative": 1, "tone_neutral": 1}
        found = await until(service, brand, expected)
        (listed,) = (await client.get("/v1/models")).json()

    assert (refused.status_code, refused.json()["detail"][:32]) == (422, "a model of tone has the labels n")
    assert (stored.status_code, stored.json()["status"], stored.json()["asked"]) == (200, "live", False)
    assert found == expected
    assert listed["model"] == stored.json()["model"]


@pytest.mark.timeout(240)
async def test_topics_and_rising_terms_are_read_from_kafka(own_stack: StackFactory) -> None:
    stack = own_stack()
    parts, brand = started(stack), "acme"
    await admin.apply(parts.kafka, [t for t in declared() if t.name == EVENTS.name])
    recent = SystemClock().now() - timedelta(hours=3)
    old = [_told(n, "клей трубы шов банка", recent - timedelta(days=20)) for n in range(60)]
    new = [_told(100 + n, "доставка курьера, заказ и склад", recent) for n in range(40)]
    await publish(parts, EVENTS.name, f"{brand}/{builders.PLACE}", [*old, *new])

    command = [
        sys.executable,
        "-m",
        "services",
        "reporting",
        "topics",
        "--brand",
        brand,
        "--since",
        "1d",
        "--output",
        "json",
    ]
    process = await asyncio.create_subprocess_exec(
        *command, env={"VECHE_KAFKA": parts.kafka}, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()

    found = json.loads(said)
    assert (process.returncode, found["contents"], found["before"]) == (0, 40, 60)
    assert {one["term"] for one in found["rising"]} == {"доставка", "курьер", "заказ", "склад"}


def _told(n: int, text: str, at: Any) -> Any:  # noqa: ANN401 - an event of a point in time
    return builders.content_created(content_id=_id(n), text=text, time=at)
