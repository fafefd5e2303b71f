"""Who takes part, as a list that may be published: codes in place of members, each with its weight, in one order."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise

import msgspec

from services.engagement.rules.draws.fields import ENTRANTS_MAX, WEIGHT_MAX, Hash, Weight, text, u32
from shared.errors import Unprocessable

CODE, PSEUDONYM, LIST = b"veche draw v1 code", b"veche draw v1 entrant", b"veche draw v1 entrants"


class Entrant(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One of the list: `["<pseudonym>", weight]`."""

    pseudonym: Hash
    weight: Weight


def code_of(salt: bytes, member: str) -> bytes:
    """Return a member's code of 32 bytes: HMAC-SHA256 of their id under the contest's salt. Only they are told it."""
    return hmac.digest(salt, CODE + text(member), sha256)


def pseudonym(contest: str, member: str, code: bytes) -> str:
    """Return what stands for a member in the published list: SHA-256 of contest, member and code, in hexadecimal digits.

    Who is told the code computes it again and finds themselves. It is bound to the member's id, so that no two members can
    be shown the same line; without the code nobody can try ids; without the salt the service itself knows nobody any more.
    """
    return sha256(PSEUDONYM + text(contest) + text(member) + code).hexdigest()


def listed(contest: str, salt: bytes, weights: Mapping[str, int]) -> tuple[Entrant, ...]:
    """Return the list of members by their weights (1 or more), in the order of their pseudonyms.

    Raises Unprocessable for a weight that is none, or for too many members.
    """
    if len(weights) > ENTRANTS_MAX:
        raise Unprocessable(f"{len(weights)} members take part; a draw holds {ENTRANTS_MAX}")
    if any(not 1 <= weight <= WEIGHT_MAX for weight in weights.values()):
        raise Unprocessable(f"a weight is a whole number from 1 to {WEIGHT_MAX}")
    found = (Entrant(pseudonym(contest, member, code_of(salt, member)), weight) for member, weight in weights.items())
    return tuple(sorted(found, key=lambda entrant: entrant.pseudonym))


def is_ordered(entrants: Iterable[Entrant]) -> bool:
    """Answer whether each pseudonym is greater than the one before: one order, and nobody twice."""
    return all(one.pseudonym < other.pseudonym for one, other in pairwise(entrants))


def entrants_hash(entrants: Sequence[Entrant]) -> str:
    """Return the SHA-256 of the list, in hexadecimal digits: the label, the number of entrants (4 bytes), 36 bytes of each.

    These are the 32 bytes of its pseudonym and its weight as 4 bytes, the highest first.
    """
    hashed = sha256(LIST + u32(len(entrants)))
    for entrant in entrants:
        hashed.update(bytes.fromhex(entrant.pseudonym) + u32(entrant.weight))
    return hashed.hexdigest()
