"""Every child of the listings that others collected becomes events or is refused with a reason."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from shared.events import decode, encode

RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
OF_A_COMMENT = {"community.content.created": 5, "community.content.edited": 5, "community.content.flagged": 5}
OUTCOMES = {
    "praw_test_log.json": {"not_a_fact modaction": 5},
    "praw_test_modqueue__only_comments.json": OF_A_COMMENT,
    "praw_test_reports__only_comments.json": OF_A_COMMENT,
}


def test_the_table_names_every_file(real_data: Path) -> None:
    assert {file.name for file in (real_data / "payloads" / "reddit").iterdir()} == set(OUTCOMES)


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_child_is_told_or_refused(real_data: Path, name: str) -> None:
    listing = json.loads((real_data / "payloads" / "reddit" / name).read_bytes())
    outcomes: Counter[str] = Counter()
    for child in listing["data"]["children"]:
        body = json.dumps(child).encode()
        told = CONNECTORS["reddit"].decode(Payload(body=body, brand="acme", connection="poller", recordedtime=RECORDED))
        outcomes.update(str(event.__struct_config__.tag) for event in told.told)
        outcomes.update(f"{refusal.reason} {refusal.kind}" for refusal in told.refused)
        assert all(decode(encode(event)) == event for event in told.told)
        assert CONNECTORS["reddit"].place(body, {}) == "reddit:<test_subreddit>"

    assert outcomes == OUTCOMES[name]
