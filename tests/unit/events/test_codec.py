from __future__ import annotations

import pytest

from shared.errors import Unprocessable
from shared.events import decode, encode, event_id
from tests.builders import content_created

TOLD = encode(content_created())


def test_an_unknown_type_is_none() -> None:
    assert decode(TOLD.replace(b"content.created", b"content.sung")) is None


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (TOLD.replace(b'"message"', b'"my secret at home"'), "Invalid enum value - at `$.data.kind`"),
        (TOLD.replace(b'"acme"', b'["my secret"]'), "Expected `str`, got `array` - at `$.brand`"),
        (TOLD.replace(b'"kind":"message"', b'"edition":%d' % 2**63), "- at `$.data.edition`"),
        (b'{"type":', "truncated"),
        (b'{"type":"kpi.observed","x":' + b"[" * 5000, "nested too deeply"),
        (TOLD.replace("Анна".encode(), b"\xff"), "not UTF-8"),
    ],
)
def test_the_reason_names_the_place_and_quotes_nothing(broken: bytes, told: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(broken)

    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def test_ids_tell_parts_apart() -> None:
    assert event_id("a", "bc") != event_id("ab", "c")
    assert event_id("a", 1) == event_id("a", "1")
