"""A batch of events as it is sent: taken apart, and every event looked at. All are taken or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from services.ingest.connectors.events import EVENTS_MAX, apart
from services.ingest.connectors.urgency import Urgency, of_type
from services.ingest.facts import identity
from services.ingest.rules.strict import Misfit, accepted, all_accepted
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.http.problems import Problem

BYTES_MAX = 10_000_000
"""A batch of 1,000 events of 10 kB."""
ERRORS_SHOWN_MAX = 20
"""Only these are explained: what was meant by a thousand misspelt names would hold up everybody else at the edge."""


class Batch(NamedTuple):
    """Events of a request that are all taken.

    The decoded events are not kept: kept while the request waits for Kafka, they would have the next batch read into memory
    that the processor's cache does not hold.
    """

    raws: Sequence[msgspec.Raw]
    """The events as they came."""
    communities: Sequence[str | None]
    urgency: Urgency
    """As its most urgent event's."""
    identities: Sequence[str]
    """Of imported events."""
    recordedtime: datetime
    """When they came: by it they were looked at, and it is what they are stamped with."""


def split(body: bytes) -> list[msgspec.Raw]:
    """Return the events of a body, as they came: one, or an array of them. Raises Problem."""
    if not _is_array(body):
        return [msgspec.Raw(body)]
    try:
        raws = apart(body)
    except Unprocessable as error:
        raise Problem(400, "the body is not a JSON array of events") from error
    if len(raws) > EVENTS_MAX:
        raise Problem(413, f"a batch holds at most {EVENTS_MAX} events")
    return raws


def checked(body: bytes, raws: Sequence[msgspec.Raw], brand: str, now: datetime, *, imported: bool) -> Batch:
    """Return the batch of a body that was split. Raises Problem, which says where the body has what is wrong."""
    events = (all_accepted(body, now) if _is_array(body) else None) or each_accepted(body, raws, now)
    kinds = {type(event) for event in events}
    return Batch(
        raws,
        [event.community for event in events],
        max((of_type(str(kind.__struct_config__.tag)) for kind in kinds), default=Urgency.NORMAL),
        [identity(brand, event.community, event.id) for event in events] if imported else (),
        now,
    )


def _is_array(body: bytes) -> bool:
    return body.lstrip().startswith(b"[")


def each_accepted(body: bytes, raws: Sequence[msgspec.Raw], now: datetime) -> list[Envelope]:
    """Return the events, each looked at by itself. Raises Problem as `checked` does."""
    found: list[Envelope] = []
    errors: list[dict[str, object]] = []
    for index, raw in enumerate(raws):
        try:
            found.append(accepted(bytes(raw), now, explained=len(errors) < ERRORS_SHOWN_MAX))
        except Misfit as error:
            errors.append({"at": (f"/{index}" if _is_array(body) else "") + error.at, "message": str(error)})
    if errors:
        raise Problem(
            422, f"{len(errors)} of {len(raws)} events are not taken, so none is", errors=errors[:ERRORS_SHOWN_MAX]
        )
    return found


def counted(identities: Sequence[str], there: Collection[str]) -> dict[str, int]:
    """Return how many of a batch's events were there before it, and how many of the others it tells once more."""
    fresh = [told for told in identities if told not in there]
    return {"known": len(identities) - len(fresh), "repeated": len(fresh) - len(set(fresh))}
