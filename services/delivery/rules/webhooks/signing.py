"""Signed as Standard Webhooks have it (https://github.com/standard-webhooks/standard-webhooks), by a secret that both know.

The receiver's own code is in docs/webhooks.md; `is_signed` is the same, for our tests and for whoever receives in Python.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.errors import Unprocessable

PREFIX = "whsec_"
VERSION = "v1"

KEY_BYTES_MIN, KEY_BYTES_MAX = 24, 64
"""As the specification has it: 192 bits at least, and what HMAC-SHA256 takes without hashing it first at most."""

TOLERANCE_S = 300
"""A delivery whose time is further from the receiver's than this may be one that somebody kept and sends again."""

SIGNATURES_MAX = 10
"""Of one header: a receiver looks at no more."""


def key_of(secret: str) -> bytes:
    """Return the key of a `whsec_…` secret. Raises Unprocessable, which says nothing of what it holds."""
    told = f"the secret of a webhook is {PREFIX} and {KEY_BYTES_MIN} to {KEY_BYTES_MAX} random bytes in base64"
    if not secret.startswith(PREFIX):
        raise Unprocessable(told)
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise Unprocessable(told) from None
    if not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise Unprocessable(told)
    return key


def signature(key: bytes, id_: str, at_s: int, body: bytes) -> str:
    """Return the signature of one delivery."""
    signed = b".".join((id_.encode(), str(at_s).encode(), body))
    return f"{VERSION},{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def headers(keys: Sequence[bytes], id_: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers of a delivery; while a secret is being replaced it is signed by both."""
    at_s = int(at.timestamp())
    signed = " ".join(signature(key, id_, at_s, body) for key in keys)
    return {"webhook-id": id_, "webhook-timestamp": str(at_s), "webhook-signature": signed}


def is_signed(given: Mapping[str, str], body: bytes, keys: Sequence[bytes], now: datetime) -> bool:
    """Say whether one of the keys signed the delivery, a moment ago; in a time that tells nothing of them."""
    id_, told, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not id_ or not told.isdecimal() or len(told) > len("99999999999"):
        return False
    if abs(int(told) - now.timestamp()) > TOLERANCE_S:
        return False
    wanted = [signature(key, id_, int(told), body).encode() for key in keys]
    given_ = [one.encode("utf-8", "surrogatepass") for one in signatures.split(" ")[:SIGNATURES_MAX]]
    return any([hmac.compare_digest(one, other) for one in given_ for other in wanted])  # noqa: C419 - a list: no early end
