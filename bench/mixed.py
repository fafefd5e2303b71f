"""What all platforms send, mixed: the committed renderings of each one's payloads, told in one brand after the other.

An event's identity and every state begin with the brand, so the same payload in another brand is another fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count as counting
from itertools import islice

from msgspec.structs import replace

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.discord import SESSION
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from shared.bus.record import Outgoing
from tests.unit.ingest import (
    discord_frames,
    discourse_deliveries,
    meta_requests,
    telegram_updates,
    test_slack_connector,
    vk_callbacks,
    youtube_payloads,
)
from tests.unit.ingest.telegram_updates import payload as plain

ITEM = {"type": "message", "channel": "C1", "ts": test_slack_connector.TS}
SLACK = (
    test_slack_connector.said(),
    test_slack_connector.said(ts=test_slack_connector.LATER, text="Как заказать помол?"),
    {
        "type": "reaction_added",
        "user": "U2",
        "item": ITEM,
        "item_user": "U1",
        "reaction": "+1",
        "event_ts": "1767225660.000200",
    },
    {"type": "member_joined_channel", "user": "U3", "channel": "C1"},
)
"""Slack has no cases by name."""


def records(count: int) -> list[Outgoing]:
    """Return that many raw records."""
    cases = list(_news(_cases()))
    told = ((f"bench-{n}", raw) for n in counting() for raw in cases)
    return [
        to_record(Raw(raw.platform, replace(raw.payload, brand=brand, connection=raw.platform)))
        for brand, raw in islice(told, count)
    ]


def _cases() -> Iterator[Raw]:
    """Yield a payload of every case of every platform, with its community as the edge finds it."""
    for update in telegram_updates.CASES.values():
        yield _placed("telegram", plain(update))
    for callback in vk_callbacks.CASES.values():
        yield _placed("vk", vk_callbacks.payload(callback))
    for frame in discord_frames.CASES.values():
        yield _placed("discord", replace(plain(frame), headers={SESSION: "s1"}))
    for request in meta_requests.CASES.values():
        yield _placed("facebook", meta_requests.payload(request))
    for sent in discourse_deliveries.CASES.values():
        yield Raw("discourse", discourse_deliveries.payload(*sent))
    for pushed in youtube_payloads.CASES.values():
        yield _placed("youtube", youtube_payloads.payload(pushed))
    for event in SLACK:
        yield _placed("slack", plain(test_slack_connector.callback(event)))


def _placed(platform: str, payload: Payload) -> Raw:
    return Raw(platform, replace(payload, community=CONNECTORS[platform].place(payload.body, payload.headers)))


def _news(cases: Iterable[Raw]) -> Iterator[Raw]:
    """Yield those that become events which no other tells: refusals and duplicates cost nearly nothing."""
    known: set[str] = set()
    for raw in cases:
        ids = {event.id for event in CONNECTORS[raw.platform].decode(raw.payload).told}
        if ids and not ids & known:
            known |= ids
            yield raw
