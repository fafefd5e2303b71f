from __future__ import annotations

import json
from datetime import timedelta

import pytest

from services.ingest.connectors.vk.callbacks import READ, REFUSED
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.golden_file import plain
from tests.unit.ingest.vk_callbacks import CASES, GOLDEN, RECORDED, decode

EXPECTED = json.loads(GOLDEN.read_bytes())


def test_golden_events_and_cases_are_the_same_set() -> None:
    assert list(EXPECTED) == list(CASES)


def test_every_kind_that_is_read_has_a_case() -> None:
    assert set(READ) <= {case["type"] for case in CASES.values()}
    assert not set(READ) & set(REFUSED)


@pytest.mark.parametrize("name", CASES)
def test_a_callback_becomes_its_golden_events(name: str) -> None:
    assert plain(decode(CASES[name])) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_every_event_survives_the_codec(name: str) -> None:
    for event in decode(CASES[name]).told:
        assert read(encode(event)) == event


@pytest.mark.parametrize("name", CASES)
def test_a_callback_delivered_again_an_hour_later_is_the_same_fact(name: str) -> None:
    first = decode(CASES[name]).told
    again = decode(CASES[name], recordedtime=RECORDED + timedelta(hours=1), connection="other").told
    newer = decode(CASES[name] | {"v": "5.131"}).told

    assert [event.id for event in first] == [event.id for event in again] == [event.id for event in newer]


NUMBERED = {"community.subscription.ended", "community.command.given"}
"""What happens once, or has a number of its own: a press."""


@pytest.mark.parametrize("name", CASES)
def test_what_vk_dates_or_tells_by_turns_is_the_same_fact_under_whichever_number_it_comes(name: str) -> None:
    first, other = decode(CASES[name]), decode(CASES[name] | {"event_id": "e2"})

    assert [turn.event.id for turn in first.turns] == [turn.event.id for turn in other.turns]
    for one, two in zip(first.events, other.events, strict=True):
        undated = one.data.time_source == "receipt"  # type: ignore[attr-defined] # every event of the union has data
        assert (one.id != two.id) == (undated and str(one.__struct_config__.tag) not in NUMBERED)
