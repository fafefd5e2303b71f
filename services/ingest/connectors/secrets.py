"""Comparing secrets and signatures in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence


def equal(given: str, wanted: str) -> bool:
    """Return whether the two are equal, in a time that depends on neither's content."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass"))


def is_one_of(given: str, secrets: Sequence[str]) -> bool:
    """Return whether `given` is one of the secrets; all are compared, and an empty one never fits."""
    return any([bool(secret) & equal(given, secret) for secret in secrets])  # noqa: C419 - a list: no early end


def sha256_hex(body: bytes, secret: str) -> str:
    """Return the HMAC-SHA256 of `body` in lower-case hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(given: str, body: bytes, secrets: Sequence[str]) -> bool:
    """Return whether `given` is the hexadecimal HMAC-SHA256 of the raw body by one of the secrets."""
    return any([bool(secret) & equal(given, sha256_hex(body, secret)) for secret in secrets])  # noqa: C419 - no early end
