"""Reading changed payloads as the edge and the normaliser do, many of them, and counting what became of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from msgspec import Struct

from services.ingest.connectors.delivery import Unreadable
from services.ingest.connectors.discord import kinds as discord
from services.ingest.connectors.discourse import deliveries as discourse
from services.ingest.connectors.meta import instagram, page
from services.ingest.connectors.payload import Decoded
from services.ingest.connectors.reddit import ACTION, NOT_FACTS, PRIVATE, THINGS
from services.ingest.connectors.slack import callbacks as slack
from services.ingest.connectors.telegram import kinds as telegram
from services.ingest.connectors.vk import callbacks as vk
from shared.events import TYPES, decode, encode
from tests.real_data.fuzzing import changed, originals
from tests.unit.ingest.way import Delivery, Part, taken

settings.register_profile("fuzz", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("nightly", settings.get_profile("fuzz"), max_examples=20_000)

_ITEMS = {item for readers in page.FIELDS.values() for item in readers}
_META = {*_ITEMS, *page.REFUSED, *page.SETTINGS, *instagram.READ, *instagram.NOT_FACTS, "messages", "mention"}

KINDS: Mapping[str, Collection[str]] = {
    "telegram": {*telegram.TOLD, *telegram.REFUSED},
    "discord": {*discord.READ, *discord.NOT_FACTS, *discord.NOT_KEPT, *discord.APPLICATION, "frame", "interaction", "other"},
    "slack": {*slack.KINDS, *slack.NOT_FACTS, "command"},
    "vk": {*vk.READ, *vk.REFUSED},
    "facebook": _META,
    "instagram": _META,
    "discourse": {*discourse.READ, *discourse.REFUSED},
    "youtube": {"comment", "comment_thread", "feed", "page"},
    "reddit": {*THINGS, *PRIVATE, *NOT_FACTS, ACTION},
    "feed": {"feed"},
    "events": set(TYPES),
}
"""What a refusal may be called, besides `unknown`: labels of a metric."""


class Fuzzed(Struct):
    """What became of the changed payloads of a platform."""

    platform: str
    cases: int = 0
    events: int = 0
    outcomes: Counter[str] = Counter()
    seconds: float = 0.0


def fuzz(data: Path, platform: str, profile: str) -> Fuzzed:
    """Change payloads as often as the profile says; raise what nobody handles, AssertionError where a promise breaks."""
    found = Fuzzed(platform, outcomes=Counter())

    @settings(settings.get_profile(profile), database=None, phases=(Phase.generate, Phase.shrink))
    @given(changed(platform, originals(data, platform)))
    def withstood(delivery: Delivery) -> None:
        found.cases += 1
        try:
            parts = list(taken(platform, delivery))
        except Unreadable:
            found.outcomes["answered 400"] += 1
            return
        assert parts, "a delivery has a part at least"
        for part in parts:
            _count(found, part, KINDS[platform])

    began = time.monotonic()
    withstood()
    found.seconds = time.monotonic() - began
    return found


def _count(found: Fuzzed, part: Part, kinds: Collection[str]) -> None:
    if part.decoded is None:
        found.outcomes["unprocessable"] += 1
        return
    _hold(part.decoded, part.place, kinds)
    found.events += len(part.decoded.told)
    found.outcomes.update(refusal.reason.value for refusal in part.decoded.refused)


def _hold(decoded: Decoded, place: str | None, kinds: Collection[str]) -> None:
    """Hold what was decoded to what every connector promises."""
    assert decoded.told or decoded.refused or decoded.poll_answers, "neither told nor refused"
    assert {refusal.kind for refusal in decoded.refused} <= {*kinds, "unknown"}
    for event in decoded.told:
        assert (event.community or None) == place, "an event of another community than its part's"
        assert event.id
        assert decode(encode(event)) == event
