"""The file that is published after a draw: all that is needed to do it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from services.engagement.rules.draws.beacons import is_signed, randomness
from services.engagement.rules.draws.chains import QUICKNET, Chain
from services.engagement.rules.draws.commitments import Commitment, digest, seed_hash
from services.engagement.rules.draws.drawing import drawn, key_of
from services.engagement.rules.draws.entrants import Entrant, entrants_hash
from services.engagement.rules.draws.fields import ENTRANTS_MAX, PLACES_MAX, Hash, Signature
from shared.errors import Unprocessable

Places = Annotated[tuple[Hash, ...], Meta(max_length=PLACES_MAX)]
Listed = Annotated[tuple[Entrant, ...], Meta(max_length=ENTRANTS_MAX)]


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A proof, version 1. Its fields stand in the file in this order."""

    kind: Literal["veche.draw.proof"] = "veche.draw.proof"
    version: Literal[1] = 1
    commitment: Commitment
    commitment_hash: Hash
    """What was announced before the round."""
    chain: Chain
    entrants: Listed
    seed: Hash
    signature: Signature
    """Of the named round."""
    winners: Places
    alternates: Places
    """Who takes the place of a winner that is not found, in this order."""


def proven(commitment: Commitment, entrants: Sequence[Entrant], seed: bytes, signature: bytes) -> Proof:
    """Return the proof of a draw: the list and the seed that were committed to, and the named round's signature (48 bytes).

    Raises Unprocessable where they are not: a proof that would be refused is not made.
    """
    if commitment.seed_hash != seed_hash(seed) or commitment.entrants_hash != entrants_hash(entrants):
        raise Unprocessable("the list or the seed is not the one that was committed to")
    if not is_signed(bytes.fromhex(QUICKNET.public_key), commitment.round, signature):
        raise Unprocessable(f"this is not drand's signature of round {commitment.round}")
    winners, alternates = placed(commitment, entrants, seed, signature)
    return Proof(
        commitment=commitment,
        commitment_hash=digest(commitment),
        chain=QUICKNET,
        entrants=tuple(entrants),
        seed=seed.hex(),
        signature=signature.hex(),
        winners=winners,
        alternates=alternates,
    )


def placed(
    commitment: Commitment, entrants: Sequence[Entrant], seed: bytes, signature: bytes
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pseudonyms of winners and alternates: the first places are the winners', the next the alternates'."""
    key = key_of(seed, bytes.fromhex(digest(commitment)), randomness(signature))
    places = drawn([entrant.weight for entrant in entrants], key, commitment.winners + commitment.alternates)
    names = tuple(entrants[place].pseudonym for place in places)
    return names[: commitment.winners], names[commitment.winners :]


def encoded(proof: Proof) -> bytes:
    """Return the file: JSON in UTF-8, fields in their order, no white space. A proof is written in this one way."""
    return msgspec.json.encode(proof)


def decoded(file: bytes) -> Proof:
    """Return the proof of a file. Raises `msgspec.DecodeError` (also a `ValidationError`) where it is none."""
    return msgspec.json.decode(file, type=Proof)
