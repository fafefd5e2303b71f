"""Whether balances are what their entries come to, and what the bus told of them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from shared.events import Envelope
from shared.events.engagement import (
    PointsClawedBack,
    PointsExpired,
    PointsGranted,
    PointsRestored,
    PointsSpent,
    PointsTransferred,
)

Told = PointsGranted | PointsClawedBack | PointsRestored | PointsSpent | PointsExpired | PointsTransferred


class Account(NamedTuple):
    """An account as it is stored, and as its entries are."""

    member: str
    balance: int
    """As it is stored."""
    entries: int
    """How many it says there are."""
    summed: int
    """What its entries come to."""
    counted: int
    """How many there are."""
    last: int
    """The balance that the last entry tells; 0 where there is none."""


def wrong(account: Account) -> str | None:
    """Return what is wrong with an account, a sentence; None where all agrees."""
    if account.summed != account.balance:
        return f"the balance is {account.balance}, its entries come to {account.summed}"
    if account.counted != account.entries:
        return f"{account.entries} entries were written, {account.counted} are there"
    if account.counted and account.last != account.balance:
        return f"the balance is {account.balance}, the last entry says {account.last}"
    return None


class Traced(NamedTuple):
    """What the bus told of an account, as far as it reaches."""

    balance: int
    """After the last event."""
    last: int = 0
    """The number of the last entry that was told."""


def traced(before: Traced | None, event: Told, n: int) -> Traced:
    """Take in an event of the ledger's topic, of the entry with that number; each once.

    Raises Broken where it does not follow from the one before.
    """
    points, balance = moved(event), event.data.balance or 0
    if before is not None and before.balance + points != balance:
        raise Broken(f"after {before.balance} came {points:+d}, and then {balance}: an event is missing, or one too much")
    return Traced(balance, n)


class Broken(Exception):
    """What the bus told does not go together."""


def moved(event: Told) -> int:
    """Return by how much an event changed its member's balance, in points."""
    return -event.data.amount if isinstance(event, PointsTransferred) else event.data.applied or 0


def told(event: Envelope | None, brand: str) -> Told | None:
    """Return an event of a brand's ledger; None for anything else."""
    return event if isinstance(event, Told) and event.brand == brand else None
