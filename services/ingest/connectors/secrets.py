"""Comparing secrets and signatures in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence

SHA256 = frozenset({"sha256"})


def equal(given: str, wanted: str) -> bool:
    """Return whether the two are equal, in a time that depends on neither's content."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass"))


def is_one_of(given: str, secrets: Sequence[str]) -> bool:
    """Return whether `given` is one of the secrets; all are compared, and an empty one never fits."""
    return any([bool(secret) & equal(given, secret) for secret in secrets])  # noqa: C419 - a list: no early end


def hmac_hex(body: bytes, secret: str, method: str = "sha256") -> str:
    """Return the HMAC of `body` in lower-case hexadecimal, by a method that hashlib knows."""
    return hmac.new(secret.encode(), body, method).hexdigest()


def is_signed(given: str, body: bytes, secrets: Sequence[str], method: str = "sha256") -> bool:
    """Return whether `given` is the hexadecimal HMAC of the raw body by one of the secrets."""
    signed = [bool(secret) & equal(given, hmac_hex(body, secret, method)) for secret in secrets]
    return any(signed)  # all are computed before: no early end


def is_hub_signed(header: str, body: bytes, secrets: Sequence[str], methods: Collection[str] = SHA256) -> bool:
    """Return whether a header as of WebSub's hubs, `method=signature`, signs the raw body by one of the methods.

    Source: https://www.w3.org/TR/websub/#signing-content. Meta and Discourse write theirs in the same way.
    """
    method, _, signature = header.partition("=")
    return method in methods and is_signed(signature, body, secrets, method)
