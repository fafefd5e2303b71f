"""A batch of events at the edge: what it may cost, and how it is counted."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.ingest.batches import ERRORS_SHOWN_MAX, Batch, checked, counted, split
from services.ingest.connectors.events import EVENTS_MAX
from services.ingest.connectors.urgency import Urgency
from shared.http.problems import Problem
from shared.meant import NAME_CHARS_MAX, meant

CREATED = json.loads(Path("tests/contract/samples/community.content.created.json").read_bytes()) | {"community": "portal:a"}

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each name that was compared with the known ones."""
    names: list[str] = []
    real: Callable[..., list[str]] = difflib.get_close_matches

    def noted(name: str, *args: Any) -> list[str]:  # noqa: ANN401 - as difflib has it
        names.append(name)
        return real(name, *args)

    monkeypatch.setattr("shared.meant.difflib.get_close_matches", noted)
    return names


def misspelt(name: str) -> bytes:
    return json.dumps(CREATED | {"data": CREATED["data"] | {name: 1}}).encode()


def taken(events: Sequence[bytes], *, imported: bool = False) -> Batch:
    body = b"[" + b",".join(events) + b"]"
    return checked(body, split(body), "acme", NOW, imported=imported)


def test_what_was_meant_is_looked_for_only_where_it_is_shown(compared: list[str]) -> None:
    batch = [misspelt("txet")] * EVENTS_MAX

    with pytest.raises(Problem) as caught:
        taken(batch)

    told = caught.value.errors or []
    assert len(compared) == len(told) == ERRORS_SHOWN_MAX
    assert all("did you mean `text`?" in str(error["message"]) for error in told)
    assert "1000 of 1000 events are not taken" in str(caught.value.detail)


def test_events_without_hints_are_refused_all_the_same(compared: list[str]) -> None:
    right = json.dumps(CREATED).encode()
    batch = [misspelt("txet") if n % 2 else right for n in range(100)]

    with pytest.raises(Problem, match="50 of 100 events are not taken"):
        taken(batch)

    assert len(compared) == ERRORS_SHOWN_MAX


def test_a_name_longer_than_any_of_ours_is_compared_with_none(compared: list[str]) -> None:
    known = ["text", "t" * NAME_CHARS_MAX]

    assert meant("t" * (NAME_CHARS_MAX + 1), known).startswith("; known are text")
    assert not compared
    assert meant("t" * (NAME_CHARS_MAX - 1) + "x", known).startswith("; did you mean")


@pytest.mark.parametrize(
    ("batch", "there", "told"),
    [
        ("", "", {"known": 0, "repeated": 0}),
        ("aab", "", {"known": 0, "repeated": 1}),
        ("aab", "ab", {"known": 3, "repeated": 0}),
        ("aabbbc", "a", {"known": 2, "repeated": 2}),
    ],
)
def test_an_event_is_new_once_however_often_a_batch_tells_it(batch: str, there: str, told: dict[str, int]) -> None:
    assert counted(list(batch), set(there)) == told


def event(**changed: object) -> bytes:
    return json.dumps(CREATED | changed).encode()


@pytest.mark.parametrize("extra", [{}, {"traceparent": "00-1-2-01"}], ids=["at once", "one by one"])
def test_a_batch_tells_of_each_event_its_place_and_of_all_what_is_most_urgent(extra: dict[str, str]) -> None:
    complaint = CREATED | json.loads(Path("tests/contract/samples/community.content.flagged.json").read_bytes())
    complaint["community"] = CREATED["community"]
    batch = taken([event(**extra), event(community="portal:b"), json.dumps(complaint).encode()], imported=True)

    assert [bytes(raw) for raw in batch.raws][1] == event(community="portal:b")
    assert batch.communities == [CREATED["community"], "portal:b", complaint["community"]]
    assert batch.urgency is Urgency.HIGH
    assert batch.identities[0] == batch.identities[2] != batch.identities[1]


def test_one_event_needs_no_array() -> None:
    body = event()

    assert checked(body, split(body), "acme", NOW, imported=False).communities == [CREATED["community"]]
    with pytest.raises(Problem) as caught:
        checked(event(community=""), split(event(community="")), "acme", NOW, imported=False)
    assert (caught.value.errors or [])[0]["at"] == "/community"


def test_no_events_are_a_batch_too() -> None:
    assert taken([]).communities == []
