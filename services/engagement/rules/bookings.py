"""What entries that no grant made are called, and how they are found. Pure."""

from __future__ import annotations

from shared.events import event_id
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored

SPENT, REFUNDED, ADJUSTED, SENT, RECEIVED, EXPIRED = "@spent", "@refunded", "@adjusted", "@sent", "@received", "@expired"
BARRED = "@barred"
"""Stand for rules: those of policies have no such sign."""

OWN = "@"
"""Begins each of them."""

TOO_FEW, OVER_LIMIT = "too_few", "over_limit"
"""Why an order is refused."""


def entry_id(brand: str, member: str, order: str) -> str:
    """Return the id of the entry that a member's order becomes, or of the one that says why it was refused."""
    return event_id("engagement.order", brand, member, order)


def refund_id(spend: str) -> str:
    """Return the id of the order that gives back what another one of the member took: there is one at most."""
    return f"refund:{spend}"


def receive_id(sender: str, order: str) -> str:
    """Return the id of the order by which points come from another member."""
    return f"from:{sender}:{order}"


def is_own(event: PointsGranted | PointsClawedBack | PointsRestored) -> bool:
    """Say whether an event tells of an order, and not of a grant by a policy's rule."""
    return event.data.rule.startswith(OWN)
