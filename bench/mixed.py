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
    reddit_things,
    slack_callbacks,
    telegram_updates,
    vk_callbacks,
    youtube_payloads,
)
from tests.unit.ingest.telegram_updates import payload as plain


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
    for sent_by_slack in slack_callbacks.CASES.values():
        yield _placed("slack", slack_callbacks.payload(sent_by_slack))
    for thing in reddit_things.CASES.values():
        yield _placed("reddit", plain(thing))


def _placed(platform: str, payload: Payload) -> Raw:
    return Raw(platform, replace(payload, community=CONNECTORS[platform].place(payload.body, payload.headers)))


def _news(cases: Iterable[Raw]) -> Iterator[Raw]:
    """Yield those that become events which no other tells: refusals and duplicates cost nearly nothing.

    Forms are left out, for the bare loop beside decodes JSON; so are feeds, which come whole, once in minutes.
    """
    known: set[str] = set()
    for raw in cases:
        if not raw.payload.body.startswith((b"{", b"<")):
            continue
        ids = {event.id for event in CONNECTORS[raw.platform].decode(raw.payload).told}
        if ids and not ids & known:
            known |= ids
            yield raw
