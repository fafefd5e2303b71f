"""A proof holds as it was made, and with any one bit changed it is refused."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.engagement.rules.draws import Entrant, Proof, Secrets, digest, encoded, proven, verified
from services.engagement.rules.draws.chains import QUICKNET
from services.engagement.rules.draws.commitments import committed
from services.engagement.rules.draws.entrants import entrants_hash
from services.engagement.rules.draws.proofs import placed
from shared.errors import Unprocessable
from tests.unit.engagement.draws.rounds import SECRETS, SIGNATURES, draw, members, proof

SMALL = encoded(proof(members(3), winners=1, alternates=0))


def changed(file: bytes, bit: int) -> bytes:
    flipped = bytearray(file)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def wrong(file: bytes) -> list[str]:
    return [check.what.en for check in verified(file).checks if check.wrong is not None]


def test_a_proof_with_any_one_bit_changed_is_refused() -> None:
    believed = [bit for bit in range(8 * len(SMALL)) if verified(changed(SMALL, bit)).holds]

    assert verified(SMALL).holds
    assert believed == []


@given(st.data())
@settings(deadline=None)
def test_whatever_was_drawn_is_believed_and_with_a_bit_changed_it_is_not(data: st.DataObject) -> None:
    weights = data.draw(st.dictionaries(st.text(min_size=1, max_size=9), st.integers(1, 2**32 - 1), max_size=30))
    winners, alternates = data.draw(st.integers(1, 40)), data.draw(st.integers(0, 40))
    round_ = data.draw(st.sampled_from(sorted(SIGNATURES)))

    file = encoded(proof(weights, round_=round_, winners=winners, alternates=alternates))

    assert verified(file).holds
    assert not verified(changed(file, data.draw(st.integers(0, 8 * len(file) - 1)))).holds


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
def test_what_is_no_proof_is_refused_and_says_so(file: bytes) -> None:
    verdict = verified(file)

    assert verdict.proof is None
    assert not verdict.holds
    assert [check.wrong is None for check in verdict.checks] == [False]


REWRITTEN = {
    "a line's end": SMALL + b"\n",
    "white space": json.dumps(json.loads(SMALL)).encode(),
    "another order": msgspec.json.encode(dict(reversed(json.loads(SMALL).items()))),
    "an escape": SMALL.replace(b'"summer"', b'"\\u0073ummer"'),
    "a fraction": SMALL.replace(b'"version":1', b'"version":1.0'),
    "a field twice": SMALL.replace(b'"version":1', b'"version":1,"version":1'),
    "a field more": SMALL.replace(b'"version":1', b'"version":1,"note":1'),
    "capitals": SMALL.replace(SIGNATURES[1000].hex().encode(), SIGNATURES[1000].hex().upper().encode()),
    "another version": SMALL.replace(b'"version":1', b'"version":2'),
    "a mark of the byte order": b"\xef\xbb\xbf" + SMALL,
    "half a character": SMALL.replace(b'"summer"', b'"\\ud800"'),
}


@pytest.mark.parametrize("file", REWRITTEN.values(), ids=REWRITTEN)
def test_a_proof_is_written_in_one_way(file: bytes) -> None:
    assert file != SMALL
    assert not verified(file).holds


GENUINE = proof(members(9))


def remade(**changes: int | str) -> Proof:
    """Return the proof with another commitment, whose hash is right: as who forges one would write it."""
    commitment = msgspec.structs.replace(GENUINE.commitment, **changes)
    return msgspec.structs.replace(GENUINE, commitment=commitment, commitment_hash=digest(commitment))


def relisted(entrants: tuple[Entrant, ...]) -> Proof:
    told = remade(entrants=len(entrants), entrants_hash=entrants_hash(entrants))
    return msgspec.structs.replace(told, entrants=entrants)


OTHER_SEED = b"\5" * 32
LIST = "The list of entrants is the one that was committed to, in its order, nobody twice."
LOSER = next(
    place for place, one in enumerate(GENUINE.entrants) if one.pseudonym not in GENUINE.winners + GENUINE.alternates
)


def another_loser() -> tuple[Entrant, ...]:
    """Return the list with somebody else in the place of one who won nothing: the draw gives the same."""
    name = GENUINE.entrants[LOSER].pseudonym
    other = Entrant(name[:-1] + ("0" if name[-1] != "0" else "1"), GENUINE.entrants[LOSER].weight)
    return (*GENUINE.entrants[:LOSER], other, *GENUINE.entrants[LOSER + 1 :])


FORGED = {
    "another winner": (
        msgspec.structs.replace(GENUINE, winners=GENUINE.alternates[:1] + GENUINE.winners[1:]),
        ["The winners and the alternates are those whom the draw gives."],
    ),
    "winners in another order": (
        msgspec.structs.replace(GENUINE, winners=GENUINE.winners[::-1]),
        ["The winners and the alternates are those whom the draw gives."],
    ),
    "a winner fewer": (
        msgspec.structs.replace(GENUINE, winners=GENUINE.winners[:1]),
        ["The winners and the alternates are those whom the draw gives."],
    ),
    "another brand": (
        msgspec.structs.replace(GENUINE, commitment=msgspec.structs.replace(GENUINE.commitment, brand="other")),
        [
            "The commitment gives the hash that the file names.",
            "The winners and the alternates are those whom the draw gives.",
        ],
    ),
    "a later round": (
        remade(round=GENUINE.commitment.round + 1),
        [
            "The named round is the first after the close and the time that was set.",
            "drand signed that round.",
            "The winners and the alternates are those whom the draw gives.",
        ],
    ),
    "another chain": (
        msgspec.structs.replace(GENUINE, chain=msgspec.structs.replace(QUICKNET, period_s=30)),
        ["The beacon is drand's quicknet, with its public key."],
    ),
    "the signature of another round": (
        msgspec.structs.replace(GENUINE, signature=SIGNATURES[1001].hex()),
        ["drand signed that round.", "The winners and the alternates are those whom the draw gives."],
    ),
    "another who did not win": (msgspec.structs.replace(GENUINE, entrants=another_loser()), [LIST]),
    "another number of entrants": (
        remade(entrants=10),
        [LIST, "The winners and the alternates are those whom the draw gives."],
    ),
    "a commitment to another chain": (
        remade(chain="00" * 32),
        [
            "The beacon is drand's quicknet, with its public key.",
            "The winners and the alternates are those whom the draw gives.",
        ],
    ),
    "another seed": (
        msgspec.structs.replace(GENUINE, seed=OTHER_SEED.hex()),
        ["The seed is the one that was committed to.", "The winners and the alternates are those whom the draw gives."],
    ),
}


@pytest.mark.parametrize(("forged", "said"), FORGED.values(), ids=FORGED)
def test_what_is_wrong_is_said(forged: Proof, said: list[str]) -> None:
    assert wrong(encoded(forged)) == said


LISTS = {
    "turned around": GENUINE.entrants[::-1],
    "one twice": (GENUINE.entrants[0], *GENUINE.entrants),
}


@pytest.mark.parametrize("entrants", LISTS.values(), ids=LISTS)
def test_a_list_in_another_order_is_refused_even_where_it_was_committed_to(entrants: tuple[Entrant, ...]) -> None:
    said = wrong(encoded(relisted(entrants)))

    assert said[0] == LIST


def test_a_whole_draw_that_is_made_up_is_told_by_what_was_announced() -> None:
    """Who knows the round may roll seeds until a friend wins: the file holds, and only the announcement tells."""
    friend = GENUINE.entrants[0].pseudonym
    rolled = (proof(members(9), secrets=Secrets(bytes([number]) * 32, SECRETS.salt)) for number in range(256))
    file = encoded(next(one for one in rolled if one.winners[0] == friend))

    assert verified(file).holds
    assert not verified(file, GENUINE.commitment_hash).holds
    assert verified(encoded(GENUINE), f" {GENUINE.commitment_hash.upper()}\n").holds


def test_the_first_places_are_the_winners() -> None:
    places = placed(GENUINE.commitment, GENUINE.entrants, SECRETS.seed, SIGNATURES[1000])

    assert places == (GENUINE.winners, GENUINE.alternates)
    assert (len(GENUINE.winners), len(GENUINE.alternates)) == (2, 1)


def test_where_too_few_take_part_all_of_them_win() -> None:
    few, nobody = proof(members(2), winners=5, alternates=5), proof({}, winners=5)

    assert sorted(few.winners) == [entrant.pseudonym for entrant in few.entrants]
    assert (few.alternates, nobody.winners) == ((), ())
    assert verified(encoded(few)).holds
    assert verified(encoded(nobody)).holds


def test_a_proof_of_something_else_than_was_committed_to_is_not_made() -> None:
    commitment, entrants = draw(members(5))

    for list_, seed, signature in (
        (entrants[1:], SECRETS.seed, SIGNATURES[1000]),
        (entrants, OTHER_SEED, SIGNATURES[1000]),
        (entrants, SECRETS.seed, SIGNATURES[1001]),
    ):
        with pytest.raises(Unprocessable):
            proven(commitment, list_, seed, signature)


@pytest.mark.parametrize(
    "told", [{"winners": 0}, {"winners": 1001}, {"alternates": -1}, {"lead_s": 59}, {"lead_s": 604_801}], ids=str
)
def test_what_cannot_be_committed_to_is_refused(told: dict[str, int]) -> None:
    with pytest.raises(Unprocessable, match="cannot be committed"):
        committed("acme", "summer", 1_700_000_000, (), SECRETS.seed, **{"winners": 1, **told})


def test_every_sentence_is_said_in_both_languages() -> None:
    for check in verified(encoded(FORGED["a later round"][0])).checks:
        for said in (check.what, *([check.wrong] if check.wrong else [])):
            assert said.en
            assert any("а" <= letter <= "я" for letter in said.ru.lower())
