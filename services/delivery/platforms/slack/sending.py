"""What is said on Slack, and how it is looked for.

A message carries metadata that nobody sees, with a key that is made of the errand's id: by that it is found among the
messages of its channel or thread since the attempt.

Source: https://api.slack.com/metadata/using, https://api.slack.com/methods/chat.postMessage, /conversations.history,
/conversations.replies and /conversations.open.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from services.delivery.platforms.errands import digest, spelled, too_long, unsupported
from services.delivery.platforms.platform import Ask, Attempt, Call, Done, Errand, Impossible, Unknowable
from services.delivery.platforms.slack import ids
from services.delivery.platforms.slack.calls import asked, get, post, send

TEXT_CHARS_MAX = 40_000
"""Slack cuts off what is longer."""

ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Slack's marks: without it a text could call everybody (`<!channel>`). Source: https://api.slack.com/reference/surfaces/formatting."""

EVENT, KEY = "veche_act", "act"
KEY_CHARS = 32
PAGE = "200"
PAGES_MAX = 10
"""2,000 messages since the attempt: more are not searched through."""

SKEW = timedelta(seconds=60)
"""So far our clock may be ahead of Slack's."""


class _Channel(msgspec.Struct, frozen=True):
    id: str


class _Opened(msgspec.Struct, frozen=True):
    channel: _Channel


class _Sent(msgspec.Struct, frozen=True):
    channel: str
    ts: str


class _Metadata(msgspec.Struct, frozen=True):
    event_type: str = ""
    event_payload: dict[str, Any] = {}


class _Message(msgspec.Struct, frozen=True):
    ts: str
    thread_ts: str | None = None
    metadata: _Metadata = _Metadata()


class _Further(msgspec.Struct, frozen=True):
    next_cursor: str = ""


class _Page(msgspec.Struct, frozen=True):
    messages: list[_Message] = []
    response_metadata: _Further = _Further()


def refusal(errand: Errand) -> Impossible | None:
    """Return why Slack can't say it, where it can't."""
    if errand.act.poll is not None:
        return unsupported("Slack has no polls: ask in words, and let members react")
    return too_long(_text(errand), TEXT_CHARS_MAX, "Slack")


def _text(errand: Errand) -> str:
    """Return the text; Slack shows no buttons of ours, so what they would give is named."""
    return spelled(errand).translate(ESCAPED)


async def sent(errand: Errand, ask: Ask) -> Done:
    """Say it."""
    made = await asked(await _call(errand, ask), ask, _Sent)
    return Done("sent", ids.id_of(errand, made.channel, made.ts))


async def _call(errand: Errand, ask: Ask) -> Call:
    channel = await _channel(errand, ask)
    metadata = {"event_type": EVENT, "event_payload": {KEY: digest(errand, KEY_CHARS)}}
    body: dict[str, Any] = {"text": _text(errand), "metadata": metadata}
    if errand.kind == "reply":
        body["thread_ts"] = await _root(errand, ask)
    return send(channel, body)


async def _channel(errand: Errand, ask: Ask) -> str:
    """Return the channel; that of a talk with a member is opened, which changes nothing."""
    if errand.kind != "message":
        return ids.channel(errand)
    return (await asked(post("conversations.open", {"users": ids.member(errand)}), ask, _Opened)).channel.id


async def _root(errand: Errand, ask: Ask) -> str:
    """Return the message that a thread began with: an answer in a thread has to be answered there."""
    place = ids.target(errand)
    one = get("conversations.replies", {"channel": place.channel, "ts": place.ts, "limit": "1"})
    found = await asked(one, ask, _Page)
    if not found.messages:
        raise Impossible("gone", "the message that is to be answered is not there any more")
    return found.messages[0].thread_ts or place.ts


async def found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Return the message, or None where there surely is none. Raises Unknowable."""
    try:
        return await _found(errand, attempt, ask)
    except Impossible as error:
        raise Unknowable(f"{error}; so nobody can look: look there yourself") from None


async def _found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    channel, key = await _channel(errand, ask), digest(errand, KEY_CHARS)
    query = {
        "channel": channel,
        "oldest": f"{(attempt.began - SKEW).timestamp():.6f}",
        "include_all_metadata": "true",
        "limit": PAGE,
    }
    method = "conversations.history"
    if errand.kind == "reply":
        method, query["ts"] = "conversations.replies", await _root(errand, ask)
    for _ in range(PAGES_MAX):
        page = await asked(get(method, query), ask, _Page)
        for message in page.messages:
            if message.metadata.event_type == EVENT and message.metadata.event_payload.get(KEY) == key:
                return Done("was sent before", ids.id_of(errand, channel, message.ts))
        if not page.response_metadata.next_cursor:
            return None
        query = {**query, "cursor": page.response_metadata.next_cursor}
    raise Unknowable("so many messages came since that they are not searched through: look whether the app's is there")
