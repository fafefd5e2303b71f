"""The golden events of several platforms, by the names of their cases: what is read, and the ids that may never change."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.events import decode, encode
from tests.unit.ingest import (
    discord_frames,
    discourse_deliveries,
    feed_documents,
    meta_requests,
    reddit_things,
    slack_callbacks,
    youtube_payloads,
)
from tests.unit.ingest.golden_file import plain

Suite = Any
"""A module of cases: GOLDEN, CASES, and `told`, which decodes the case of a name, with fields of its payload replaced."""

SUITES: tuple[Suite, ...] = (
    discord_frames,
    feed_documents,
    meta_requests,
    discourse_deliveries,
    slack_callbacks,
    youtube_payloads,
    reddit_things,
)
ALL = [pytest.param(suite, name, id=f"{suite.GOLDEN.stem}-{name}") for suite in SUITES for name in suite.CASES]
AN_HOUR_LATER = {"recordedtime": meta_requests.RECORDED + timedelta(hours=1), "connection": "other"}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.GOLDEN.stem)
def test_golden_events_and_cases_are_the_same_set(suite: Suite) -> None:
    assert list(json.loads(suite.GOLDEN.read_bytes())) == list(suite.CASES)


@pytest.mark.parametrize(("suite", "name"), ALL)
def test_a_case_becomes_its_golden_events(suite: Suite, name: str) -> None:
    assert plain(suite.told(name)) == json.loads(suite.GOLDEN.read_bytes())[name]


@pytest.mark.parametrize(("suite", "name"), ALL)
def test_every_event_survives_the_codec(suite: Suite, name: str) -> None:
    for event in suite.told(name).told:
        assert decode(encode(event)) == event


@pytest.mark.parametrize(("suite", "name"), ALL)
def test_what_is_told_again_an_hour_later_is_the_same_fact(suite: Suite, name: str) -> None:
    first, again = suite.told(name).told, suite.told(name, **AN_HOUR_LATER).told

    assert [event.id for event in first] == [event.id for event in again]
    assert [event.time for event in first if event.data.time_source == "platform"] == [
        event.time for event in again if event.data.time_source == "platform"
    ]
