"""The chain of drand whose rounds decide draws, and which round that is."""

from __future__ import annotations

from typing import Literal

import msgspec

from services.engagement.rules.draws.fields import Hash, Seconds


class Chain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network of drand, as its `/info` tells it."""

    hash: Hash
    scheme: Literal["bls-unchained-g1-rfc9380"]
    public_key: str
    """Compressed point of G2: 96 bytes in hexadecimal digits."""
    genesis_s: Seconds
    """When round 1 begins, in seconds since 1970."""
    period_s: Seconds


QUICKNET = Chain(
    hash="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    scheme="bls-unchained-g1-rfc9380",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis_s=1_692_803_367,
    period_s=3,
)
"""The League of Entropy's network of three-second rounds (drand/website, docs/blog/2023-10-16-quicknet-is-live.md).

The one chain that is believed: were it taken from the file, whoever makes a proof could bring a chain of their own.
"""


def first_round(chain: Chain, at_s: int) -> int:
    """Return the first round that begins at `at_s` or later, in seconds since 1970; round 1 before the chain began.

    Round n begins at genesis + (n - 1) * period (drand/drand, chain/time.go, TimeOfRound), so it is
    1 + ceil((at - genesis) / period).
    """
    return 1 + max(0, -(-(at_s - chain.genesis_s) // chain.period_s))


def begins_s(chain: Chain, round_: int) -> int:
    """Return when a round begins, in seconds since 1970 (the same source)."""
    return chain.genesis_s + (round_ - 1) * chain.period_s
