"""What platforms are said to tell is what their connectors tell: neither may drift from the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.events import ACCEPTED, Events
from services.ingest.connectors.payload import Payload
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from shared.platforms import FACTS, PLATFORMS, platform_of, tells
from tests.contract.fill import SAMPLES
from tests.unit.ingest.histories import RECORDED, WHERE
from tests.unit.ingest.test_stackexchange_importer import dump, question, vote
from tests.unit.ingest.told import facts_of, golden_events

GOLDEN = golden_events()


def test_every_platform_of_a_connector_is_known() -> None:
    assert set(GOLDEN) == set(CONNECTORS) - {Events.platform}
    assert set(PLATFORMS) == {*GOLDEN, "stackexchange", "portal"}


@pytest.mark.parametrize("platform", sorted(GOLDEN))
def test_what_a_platform_is_said_to_tell_is_what_its_cases_tell(platform: str) -> None:
    said = PLATFORMS[platform].tells

    told = facts_of(GOLDEN[platform])

    assert {fact.id for fact in told} == {fact.id for fact in said}


def test_what_a_dump_of_stack_exchange_is_said_to_tell_is_what_it_tells(tmp_path: Path) -> None:
    user = {"Id": 7, "CreationDate": "2020-01-01T00:00:00.000", "DisplayName": "Anna"}
    answer = {"Id": 2, "PostTypeId": 2, "ParentId": 1, "CreationDate": "2020-01-01T11:00:00.000", "Body": "<p>So</p>"}
    path = dump(tmp_path, users=[user], posts=[question(1), answer], votes=[vote(1, 2, 1), vote(2, 2, 2)])

    told = [item for item in IMPORTERS["stackexchange"].read(path, WHERE) if not isinstance(item, Broken)]

    assert facts_of(told) == PLATFORMS["stackexchange"].tells


def test_the_brands_own_portal_can_tell_everything() -> None:
    bodies = [(SAMPLES / f"{name}.json").read_bytes() for name in sorted(ACCEPTED)]
    payloads = [Payload(body=body, brand="acme", connection="portal", recordedtime=RECORDED) for body in bodies]

    told = [event for payload in payloads for event in CONNECTORS["events"].decode(payload).told]

    assert len(told) == len(ACCEPTED)
    assert facts_of(told) == PLATFORMS["portal"].tells
    assert all(any(fact.is_told_by(event) for fact in FACTS) for event in told), "a type of the contract that is no fact"


def test_a_platform_that_nobody_knows_is_the_brands_own() -> None:
    assert all(tells(platform_of("magazin:1"), fact) for fact in FACTS)
    assert not any(tells("feed", fact) for fact in FACTS if "reaction" in fact.id)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_notes_speak_of_what_is_told_in_two_languages(platform: str) -> None:
    found = PLATFORMS[platform]

    assert {note.fact for note in found.notes} <= found.tells
    for said in (*(note.said for note in found.notes), *found.limits, *(fact.name for fact in FACTS)):
        assert said.en
        assert said.ru
        assert said.en != said.ru
