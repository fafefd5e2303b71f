"""How a connection is: rates, refusals, pollers, and what Telegram says of a webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.hooks import REASONS
from services.ingest.rules import health
from services.ingest.rules.health import NEXT, Seen
from services.ingest.sources.telegram import UPDATES
from services.ingest.sources.telegram_webhook import Info, told, troubles
from services.ingest.store import Connected
from shared.documents.directory import Connection

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
THIS, BEFORE = NOW.replace(minute=0), NOW.replace(hour=8, minute=0)


def hour(at: datetime, taken: int = 0, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a document's fields
    return {"hour": at.replace(tzinfo=None), "taken": taken, **more}


def test_the_rate_is_that_of_the_last_sixty_minutes() -> None:
    found = health.seen([hour(BEFORE - timedelta(hours=1), 9_999), hour(BEFORE, 400), hour(THIS, 300)], NOW)

    assert found.per_minute == (300 + 400 * 0.75) / 60
    assert found.taken == 700


def test_what_was_seen_long_ago_is_told_still() -> None:
    at = datetime(2026, 3, 1, 7, 30)  # noqa: DTZ001 - as MongoDB gives it back
    found = health.seen([hour(NOW - timedelta(days=1), 1, last_at=at, communities=["telegram:-1"])], NOW)

    assert (found.last_at, found.communities, found.per_minute) == (at.replace(tzinfo=UTC), ["telegram:-1"], 0)


def test_every_reason_for_which_the_edge_refuses_has_a_next_step() -> None:
    assert set(REASONS.values()) <= NEXT.keys()


@pytest.mark.parametrize(("taken", "guesses", "is_told"), [(0, 1, True), (1_000, 10, False), (1_000, 11, True)])
def test_a_few_guesses_at_an_address_are_no_trouble(taken: int, guesses: int, *, is_told: bool) -> None:
    troubles = list(health.of_refusals(Seen(taken=taken, refused={"secret": guesses})))

    assert bool(troubles) == is_told


def poller(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - a document's fields
    return {"until": NOW + timedelta(seconds=30), "asked_at": NOW, "problem": None, **more}


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        (poller(), []),
        (None, ["nobody has asked"]),
        (poller(until=NOW - timedelta(minutes=5)), ["nobody asks the platform any more"]),
        (poller(problem="Telegram refused: Unauthorized; the bot's token was revoked"), ["token was revoked"]),
        (poller(missing=["turn on the intent for messages' texts"]), ["something is missing"]),
    ],
    ids=["well", "new", "left alone", "revoked", "intents"],
)
def test_a_poller_s_notes_say_what_is_wrong(notes: dict[str, Any] | None, words: list[str]) -> None:
    troubles = list(health.of_poller("poll", notes, NOW))

    assert len(troubles) == len(words)
    assert all(word in trouble.what and trouble.next for word, trouble in zip(words, troubles, strict=True))


def test_who_subscribes_for_a_webhook_says_what_is_wrong() -> None:
    notes = poller(problem="VECHE_PUBLIC_URL must say where the hub reaches this service", until=NOW - timedelta(days=1))

    (trouble,) = health.of_subscriber(notes)
    (unknown,) = health.of_subscriber(None)

    assert ("VECHE_PUBLIC_URL" in trouble.what, "nobody has subscribed" in unknown.what) == (True, True)
    assert not list(health.of_subscriber(poller(until=NOW - timedelta(hours=1)))), "it renews once a day"


AT = int(NOW.timestamp())
WELL = {"url": "https://x/v1/hooks/hook", "allowed_updates": UPDATES}


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (WELL, []),
        ({"url": ""}, ["no webhook"]),
        (WELL | {"allowed_updates": []}, ["message_reaction, chat_member"]),
        (WELL | {"allowed_updates": ["message"]}, ["edited_message, message_reaction, chat_member, callback_query"]),
        (
            WELL | {"last_error_date": int(NOW.timestamp()) - 60, "last_error_message": "Wrong response: 401"},
            ["Wrong response"],
        ),
        (WELL | {"last_error_date": AT - 7_200, "last_error_message": "long ago"}, []),
        (WELL | {"pending_update_count": 20_000}, ["20000 updates wait"]),
    ],
    ids=["well", "none", "default", "little", "failed", "over", "waiting"],
)
def test_what_telegram_says_of_a_webhook_is_told_with_a_next_step(info: dict[str, Any], words: list[str]) -> None:

    troubles = list(told(msgspec.convert(info, Info), "hook", NOW))

    assert len(troubles) == len(words)
    assert all(word in trouble.what and trouble.next for word, trouble in zip(words, troubles, strict=True))


def test_a_talk_with_one_person_is_no_place() -> None:
    assert CONNECTORS["telegram"].is_public("telegram:-100123")
    assert not CONNECTORS["telegram"].is_public("telegram:7000000001")
    assert CONNECTORS["vk"].is_public("vk:1")


SPEC = Connection(platform="telegram", secrets=())
BOT = Connected("hook", "acme", SPEC, ("s",), token="12:secret-token")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {"ok": True, "result": WELL}, ""),
        (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, "refused the bot's token"),
        (502, {}, "cannot be asked"),
        (200, [], "cannot be asked"),
    ],
    ids=["well", "revoked", "away", "odd"],
)
async def test_telegram_is_asked_and_no_answer_of_it_shows_the_token(status: int, body: Any, words: str) -> None:  # noqa: ANN401 - JSON
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/bot12:secret-token/getWebhookInfo"
        return httpx.Response(status, json=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        found = await troubles(http, None, BOT, NOW)

    assert bool(found) == bool(words)
    assert all(words in trouble.what for trouble in found)
    assert "secret-token" not in str(found)
