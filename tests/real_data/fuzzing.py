"""Real payloads, changed as nobody should change them: values, bytes, keys dropped, lists made deep."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from services.ingest.connectors.discourse import EVENT, INSTANCE
from services.ingest.connectors.discourse.deliveries import READ as DISCOURSE_EVENTS
from services.ingest.connectors.feed import ADDRESS
from tests.contract.fill import SAMPLES
from tests.real_data.deliveries import READERS, deliveries
from tests.unit.ingest import (
    discord_frames,
    discourse_deliveries,
    feed_documents,
    meta_requests,
    reddit_things,
    slack_callbacks,
    telegram_updates,
    vk_callbacks,
    youtube_payloads,
)
from tests.unit.ingest.hostile import NESTED, VALUES, put, spots
from tests.unit.ingest.way import Delivery

BYTES_MAX = 20_000
"""Of a payload that is changed: the few larger ones would take most of the time and show nothing else."""

CHANGES_MAX = 3
WAYS = ("alike",) * 6 + ("moved",) * 2 + ("value",) * 2 + ("drop",) * 2 + ("deep",)
"""How a value is changed; another of its own type most often, for what is of the wrong type is soon refused."""

DEEP = '"veche-deep"'
"""What stands where something nested deeper than any reader goes is put into the bytes."""


PULLED = frozenset({"telegram", "discord", "vk"})
"""Platforms whose payloads come by webhook, and by poll or gateway past the edge."""


def _json(cases: Mapping[str, Any], *, is_pulled: bool = False) -> list[Delivery]:
    return [Delivery(json.dumps(case, ensure_ascii=False).encode(), {}, is_pulled) for case in cases.values()]


def _youtube() -> list[Delivery]:
    """Feeds are pushed, comments are asked for."""
    cases = youtube_payloads.CASES.values()
    return [Delivery(youtube_payloads.bytes_of(case), {}, is_pulled=isinstance(case, dict)) for case in cases]


def _feed() -> list[Delivery]:
    named = {ADDRESS: feed_documents.URL}
    return [Delivery(case.encode(), named, is_pulled=True) for case in feed_documents.CASES.values()]


def _discourse() -> list[Delivery]:
    cases = discourse_deliveries.CASES.values()
    return [Delivery(discourse_deliveries.bytes_of(case.body), discourse_deliveries.headers(case.event)) for case in cases]


def _of_meta(platform: str) -> list[Delivery]:
    cases = meta_requests.CASES.items()
    return _json({name: case for name, case in cases if name.startswith("instagram") == (platform == "instagram")})


GOLDEN: Mapping[str, Callable[[], list[Delivery]]] = {
    "telegram": lambda: _json(telegram_updates.CASES),
    "discord": lambda: _json(discord_frames.CASES),
    "slack": lambda: [Delivery(slack_callbacks.bytes_of(case), {}) for case in slack_callbacks.CASES.values()],
    "vk": lambda: _json(vk_callbacks.CASES),
    "facebook": lambda: _of_meta("facebook"),
    "instagram": lambda: _of_meta("instagram"),
    "discourse": _discourse,
    "youtube": _youtube,
    "reddit": lambda: _json(reddit_things.CASES, is_pulled=True),
    "feed": _feed,
    "events": lambda: [Delivery(file.read_bytes(), {}) for file in sorted(SAMPLES.glob("*.json"))],
}
"""Our own cases of each platform: what nobody has collected is changed as well."""


def originals(data: Path, platform: str) -> list[Delivery]:
    """Return what is changed: the collected payloads of a platform, and our own cases."""
    real = deliveries(data, platform) if platform in READERS else []
    if platform == "telegram":  # most were taken in private talks, which are refused at once
        real += [one._replace(body=one.body.replace(b'"private"', b'"supergroup"')) for one in real]
    return [delivery for delivery in (*real, *GOLDEN[platform]()) if len(delivery.body) <= BYTES_MAX]


@st.composite
def changed(draw: st.DrawFn, platform: str, chosen: Sequence[Delivery]) -> Delivery:
    """One of the deliveries, changed: in its values where it is JSON, in its bytes, seldom in both."""
    delivery = chosen[draw(st.integers(0, len(chosen) - 1))]
    body = delivery.body
    is_json = body.removeprefix(BOM_UTF8).startswith(b"{")
    if is_json and draw(st.integers(0, 3)):
        body = _revalued(draw, json.loads(body.decode("utf-8-sig")))
    if body is delivery.body or draw(st.integers(0, 19)) == 0:
        body = _damaged(draw, body)
    is_pulled = delivery.is_pulled or (platform in PULLED and draw(st.booleans()))
    return Delivery(body, _headers(draw, delivery.headers), is_pulled)


def _revalued(draw: st.DrawFn, payload: Any) -> bytes:  # noqa: ANN401 - JSON
    for _ in range(draw(st.integers(1, CHANGES_MAX))):
        places = spots(payload)
        if not places:
            break
        place, other = draw(st.sampled_from(places)), draw(st.sampled_from(places))
        match draw(st.sampled_from(WAYS)):
            case "alike":
                payload = put(payload, place, draw(_like(_at(payload, place))))
            case "moved":
                payload = put(payload, place, _at(payload, other))
            case "value":
                payload = put(payload, place, draw(VALUES))
            case "deep":
                payload = put(payload, place, json.loads(DEEP))
            case _:
                payload = _without(payload, place)
    return json.dumps(payload, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace").replace(DEEP.encode(), NESTED)


def _like(value: object) -> st.SearchStrategy[Any]:
    """Return other values of the same type, which readers look at more closely than at those of another."""
    match value:
        case bool():
            return st.booleans()
        case int():
            return st.sampled_from((0, 1, -1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63))) | st.integers()
        case float():
            return st.floats(allow_nan=False, allow_infinity=False)
        case str():
            return (
                st.sampled_from(("", "\0", "0", "-1", "x" * 600, ":", "9" * 30, "2026-02-30T00:00:00Z", value * 2))
                | st.text()
            )
        case list():
            return st.sampled_from(([], value * 2, value * 60, value[::-1]))
        case _:
            return st.just({})


TEXTS = ("", "\0", "0", "-1", "x" * 600, ":", "9" * 30, "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-23:59", "1.5")


def _at(payload: Any, place: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON
    for key in place:
        payload = payload[key]
    return payload


def _without(payload: Any, place: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON
    copy = json.loads(json.dumps(payload))
    node = copy
    for key in place[:-1]:
        node = node[key]
    del node[place[-1]]
    return copy


def _damaged(draw: st.DrawFn, body: bytes) -> bytes:
    for _ in range(draw(st.integers(1, CHANGES_MAX))):
        at, junk, gone = draw(st.integers(0, len(body))), draw(st.binary(max_size=4)), draw(st.integers(0, 4))
        body = body[:at] + junk + body[at + gone :]
    return body


def _headers(draw: st.DrawFn, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the kept headers, of which Discourse's come from outside as they are."""
    if EVENT not in headers or draw(st.integers(0, 3)):
        return headers
    event = draw(st.sampled_from(sorted(DISCOURSE_EVENTS)) | st.text(max_size=8))
    return {INSTANCE: draw(st.just(headers[INSTANCE]) | st.text(max_size=30)), EVENT: event}
