"""Signatures as Standard Webhooks have them, and the pauses between two tries."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.rules.webhooks.retries import ASKED_S_MAX, JITTER, PAUSES_S, TRIES_MAX, pause_s
from services.delivery.rules.webhooks.signing import (
    KEY_BYTES_MAX,
    KEY_BYTES_MIN,
    TOLERANCE_S,
    headers,
    is_signed,
    key_of,
    signature,
)
from shared.errors import Unprocessable

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1_614_265_330, UTC)
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = bytes(range(32))

keys = st.binary(min_size=KEY_BYTES_MIN, max_size=KEY_BYTES_MAX)


def test_the_vector_of_the_specification_comes_out() -> None:
    assert signature(key_of(SECRET), ID, 1_614_265_330, BODY) == SIGNED
    assert headers([key_of(SECRET)], ID, AT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


def test_while_a_secret_is_replaced_either_is_enough_for_the_receiver() -> None:
    told = headers([OTHER, key_of(SECRET)], ID, AT, BODY)

    assert told["webhook-signature"].endswith(f" {SIGNED}")
    assert is_signed(told, BODY, [key_of(SECRET)], AT)
    assert is_signed(told, BODY, [OTHER], AT)


@given(key=keys, other=keys, body=st.binary(max_size=64), id_=st.text(st.characters(codec="ascii"), min_size=1))
def test_a_signature_holds_for_its_key_its_id_and_its_body_alone(key: bytes, other: bytes, body: bytes, id_: str) -> None:
    told = headers([key], id_, AT, body)

    assert is_signed(told, body, [key], AT)
    assert not is_signed(told, body + b"x", [key], AT)
    assert not is_signed({**told, "webhook-id": f"{id_}x"}, body, [key], AT)
    assert is_signed(told, body, [other], AT) == (key.ljust(64, b"\0") == other.ljust(64, b"\0"))


@pytest.mark.parametrize(
    ("seconds", "is_taken"), [(0, True), (TOLERANCE_S, True), (301, False), (-300, True), (-301, False)]
)
def test_what_is_old_or_comes_from_the_future_is_refused(seconds: int, *, is_taken: bool) -> None:
    told = headers([OTHER], ID, AT, BODY)

    assert is_signed(told, BODY, [OTHER], AT + timedelta(seconds=seconds)) == is_taken


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2," + SIGNED[3:]},
        {"webhook-signature": "\udc80"},
        {"webhook-signature": "v1,x " * 10 + SIGNED},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "-1614265330"},
        {"webhook-id": ""},
    ],
)
def test_headers_that_are_none_are_refused(wrong: dict[str, str]) -> None:
    told = {**headers([key_of(SECRET)], ID, AT, BODY), **wrong} if wrong else {}

    assert not is_signed(told, BODY, [key_of(SECRET)], AT)


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_!!!!", "whsec_" + "A" * 400, "whsec_é"],
)
def test_a_secret_that_is_none_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(Unprocessable, match="random bytes in base64") as refused:
        key_of(secret)

    assert secret.removeprefix("whsec_") in {"", "!!!!", "short"} or secret.removeprefix("whsec_") not in str(refused.value)


@given(keys)
def test_every_key_of_the_right_length_is_read_back(key: bytes) -> None:
    assert key_of("whsec_" + base64.b64encode(key).decode()) == key


@given(st.integers(1, TRIES_MAX + 3), st.floats(0, 1, exclude_max=True), st.floats(0, 1e9))
def test_pauses_grow_with_some_chance_in_them_and_end(tries: int, chance: float, asked_s: float) -> None:
    pause = pause_s(tries, chance, asked_s)

    if tries >= TRIES_MAX:
        assert pause is None
        return
    assert pause is not None
    usual = PAUSES_S[tries - 1]
    assert usual * (1 - JITTER) <= pause <= max(usual * (1 + JITTER), min(asked_s, ASKED_S_MAX))
    assert pause >= min(asked_s, ASKED_S_MAX)
