"""Whether a signature is that of a round of drand, and the randomness that follows from it. Offline."""

from __future__ import annotations

from hashlib import sha256

from services.engagement.rules.draws.fields import u64

DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
"""Of signatures on G1 after RFC 9380 and draft-irtf-cfrg-bls-signature, as the scheme `bls-unchained-g1-rfc9380` has it."""


def randomness(signature: bytes) -> bytes:
    """Return the 32 bytes that drand tells as a round's randomness: the SHA-256 of its signature."""
    return sha256(signature).digest()


def is_signed(public_key: bytes, round_: int, signature: bytes) -> bool:
    """Answer whether the owner of a public key (96 bytes, G2) signed a round with this signature (48 bytes, G1).

    The message is SHA-256 of the round as eight bytes, the highest first. Signature S and key K hold where
    e(S, generator of G2) = e(H(message), K). What is no point of its group, the point at infinity, or a point that is
    not written in the one way, is no signature: of a round there is exactly one.
    """
    # Imported here: services judge without it, and start without it.
    from py_arkworks_bls12381 import GT, G1Point, G2Point  # noqa: PLC0415

    try:
        key, signed = G2Point.from_compressed_bytes(public_key), G1Point.from_compressed_bytes(signature)
    except ValueError:  # a wrong length, no point of the curve, or not of the subgroup
        return False
    if key == G2Point.identity() or signed == G1Point.identity():
        return False
    if key.to_compressed_bytes() != public_key or signed.to_compressed_bytes() != signature:
        return False
    hashed = G1Point.hash_to_curve(sha256(u64(round_)).digest(), DST)
    return GT.pairing_check([signed, -hashed], [G2Point(), key])
