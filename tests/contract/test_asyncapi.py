from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import yaml

from shared.events import TYPES
from shared.events.asyncapi import CARRIES, DOCUMENT, document, written
from shared.events.export import bundle
from shared.topics import PUBLIC

ROOT = Path(__file__).parents[2]


def test_the_committed_document_is_up_to_date() -> None:
    assert (ROOT / DOCUMENT).read_text(encoding="utf-8") == written(), "run: python -m shared.events.asyncapi"


def test_it_reads_back_as_it_was_made() -> None:
    assert yaml.safe_load(written()) == document()


def test_every_public_topic_and_every_type_is_in_it() -> None:
    assert set(CARRIES) == set(PUBLIC)
    assert {name for names in CARRIES.values() for name in names} == set(TYPES)


def test_a_type_has_one_key_whatever_topic_carries_it() -> None:
    keys = defaultdict(set)
    for topic, names in CARRIES.items():
        for name in names:
            keys[name].add(topic.key)

    assert all(len(found) == 1 for found in keys.values())


def test_every_reference_leads_somewhere() -> None:
    made, definitions = document(), bundle()["$defs"]

    for channel in made["channels"].values():
        assert all(name in made["components"]["messages"] for name in channel["messages"])
    for message in made["components"]["messages"].values():
        assert message["payload"]["$ref"].rpartition("/")[2] in definitions
    for operation in made["operations"].values():
        assert operation["channel"]["$ref"].rpartition("/")[2] in made["channels"]
