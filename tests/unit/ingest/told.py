"""What our golden cases tell, by platform: all events of the contract that a platform's payloads become."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.ingest.connectors.payload import Decoded
from shared.events import Envelope
from shared.platforms import FACTS, Fact, platform_of
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

SUITES: tuple[Any, ...] = (
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
"""Modules of cases."""


def facts_of(events: Iterable[Envelope]) -> frozenset[Fact]:
    """Return the facts that the events tell."""
    return frozenset(fact for event in events for fact in FACTS if fact.is_told_by(event))


def golden_events() -> Mapping[str, list[Envelope]]:
    """Return the events of all cases by their platform."""
    found: dict[str, list[Envelope]] = defaultdict(list)
    for suite in SUITES:
        for name in suite.CASES:
            for event in _whole(suite, name):
                found[platform_of(event.community or "")].append(event)
    return found


def _whole(suite: Any, name: str) -> Iterator[Envelope]:  # noqa: ANN401 - a module
    """Yield what a case tells; a vote without a place also once that is known."""
    decoded = _decoded(suite, name)
    yield from decoded.told
    if decoded.poll_answers:
        yield from _decoded(suite, name, community="telegram:-1001234567890").told


def _decoded(suite: Any, name: str, **fields: object) -> Decoded:  # noqa: ANN401 - a module
    builds = suite in {telegram_updates, vk_callbacks}  # there `told` makes a payload
    found: Decoded = suite.decode(suite.CASES[name], **fields) if builds else suite.told(name, **fields)
    return found
