"""The record of who did what: entries that are only added, each with a digest of itself and of the one before.

Whoever changes, drops or inserts one breaks every digest after it; `veche moderation audit` shows where.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

AUDIT = "audit"
"""Kind of these entries."""

FIRST = "0" * 64
"""Stands before the first."""

CHAINED = ("brand", "community", "n", "at_ms", "by", "what", "prev")
"""Fields that the digest holds, in this order."""


class Chain(NamedTuple):
    """How far the record of a community has come."""

    n: int = 0
    hash: str = FIRST


def linked(
    chain: Chain, brand: str, community: str, at_ms: int, by: str, what: Mapping[str, Any]
) -> tuple[Chain, dict[str, Any]]:
    """Return the chain with one entry more, and the entry. `what` holds ids and verdicts, no text of a member."""
    entry: dict[str, Any] = {
        "_id": f"{AUDIT}/{brand}/{community}/{chain.n + 1}",
        "kind": AUDIT,
        "brand": brand,
        "community": community,
        "n": chain.n + 1,
        "at_ms": at_ms,
        "by": by,
        "what": dict(what),
        "prev": chain.hash,
    }
    entry["hash"] = digest(entry)
    return Chain(chain.n + 1, entry["hash"]), entry


def digest(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry's fields as JSON with sorted keys."""
    told = _encoder.encode([entry[name] for name in CHAINED])
    return hashlib.sha256(told).hexdigest()


_encoder = msgspec.json.Encoder(order="sorted", enc_hook=int)
"""Integers that come from the store are of a type of its own."""


class Broken(NamedTuple):
    """Where a record is not what was written."""

    n: int
    why: str


class Verified(NamedTuple):
    """Where a record is not what was written, if anywhere, and of how many entries it is only known that they are there."""

    broken: Broken | None
    withheld: int = 0


def verified(entries: Iterable[Mapping[str, Any]], head: Chain) -> Verified:
    """Go through the entries of a community in order, up to its head, and say where the first is that is not right.

    Of an entry that is withheld from the reader there is only what it is chained by.
    """
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
