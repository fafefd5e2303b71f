"""What was said in one hour of one community: how many contents of each tone and kind, and how many name each query."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from services.reporting.figures.buckets.hours import HOUR_S, hour_at, start_of
from services.reporting.figures.buckets.remark import Remark
from shared.events.envelope import Int, Name
from shared.fold.definition import Document

KIND = "said"

TONE, FEEDBACK, NAMED, OWN_NAMED = "tone_", "feedback_", "named:", "named_own"
"""How counts are called: by tone, by feedback, by query and tone (`named:product/glue:negative`), and those naming us."""

OURS = frozenset({"brand", "product"})


class Recount(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reporting.command.recount"):
    """A content counts for something else than it did, in the hour in which it was written."""

    brand: Name
    community: Name
    hour: Int
    add: tuple[str, ...] = ()
    take: tuple[str, ...] = ()


class Said(Struct, frozen=True, gc=False):
    """The counts of an hour, by name; one may be below zero until all is read."""

    brand: str
    community: str
    hour: int
    counts: Mapping[str, int]


def key_of(brand: str, community: str, hour: int) -> str:
    """Return the key of an hour's state."""
    return f"said {brand}/{community}/{hour}"


def names_of(remark: Remark) -> tuple[str, ...]:
    """Return the names under which a content counts; none where it is gone, or where it is not known when it was written."""
    if remark.second is None or remark.is_gone:
        return ()
    feedback = () if remark.feedback is None else (f"{FEEDBACK}{remark.feedback}",)
    named = tuple(f"{NAMED}{name}:{remark.label}" for name in remark.names)
    ours = (OWN_NAMED,) * any(name.partition("/")[0] in OURS for name in remark.names)
    return (f"{TONE}{remark.label}", *feedback, *named, *ours)


def recounted(before: Remark | None, after: Remark) -> Recount | None:
    """Return what changes in the hour of a content when it changes; None where nothing does."""
    take, add = () if before is None else names_of(before), names_of(after)
    if take == add or after.second is None:
        return None
    hour = int(after.second // HOUR_S)
    return Recount(brand=after.brand, community=after.community, hour=hour, add=add, take=take)


def evolve(state: Said | None, told: Recount) -> Said:
    """Count it."""
    counts = {} if state is None else dict(state.counts)
    for names, n in ((told.add, 1), (told.take, -1)):
        for name in names:
            counts[name] = counts.get(name, 0) + n
    return Said(told.brand, told.community, told.hour, {name: n for name, n in counts.items() if n})


def encode(state: Said) -> Document:
    """Return the document; `at` is when the hour begins. Names hold dots, so they are no fields."""
    return {
        "kind": KIND,
        "brand": state.brand,
        "community": state.community,
        "at": start_of(state.hour),
        "counts": [[name, n] for name, n in sorted(state.counts.items())],
    }


def decode(document: Document) -> Said:
    """Return the state."""
    counts = {name: int(n) for name, n in document["counts"]}
    return Said(document["brand"], document["community"], hour_at(document["at"]), counts)
