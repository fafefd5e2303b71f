from __future__ import annotations

from typing import Any

import msgspec
import pytest

from shared.errors import Unprocessable
from shared.events import decode, encode
from shared.events.actions import BUTTONS_MAX, COLUMNS_MAX, COMMAND_BYTES_MAX, ROWS_MAX, Button
from tests.builders import action_publish

KEY = {"text": "Б", "command": "quiz spring 2 b"}


def published(rows: list[list[dict[str, str]]]) -> bytes:
    event: dict[str, Any] = msgspec.json.decode(encode(action_publish()))
    event["data"]["buttons"] = rows
    return msgspec.json.encode(event)


@pytest.mark.parametrize(
    "rows",
    [
        [[KEY]] * ROWS_MAX,
        [[KEY] * COLUMNS_MAX] * (BUTTONS_MAX // COLUMNS_MAX),
        [[{"text": "a", "command": "я" * (COMMAND_BYTES_MAX // 2)}]],
    ],
)
def test_what_every_platform_takes_is_read(rows: list[list[dict[str, str]]]) -> None:
    event = decode(published(rows))

    assert event is not None
    assert encode(event) == encode(decode(encode(event)) or event)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        ([[KEY]] * (ROWS_MAX + 1), "length"),
        [[KEY] * (COLUMNS_MAX + 1)],
        ([[KEY] * 4] * 3, "Act"),
        [[{"text": "", "command": "me"}]],
        [[{"text": "a" * 65, "command": "me"}]],
        [[{"text": "a", "command": "я" * 31}]],
    ],
)
def test_what_some_platform_refuses_is_not(rows: list[list[dict[str, str]]]) -> None:
    with pytest.raises(Unprocessable):
        decode(published(rows))


def test_who_builds_a_button_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="60 bytes"):
        Button(text="a", command="я" * 31)
