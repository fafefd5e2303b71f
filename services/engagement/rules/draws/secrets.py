"""What the service keeps to itself until a draw: the seed, and the salt of the entrants' codes."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

from services.engagement.rules.draws.fields import text
from shared.errors import Unprocessable

KEY_BYTES_MIN = 32
"""A shorter key could be guessed, and with it every seed."""

SEED, SALT = b"veche draw v1 seed", b"veche draw v1 salt"


class Secrets(NamedTuple):
    """Of one contest; 32 bytes each. The seed is told with the proof, the salt never."""

    seed: bytes
    salt: bytes


def secrets_of(key: bytes, brand: str, contest: str) -> Secrets:
    """Return the secrets of a contest: HMAC-SHA256 of its name under a key of the service.

    They are derived and not rolled: a fold that begins from nothing commits to the same seed again. Raises Unprocessable
    where the key has fewer than 32 bytes.
    """
    if len(key) < KEY_BYTES_MIN:
        raise Unprocessable(f"the key of draws has {len(key)} bytes; it needs {KEY_BYTES_MIN}")
    named = text(brand) + text(contest)
    return Secrets(*(hmac.digest(key, label + named, sha256) for label in (SEED, SALT)))
