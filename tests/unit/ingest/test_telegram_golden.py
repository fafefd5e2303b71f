from __future__ import annotations

import json

import pytest

from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.golden_file import plain
from tests.unit.ingest.telegram_updates import CASES, GOLDEN, decode

EXPECTED = json.loads(GOLDEN.read_bytes())


def test_golden_events_and_cases_are_the_same_set() -> None:
    assert list(EXPECTED) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_an_update_becomes_its_golden_events(name: str) -> None:
    assert plain(decode(CASES[name])) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_every_event_survives_the_codec(name: str) -> None:
    for event in decode(CASES[name]).events:
        assert read(encode(event)) == event
