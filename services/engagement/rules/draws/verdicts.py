"""Whether a proof holds, and if not, what is wrong with it. Needs the file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from services.engagement.rules.draws import words
from services.engagement.rules.draws.beacons import is_signed
from services.engagement.rules.draws.chains import QUICKNET, first_round
from services.engagement.rules.draws.commitments import digest, seed_hash
from services.engagement.rules.draws.entrants import entrants_hash, is_ordered
from services.engagement.rules.draws.proofs import Proof, decoded, encoded, placed
from shared.said import Said


class Check(NamedTuple):
    """What was checked, and what is wrong; None where nothing is."""

    what: Said
    wrong: Said | None = None


class Verdict(NamedTuple):
    """The proof, None where the file is none, and all that was checked."""

    proof: Proof | None
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Answer whether nothing is wrong."""
        return self.proof is not None and all(check.wrong is None for check in self.checks)

    @property
    def summary(self) -> Said:
        """Return the whole of it in a few words."""
        return words.HOLDS if self.holds else words.REFUSED


def verified(file: bytes, announced: str | None = None) -> Verdict:
    """Return what holds of a proof's file; `announced` is the commitment's hash that was told before the draw, if known."""
    try:
        proof = decoded(file)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Verdict(None, (Check(words.FILE, words.filled(words.NO_PROOF, reason=error)),))
    return Verdict(proof, (Check(words.FILE), *_checks(proof, file, announced)))


def _checks(proof: Proof, file: bytes, announced: str | None) -> Iterator[Check]:
    yield _check(words.WRITTEN, words.REWRITTEN, holds=encoded(proof) == file)
    commitment, found = proof.commitment, digest(proof.commitment)
    yield _check(words.COMMITMENT, words.filled(words.OTHER_COMMITMENT, found=found), holds=found == proof.commitment_hash)
    if announced is not None:
        yield _check(words.ANNOUNCED, words.NOT_ANNOUNCED, holds=announced.strip().lower() == found)
    yield _check(words.LIST, words.OTHER_LIST, holds=_is_list(proof))
    seed, signature = bytes.fromhex(proof.seed), bytes.fromhex(proof.signature)
    yield _check(words.SEED, words.OTHER_SEED, holds=seed_hash(seed) == commitment.seed_hash)
    yield _check(words.CHAIN, words.OTHER_CHAIN, holds=proof.chain == QUICKNET and commitment.chain == QUICKNET.hash)
    round_ = first_round(QUICKNET, commitment.closed_s + commitment.lead_s)
    yield _check(words.ROUND, words.filled(words.OTHER_ROUND, found=round_), holds=commitment.round == round_)
    signed = is_signed(bytes.fromhex(QUICKNET.public_key), commitment.round, signature)
    yield _check(words.SIGNATURE, words.NO_SIGNATURE, holds=signed)
    places = placed(commitment, proof.entrants, seed, signature)
    yield _check(words.PLACES, words.OTHER_PLACES, holds=places == (proof.winners, proof.alternates))


def _is_list(proof: Proof) -> bool:
    commitment, entrants = proof.commitment, proof.entrants
    told = commitment.entrants_hash == entrants_hash(entrants) and commitment.entrants == len(entrants)
    return told and is_ordered(entrants)


def _check(what: Said, wrong: Said, *, holds: bool) -> Check:
    return Check(what, None if holds else wrong)
