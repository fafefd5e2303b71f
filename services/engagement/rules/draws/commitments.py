"""What is published when a contest closes, before the round exists that decides it: nothing can be chosen afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from services.engagement.rules.draws.chains import QUICKNET, first_round
from services.engagement.rules.draws.entrants import Entrant, entrants_hash
from services.engagement.rules.draws.fields import (
    LEAD_S,
    Alternates,
    Entrants,
    Hash,
    Lead,
    Name,
    Round,
    Seconds,
    Winners,
    text,
    u32,
    u64,
)
from shared.errors import Unprocessable

COMMITMENT = b"veche draw v1 commitment"


class Commitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that decides a draw but the seed, which it holds as a hash, and the round, which is not there yet."""

    brand: Name
    contest: Name
    closed_s: Seconds
    """When the list was closed and committed to, in seconds since 1970. Where that is late, not the contest's own end."""
    lead_s: Lead
    entrants: Entrants
    entrants_hash: Hash
    seed_hash: Hash
    """SHA-256 of the 32 bytes of the seed."""
    chain: Hash
    round: Round
    """The first that begins `lead_s` after the close or later."""
    winners: Winners
    alternates: Alternates


def committed(
    brand: str,
    contest: str,
    closed_s: int,
    entrants: Sequence[Entrant],
    seed: bytes,
    *,
    winners: int,
    alternates: int = 0,
    lead_s: int = LEAD_S,
) -> Commitment:
    """Return the commitment to a list (of `listed`) and a seed of 32 bytes, as of a close in whole seconds since 1970.

    Raises Unprocessable where a number is outside of its limits.
    """
    told = {
        "brand": brand,
        "contest": contest,
        "closed_s": closed_s,
        "lead_s": lead_s,
        "entrants": len(entrants),
        "entrants_hash": entrants_hash(entrants),
        "seed_hash": seed_hash(seed),
        "chain": QUICKNET.hash,
        "round": first_round(QUICKNET, closed_s + lead_s),
        "winners": winners,
        "alternates": alternates,
    }
    try:
        return msgspec.convert(told, Commitment)
    except msgspec.ValidationError as error:
        raise Unprocessable(f"this draw cannot be committed to: {error}") from error


def seed_hash(seed: bytes) -> str:
    """Return the SHA-256 of a seed, in hexadecimal digits."""
    return sha256(seed).hexdigest()


def digest(commitment: Commitment) -> str:
    """Return the SHA-256 of a commitment, in hexadecimal digits: what is announced.

    Hashed are the label; brand and contest, each behind its length in bytes (4 bytes); closed_s (8 bytes), lead_s (4),
    entrants (4); the 32 bytes of entrants_hash, of seed_hash, and of chain; round (8), winners (4), alternates (4). Numbers
    have their highest byte first.
    """
    parts = (
        COMMITMENT,
        text(commitment.brand),
        text(commitment.contest),
        u64(commitment.closed_s),
        u32(commitment.lead_s),
        u32(commitment.entrants),
        bytes.fromhex(commitment.entrants_hash),
        bytes.fromhex(commitment.seed_hash),
        bytes.fromhex(commitment.chain),
        u64(commitment.round),
        u32(commitment.winners),
        u32(commitment.alternates),
    )
    return sha256(b"".join(parts)).hexdigest()
