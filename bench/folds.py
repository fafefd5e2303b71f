"""The consumers that are measured: how each is made, what it reads, and with what it is filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Union

from bench import population
from services.ingest import handlers as ingest
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.connectors.telegram.updates import Update
from shared.bus.record import Outgoing
from shared.events import TYPES, encode
from shared.policy import PolicyBook, Version
from shared.topics import EVENTS, RAW

UNION: Any = Union[tuple(TYPES.values())]  # noqa: UP007 - made of a tuple


class Measured(NamedTuple):
    """A consumer under measurement."""

    make: Callable[[], Any]
    topic: str
    type: Any
    """What the bare loop decodes."""
    outputs: Sequence[str]
    bar: float
    """The share of the bare loop that must be reached."""


class Bare:
    """A shelf without stored policies: the built-in ones are in force."""

    async def all(self, kind: str) -> Iterable[Version]:
        """Return nothing."""
        del kind
        return ()


def normaliser() -> ingest.Normaliser:
    """Return the normaliser without staff."""
    staff = PolicyBook(Bare(), "StaffAccounts", ingest.accounts, frozenset[str](), 5.0)
    return ingest.Normaliser(staff, lambda _platform, _refusal: None)


FOLDS = {
    "normaliser": Measured(normaliser, RAW.name, Update, ingest.OUTPUTS, 0.08),
}
"""Every consumer by the name of its group."""


def filling(count: int) -> dict[str, list[Outgoing]]:
    """Return what each topic is filled with."""
    made = population.updates(count)
    now = datetime.fromtimestamp(population.START, UTC)
    place = str(population.CHAT["id"])
    raws = [
        Payload(body=b, brand="bench", connection="bench", community=f"telegram:{place}", recordedtime=now) for b in made
    ]
    events = population.events(made)
    key = f"bench/telegram:{place}".encode()
    return {
        RAW.name: [to_record(Raw("telegram", payload)) for payload in raws],
        EVENTS.name: [Outgoing(key, encode(event), ()) for event in events],
    }
