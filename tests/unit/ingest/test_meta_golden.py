from __future__ import annotations

import json
from datetime import timedelta

import pytest

from services.ingest.connectors.meta.page import FIELDS, REFUSED, SETTINGS
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.golden_file import plain
from tests.unit.ingest.meta_requests import CASES, FACEBOOK, GOLDEN, INSTAGRAM, RECORDED, decode, payload

EXPECTED = json.loads(GOLDEN.read_bytes())


def test_golden_events_and_cases_are_the_same_set() -> None:
    assert list(EXPECTED) == list(CASES)


def test_no_item_or_field_is_both_read_and_refused() -> None:
    assert not set(FIELDS["feed"]) & set(REFUSED)
    assert not set(FIELDS) & SETTINGS


@pytest.mark.parametrize("name", CASES)
def test_a_request_becomes_its_golden_events(name: str) -> None:
    assert plain(decode(CASES[name])) == EXPECTED[name]


@pytest.mark.parametrize("name", CASES)
def test_either_connector_reads_what_the_app_delivers(name: str) -> None:
    assert INSTAGRAM.decode(payload(CASES[name])).refused == decode(CASES[name]).refused
    assert INSTAGRAM.decode(payload(CASES[name])).events == decode(CASES[name]).events


@pytest.mark.parametrize("name", CASES)
def test_every_event_survives_the_codec(name: str) -> None:
    for event in decode(CASES[name]).events:
        assert read(encode(event)) == event


@pytest.mark.parametrize("name", CASES)
def test_a_request_repeated_an_hour_later_is_the_same_fact(name: str) -> None:
    first = decode(CASES[name]).events
    again = decode(CASES[name], recordedtime=RECORDED + timedelta(hours=1), connection="other").events

    assert [event.id for event in first] == [event.id for event in again]
    assert [event.time for event in first] == [event.time for event in again]


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_of_a_request_tells_the_same(name: str) -> None:
    kept = FACEBOOK.keep(payload(CASES[name]).body)

    assert decode(kept) == decode(CASES[name])
    assert "тайна".encode() not in kept
