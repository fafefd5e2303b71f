"""Secrets and signatures, whoever sends them."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from services.ingest.connectors.secrets import is_hub_signed

BODY = b'{"a": 1}'
ALL = ("sha1", "sha256", "sha384", "sha512")


def signed(method: str, key: str = "new", body: bytes = BODY) -> str:
    return f"{method}={hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()}"


@pytest.mark.parametrize("method", ALL)
def test_a_method_signs_only_where_it_is_taken(method: str) -> None:
    assert is_hub_signed(signed(method), BODY, ("old", "new"), ALL)
    assert is_hub_signed(signed(method), BODY, ("new",)) == (method == "sha256")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256",
        "sha256=",
        "=",
        "sha256=é",
        "shake_128=00",
        "md5=" + "0" * 32,
        signed("sha256").upper(),
        signed("sha256").replace("256", "1"),
        signed("sha256", "else"),
        signed("sha256", body=b"{}"),
    ],
)
def test_anything_else_signs_nothing(header: str) -> None:
    assert not is_hub_signed(header, BODY, ("old", "new"), ALL)


def test_nothing_is_signed_by_no_secret() -> None:
    assert not is_hub_signed(signed("sha256", ""), BODY, ("",))
    assert not is_hub_signed(signed("sha256"), BODY, ())
