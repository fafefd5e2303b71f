"""What was written yesterday is read today, and every type can be built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.events import TYPES, Envelope, decode, encode
from tests import builders
from tests.contract.fill import SAMPLES, missing


def built(name: str, **overrides: object) -> Envelope:
    """`community.content.created` is built by `content_created`."""
    event: Envelope = getattr(builders, "_".join(name.split(".")[-2:]))(**overrides)
    return event


def empties(node: object) -> list[object]:
    """Every value that should have been absent."""
    parts: list[Any] = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    return [part for part in parts if part in (None, "", [], {})] + [empty for part in parts for empty in empties(part)]


def test_every_type_has_a_sample() -> None:
    assert missing() == []


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_a_stored_sample_is_still_read_and_written_the_same(file: Path) -> None:
    stored = file.read_bytes()

    event = decode(stored)

    assert event is not None
    assert str(event.__struct_config__.tag) == file.stem
    assert json.loads(encode(event)) == json.loads(stored)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_has_a_builder_whose_events_fit_the_contract(name: str) -> None:
    event = built(name)

    assert type(event) is TYPES[name]
    assert decode(encode(event)) == event
    assert empties(json.loads(encode(event))) == []


@pytest.mark.parametrize("name", TYPES)
def test_builders_are_deterministic_and_tell_events_apart(name: str) -> None:
    assert built(name) == built(name)
    assert built(name).id != built(name, community="telegram:-1").id


def test_an_override_finds_its_place() -> None:
    event = builders.content_created(text="hi", imported=True, actor="telegram:7")

    assert (event.data.text, event.imported) == ("hi", True)
    assert event.data.actor is not None
    assert event.data.actor.id == "telegram:7"
