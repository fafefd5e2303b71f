"""How a connection is: what is wrong with it, and what a person does next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

HOUR = timedelta(hours=1)

STRAY_SHARE = 0.01
STRAY = frozenset({"secret", "busy"})
"""A trouble only where they are more than this share of what was taken in: anybody may guess, platforms come again."""

NEXT = {
    "secret": "enter at the platform the secret that this connection names, or apply the connection with the platform's",
    "too_large": "raise VECHE_BODY_BYTES_MAX where the platform is right to send as much",
    "too_many": "raise VECHE_HOOK_RATE and VECHE_HOOK_BURST where the platform is right to send as many",
    "busy": "Kafka was away or slow: see its health, and docs/runbooks.md#refused-at-the-edge",
    "unreadable": "not in the platform's format: see that the address was entered at the platform that the connection names",
    "misfit": "mend the events: the answer (422) said which field of which event does not fit",
    "handshake": "apply the connection with the `handshake` that the platform shows or was given",
}
"""Why deliveries are refused, and what a person does about it."""


class Trouble(NamedTuple):
    """Something is wrong."""

    what: str
    next: str


class Seen(NamedTuple):
    """What came through a connection."""

    last_at: datetime | None = None
    per_minute: float = 0.0
    """Over the last hour; of the hour before, its share is taken as spread evenly."""
    taken: int = 0
    """In this hour and the one before; so are the refusals."""
    refused: Mapping[str, int] = {}
    communities: Sequence[str] = ()


def seen(hours: Sequence[Mapping[str, Any]], now: datetime) -> Seen:
    """Return what the hours of one connection tell, in their order."""
    this = now.replace(minute=0, second=0, microsecond=0)
    near = {utc(hour["hour"]): hour for hour in hours if utc(hour["hour"]) >= this - HOUR}
    share = 1 - (now - this) / HOUR
    taken = {at: int(hour.get("taken", 0)) for at, hour in near.items()}
    refused: dict[str, int] = {}
    for hour in near.values():
        for reason, number in hour.get("refused", {}).items():
            refused[reason] = refused.get(reason, 0) + int(number)
    return Seen(
        max((utc(hour["last_at"]) for hour in hours if hour.get("last_at")), default=None),
        (taken.get(this, 0) + taken.get(this - HOUR, 0) * share) / 60,
        sum(taken.values()),
        refused,
        sorted({community for hour in hours for community in hour.get("communities", ())}),
    )


def of_refusals(found: Seen) -> Iterator[Trouble]:
    """Yield what refusals tell."""
    for reason, number in sorted(found.refused.items()):
        if reason not in STRAY or number > found.taken * STRAY_SHARE:
            deliveries = "delivery" if number == 1 else "deliveries"
            yield Trouble(f"{number} {deliveries} refused within two hours: {reason.replace('_', ' ')}", NEXT[reason])


def of_subscriber(poller: Mapping[str, Any] | None) -> Iterator[Trouble]:
    """Yield what those note who subscribe to what a platform pushes."""
    if poller is None:
        yield Trouble("nobody has subscribed yet", "see that `veche ingest serve` runs; a new connection takes some seconds")
    else:
        yield from _noted(poller)


def of_poller(mode: str, poller: Mapping[str, Any] | None, now: datetime) -> Iterator[Trouble]:
    """Yield what the poller's or the gateway's own notes tell."""
    command = "veche ingest gateway" if mode == "gateway" else "veche ingest serve"
    if poller is None:
        yield Trouble("nobody has asked the platform yet", f"see that `{command}` runs; a new connection takes some seconds")
        return
    if utc(poller["until"]) < now and not poller.get("problem"):
        yield Trouble("nobody asks the platform any more", f"see that `{command}` runs")
    yield from _noted(poller)


def _noted(poller: Mapping[str, Any]) -> Iterator[Trouble]:
    if poller.get("problem"):
        yield Trouble(str(poller["problem"]), "mend what it says; applying the connection anew tries it at once")
    for sentence in poller.get("missing") or ():
        yield Trouble("something is missing at the platform", str(sentence))


def of_credentials(problems: Sequence[str]) -> Iterator[Trouble]:
    """Yield what could not be read of the connection's own document."""
    for sentence in problems:
        yield Trouble(sentence, "mend it, and restart ingest where a variable of its environment was meant")


def utc(at: datetime) -> datetime:
    """Return an instant of MongoDB's with its zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)
