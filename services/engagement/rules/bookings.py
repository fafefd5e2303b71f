"""What entries that no grant made are called, and how they are found. Pure."""

from __future__ import annotations

from shared.events import event_id

SPENT, REFUNDED, ADJUSTED, SENT, RECEIVED, EXPIRED = "@spent", "@refunded", "@adjusted", "@sent", "@received", "@expired"
"""Stand for rules: those of policies have no such sign."""

TOO_FEW, OVER_LIMIT = "too_few", "over_limit"
"""Why an order is refused."""


def entry_id(brand: str, order: str) -> str:
    """Return the id of the entry that an order becomes, or of the one that says why it was refused."""
    return event_id("engagement.order", brand, order)


def refund_id(brand: str, spend: str) -> str:
    """Return the id of the order that gives back what another one took: there is one at most."""
    return event_id("engagement.refund", brand, spend)
