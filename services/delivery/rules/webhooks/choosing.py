"""Which records a subscription is sent. Pure.

A record is of the brand that it says, and is sent to that brand's subscriptions alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.documents.outward import Subscription
from shared.events import event_id


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What has to be known of an event to say whose it is."""

    id: str
    type: str
    brand: str
    community: str | None = None


_decoder = msgspec.json.Decoder(Seen)


def seen(raw: bytes | None) -> Seen | None:
    """Return what a record says of itself; None of one that is no event."""
    try:
        return _decoder.decode(raw or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_chosen(event: Seen, brand: str, spec: Subscription) -> bool:
    """Say whether a subscription of a brand is sent an event."""
    if event.brand != brand:
        return False
    if spec.types is not None and event.type not in spec.types:
        return False
    return spec.communities is None or event.community in spec.communities


def webhook_id(brand: str, topic: str, event: Seen) -> str:
    """Return the delivery's id: the same whenever the event is sent, and fit for a header, whatever its own id is."""
    return event_id("delivery.event", brand, topic, event.id)


REFUSED_MAX = 3
"""Tries of an event of which the receiver says that it is wrong; then it is put aside."""

FAILED_MAX = 5
"""Tries of an event, where the endpoint takes others meanwhile; then it is put aside, too."""

PAUSES_S: Sequence[float] = (1, 5, 30, 120, 300)
"""Between two tries in place; the last one again and again, while the endpoint takes nothing at all."""


def pause_s(tries: int, chance: float, asked_s: float) -> float:
    """Return how long to wait after so many tries; with a fifth of chance in it."""
    usual = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
    return max(usual * (0.8 + 0.4 * chance), min(asked_s, PAUSES_S[-1]))


def is_put_aside(tries: int, *, is_refused: bool, takes_others: bool) -> bool:
    """Say whether an event is left behind: for the endpoint is well, and this one is wrong."""
    return (is_refused and tries >= REFUSED_MAX) or (takes_others and tries >= FAILED_MAX)
