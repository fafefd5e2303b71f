"""The audit as one person is told of it: an entry about an open second look is told only by what it is chained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from services.moderation.cases.audit import Broken, Chain, digest


class Verified(NamedTuple):
    """Where a record is not what was written, if anywhere, and of how many entries it is only known that they are there."""

    broken: Broken | None
    withheld: int


def verified(entries: Iterable[Mapping[str, Any]], head: Chain) -> Verified:
    """Go through the entries of a community in order, up to its head."""
    chain, withheld = Chain(), 0
    for entry in entries:
        why = _wrong(entry, chain)
        if why is not None:
            return Verified(Broken(chain.n + 1, why), withheld)
        chain, withheld = Chain(entry["n"], entry["hash"]), withheld + ("withheld" in entry)
    if chain != head:
        return Verified(Broken(chain.n + 1, f"the record ends at {chain.n} and should at {head.n}"), withheld)
    return Verified(None, withheld)


def _wrong(entry: Mapping[str, Any], chain: Chain) -> str | None:
    if entry["n"] != chain.n + 1:
        return f"entry {chain.n + 1} is missing"
    if entry["prev"] != chain.hash:
        return f"entry {entry['n']} does not follow from the one before"
    if "withheld" not in entry and entry["hash"] != digest(entry):
        return f"entry {entry['n']} was changed"
    return None
