"""Rounds of drand are believed where the network signed them, and nothing else is."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from services.engagement.rules.draws.beacons import DST, is_signed, randomness
from services.engagement.rules.draws.chains import QUICKNET, begins_s, first_round
from tests.unit.engagement.draws.rounds import RANDOMNESS, SIGNATURES

KEY = bytes.fromhex(QUICKNET.public_key)
P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
"""The prime of the field of BLS12-381."""
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The order of its groups."""


def hashed(round_: int) -> G1Point:
    return G1Point.hash_to_curve(sha256(round_.to_bytes(8, "big")).digest(), DST)


@pytest.mark.parametrize("round_", SIGNATURES)
def test_a_real_round_of_quicknet_is_believed(round_: int) -> None:
    """The rounds are drand's own, published by its API; `rounds.SIGNATURES` tells where each was found."""
    assert is_signed(KEY, round_, SIGNATURES[round_])


@pytest.mark.parametrize("round_", SIGNATURES)
def test_a_signature_is_of_one_round_alone(round_: int) -> None:
    assert not is_signed(KEY, round_ + 4, SIGNATURES[round_])
    assert not is_signed(KEY, 0, SIGNATURES[round_])


@pytest.mark.parametrize("round_", RANDOMNESS)
def test_randomness_is_what_drand_tells(round_: int) -> None:
    assert randomness(SIGNATURES[round_]).hex() == RANDOMNESS[round_]


def test_the_chains_hash_is_that_of_its_parameters() -> None:
    """SHA-256 of period, genesis, key, group hash and name (drand/drand, chain/info.go); the group hash is its `/info`'s."""
    group = bytes.fromhex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e")
    told = QUICKNET.period_s.to_bytes(4, "big") + QUICKNET.genesis_s.to_bytes(8, "big") + KEY + group + b"quicknet"

    assert sha256(told).hexdigest() == QUICKNET.hash


@given(st.integers(1, R - 1), st.integers(1, 2**40))
@settings(max_examples=20, deadline=None)
def test_what_another_key_signed_is_of_that_key_alone(secret: int, round_: int) -> None:
    signature = (hashed(round_) * Scalar(secret)).to_compressed_bytes()
    key = (G2Point() * Scalar(secret)).to_compressed_bytes()

    assert is_signed(key, round_, signature)
    assert not is_signed(key, round_ + 1, signature)
    assert not is_signed(KEY, round_, signature)


@pytest.mark.parametrize("bit", range(48 * 8))
def test_a_signature_with_any_bit_changed_is_refused(bit: int) -> None:
    changed = bytearray(SIGNATURES[1000])
    changed[bit // 8] ^= 1 << bit % 8

    assert not is_signed(KEY, 1000, bytes(changed))


def test_the_other_point_of_the_same_x_is_refused() -> None:
    other = -G1Point.from_compressed_bytes(SIGNATURES[1000])

    assert not is_signed(KEY, 1000, other.to_compressed_bytes())


def test_a_point_outside_of_the_subgroup_is_refused_although_the_pairing_holds() -> None:
    """A point of the cofactor's order is added: no pairing sees it, so the subgroup check alone tells it."""
    outside = _outside()
    small = outside * Scalar(R - 1) + outside
    forged = G1Point.from_compressed_bytes(SIGNATURES[1000]) + small

    assert small != G1Point.identity()
    assert not forged.is_in_subgroup()
    assert GT.pairing_check([forged, -hashed(1000)], [G2Point(), G2Point.from_compressed_bytes(KEY)])
    assert not is_signed(KEY, 1000, forged.to_compressed_bytes())


def _outside() -> G1Point:
    for x in range(1, 100):
        try:
            point = G1Point.from_compressed_bytes_unchecked(_written(x))
        except ValueError:
            continue
        if not point.is_in_subgroup():
            return point
    raise AssertionError("no point was found outside of the subgroup")


def _written(x: int, flags: int = 0x80) -> bytes:
    number = x.to_bytes(48, "big")
    return bytes([number[0] | flags]) + number[1:]


INFINITY = _written(0, 0xC0)


def test_the_point_at_infinity_signs_nothing() -> None:
    """For the key at infinity it would sign every round."""
    none = G2Point.identity().to_compressed_bytes()

    assert G1Point.from_compressed_bytes(INFINITY) == G1Point.identity()
    assert not is_signed(none, 1000, INFINITY)
    assert not is_signed(none, 1000, SIGNATURES[1000])
    assert not is_signed(KEY, 1000, INFINITY)


X = int.from_bytes(SIGNATURES[1000], "big") & (2**381 - 1)

WRITTEN_OTHERWISE = {
    "infinity with a sign": _written(0, 0xE0),
    "infinity with an x": _written(1, 0xC0),
    "infinity and the point": _written(X, 0xE0),
    "uncompressed": _written(X, 0x20),
    "x beyond the field": _written((X + P) % 2**381),
    "all ones": b"\xff" * 48,
    "nothing": b"",
    "a byte less": SIGNATURES[1000][:-1],
    "a byte more": SIGNATURES[1000] + b"\0",
    "of G2": KEY,
}


@pytest.mark.parametrize("signature", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_a_signature_is_written_in_one_way(signature: bytes) -> None:
    assert not is_signed(KEY, 1000, signature)


@pytest.mark.parametrize("key", [b"", KEY[:-1], KEY + b"\0", SIGNATURES[1000], b"\xff" * 96], ids=len)
def test_a_key_is_written_in_one_way(key: bytes) -> None:
    assert not is_signed(key, 1000, SIGNATURES[1000])


@given(st.integers(0, 2**40))
def test_the_first_round_after_a_time_begins_then_or_later_and_the_one_before_it_does_not(at_s: int) -> None:
    round_ = first_round(QUICKNET, at_s)

    assert begins_s(QUICKNET, round_) >= at_s
    assert round_ == 1 or begins_s(QUICKNET, round_ - 1) < at_s


@pytest.mark.parametrize(("after_s", "round_"), [(-1, 1), (0, 1), (1, 2), (3, 2), (4, 3), (2997, 1000), (2998, 1001)])
def test_rounds_are_counted_as_drand_counts_them(after_s: int, round_: int) -> None:
    assert first_round(QUICKNET, QUICKNET.genesis_s + after_s) == round_
