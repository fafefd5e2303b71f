"""A small story of each platform that calls webhooks, and how the platform dresses a delivery: its secret, its retries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ingest.connectors.discord import SIGNATURE, STAMP
from shared.clock import SystemClock
from tests.integration.edge import SECRET
from tests.unit.ingest import (
    discord_frames,
    discourse_deliveries,
    meta_requests,
    slack_callbacks,
    telegram_updates,
    test_discourse_connector,
    test_meta_connector,
    test_youtube_connector,
    vk_callbacks,
    youtube_payloads,
)

Json = dict[str, Any]

CREATED, EDITED, DELETED = (f"community.content.{what}" for what in ("created", "edited", "deleted"))
ADDED, REMOVED = "community.reaction.added", "community.reaction.removed"
FLAGGED, ASKED = "community.content.flagged", "community.question.asked"
JOINED, LEFT = "community.member.joined", "community.member.left"


class Time(NamedTuple):
    """One delivery among many: which of the story's, to which connection, and how often before it was tried."""

    number: int
    connection: int
    attempt: int


class Sent(NamedTuple):
    """What arrives at the edge."""

    body: bytes
    headers: Mapping[str, str]


class Story(NamedTuple):
    """What happens, and how it is told."""

    chapters: tuple[tuple[Any, ...], ...]
    """Within a chapter deliveries come in any order. What has no time of its own and is undone has the next one."""
    wanted: tuple[str, ...]
    """Types of all events, each as often as it happens."""
    dress: Callable[[Any, Time], Sent]
    secret: str = SECRET
    """What the connection knows the platform by."""


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


_DISCORD = Ed25519PrivateKey.generate()


def _discord(interaction: Json, _: Time) -> Sent:
    """Discord calls an application for members' commands alone; all else comes over its gateway."""
    body, stamp = _json(interaction), str(int(SystemClock().now().timestamp()))
    return Sent(body, {SIGNATURE: _DISCORD.sign(stamp.encode() + body).hex(), STAMP: stamp})


def _telegram(update: Json, time: Time) -> Sent:
    """Each bot numbers its updates by itself; a retry repeats the number."""
    body = update | {"update_id": 1_000 * time.connection + time.number}
    return Sent(_json(body), {"x-telegram-bot-api-secret-token": SECRET})


def _vk(callback: Json, time: Time) -> Sent:
    return Sent(_json(callback | {"secret": SECRET, "event_id": f"e{time.number}"}), {"x-retry-counter": str(time.attempt)})


def _slack(request: Json, time: Time) -> Sent:
    body = _json(request | {"event_id": f"Ev{time.number}", "api_app_id": f"A{time.connection}"})
    stamp = str(int(SystemClock().now().timestamp()))
    retried = {"x-slack-retry-num": str(time.attempt), "x-slack-retry-reason": "http_error"} if time.attempt else {}
    signed = slack_callbacks.digest_of(body, SECRET, stamp)
    return Sent(body, {"x-slack-request-timestamp": stamp, "x-slack-signature": signed} | retried)


def _meta(request: Json, _: Time) -> Sent:
    body = _json(request)
    return Sent(body, {"x-hub-signature-256": test_meta_connector.signature(body, SECRET)})


def _discourse(sent: discourse_deliveries.Sent, time: Time) -> Sent:
    """A delivery that is sent again has another id."""
    body = _json(sent.body)
    told = discourse_deliveries.headers(sent.event) | {
        "x-discourse-event-id": f"{time.number}{time.connection}{time.attempt}",
        "x-discourse-event-type": next(iter(sent.body)),
        "x-discourse-event-signature": test_discourse_connector.signature(body, SECRET),
    }
    return Sent(body, told)


def _youtube(feed: bytes, _: Time) -> Sent:
    return Sent(feed, {"x-hub-signature": test_youtube_connector.signature(feed, SECRET)})


def _of(cases: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(cases[name] for name in names)


_THUMB, _LATER = [telegram_updates.THUMB], telegram_updates.DATE + 60
_MEMBER, _GONE = {"status": "member"}, {"status": "left"}

STORIES: Mapping[str, Story] = {
    "telegram": Story(
        (
            (
                *_of(telegram_updates.CASES, "text", "edited", "joined_by_link"),
                telegram_updates.reacted([], _THUMB, user=telegram_updates.IVAN),
                telegram_updates.reacted(_THUMB, [], user=telegram_updates.IVAN, date=_LATER),
                telegram_updates.standing(_MEMBER, _GONE, date=_LATER),
            ),
        ),
        (CREATED, EDITED, ADDED, REMOVED, JOINED, LEFT),
        _telegram,
    ),
    "discord": Story(
        ((discord_frames.called("report"), discord_frames.called("rank") | {"id": "901"}),),
        (FLAGGED, ASKED),
        _discord,
        _DISCORD.public_key().public_bytes_raw().hex(),
    ),
    "vk": Story(
        (
            _of(vk_callbacks.CASES, "message", "message_edited", "post", "comment", "comment_edited", "like", "joined"),
            _of(vk_callbacks.CASES, "comment_deleted", "like_taken_back", "left"),
        ),
        (CREATED, EDITED, CREATED, CREATED, EDITED, ADDED, JOINED, DELETED, REMOVED, LEFT),
        _vk,
    ),
    "slack": Story(
        (
            _of(slack_callbacks.CASES, "message", "edited", "reaction", "joined_a_channel", "joined_the_workspace"),
            _of(slack_callbacks.CASES, "reaction_taken_back", "deleted"),
        ),
        (CREATED, EDITED, ADDED, JOINED, REMOVED, DELETED),
        _slack,
    ),
    "facebook": Story(
        (
            (
                *_of(meta_requests.CASES, "status", "comment", "comment_edited", "comment_removed", "reaction"),
                *_of(meta_requests.CASES, "reaction_taken_back", "like_of_the_page", "like_of_the_page_taken_back"),
            ),
        ),
        (CREATED, CREATED, EDITED, DELETED, ADDED, REMOVED, JOINED, LEFT),
        _meta,
    ),
    "instagram": Story(
        (_of(meta_requests.CASES, "instagram_comment", "instagram_answer", "instagram_mention"),),
        (CREATED, CREATED, CREATED),
        _meta,
    ),
    "discourse": Story(
        (_of(discourse_deliveries.CASES, "first_post", "post", "post_edited", "post_deleted", "like", "member"),),
        (CREATED, CREATED, EDITED, DELETED, ADDED, JOINED),
        _discourse,
    ),
    "youtube": Story(
        (_of(youtube_payloads.CASES, "video", "video_changed", "video_gone"),),
        (CREATED, EDITED, DELETED),
        _youtube,
    ),
}
