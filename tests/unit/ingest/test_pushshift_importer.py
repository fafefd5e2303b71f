from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, ContentDeleted, ContentMeasured
from tests.unit.ingest import histories
from tests.unit.ingest.histories import WHERE, Json, broken, events
from tests.unit.ingest.reddit_things import AT, CASES, COMMENT, SUBMISSION, decode

FORMAT = "pushshift"


def export(folder: Path, *rows: object, name: str = "RC.ndjson") -> Path:
    written = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    (folder / name).write_text("".join(f"{row}\n" for row in written))
    return folder


def texts(found: Iterable[object]) -> list[str | None]:
    return [event.data.text for event in found if isinstance(event, ContentCreated)]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["kind"] in {"t1", "t3"}])
def test_an_archive_tells_what_a_poller_told_and_under_the_same_ids(tmp_path: Path, name: str) -> None:
    found = histories.read(FORMAT, export(tmp_path, CASES[name]["data"]))

    assert [event.id for event in events(found)] == [event.id for event in decode(CASES[name]).told]


def test_files_are_merged_by_time_and_a_submission_stands_before_its_comments(tmp_path: Path) -> None:
    def comment(number: int, second: int) -> Json:
        return COMMENT | {"id": f"c{number}", "name": f"t1_c{number}", "created_utc": AT + second, "body": f"c{number}"}

    export(tmp_path, comment(1, 0), comment(3, 7), comment(2, 5))
    export(
        tmp_path,
        SUBMISSION | {"title": "later", "id": "zz8", "name": "t3_zz8", "created_utc": AT + 6},
        SUBMISSION,
        name="RS.ndjson",
    )

    assert texts(histories.read(FORMAT, tmp_path)) == ["Which glue?\n\nfor oak", "c1", "c2", "later\n\nfor oak", "c3"]
    assert IMPORTERS[FORMAT].count(tmp_path) == 5


def test_a_comment_far_in_front_of_its_parent_still_comes_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 10)
    rows = [COMMENT | {"id": f"c{n}", "name": None, "created_utc": AT + n, "body": str(n)} for n in range(500)]

    found = histories.read(FORMAT, export(tmp_path, *rows[1:], rows[0]))

    assert texts(found) == [str(n) for n in range(500)]


def test_what_the_archive_saw_later_has_the_time_of_its_look(tmp_path: Path) -> None:
    row = COMMENT | {"body": "[removed]", "score": 5, "retrieved_on": AT + 900}

    _, measured, deleted = events(histories.read(FORMAT, export(tmp_path, row)))

    assert isinstance(measured, ContentMeasured)
    assert isinstance(deleted, ContentDeleted)
    assert measured.time.timestamp() == deleted.time.timestamp() == AT + 900


def test_one_subreddit_can_be_chosen(tmp_path: Path) -> None:
    path = export(tmp_path, COMMENT, COMMENT | {"subreddit": "other", "id": "x", "name": "t1_x"})

    found = histories.read(FORMAT, path, msgspec.structs.replace(WHERE, community="reddit:woodshop"))

    assert {event.community for event in events(found)} == {"reddit:woodshop"}


def test_lines_that_cannot_be_read_are_set_aside_with_their_number(tmp_path: Path) -> None:
    bad = ["{", json.dumps(COMMENT | {"id": "%"}), json.dumps(COMMENT | {"created_utc": "soon"}), "7", "{}"]
    found = histories.read(FORMAT, export(tmp_path, COMMENT, *bad, "", SUBMISSION))

    assert {item.line: item.raw for item in broken(found)} == dict(enumerate(bad, start=2))
    assert len(events(found)) == 2


@pytest.mark.parametrize(("name", "said"), [("RC.zst", "unpack RC.zst first"), ("notes.txt", "ends with .ndjson")])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / name
    path.write_text("")

    with pytest.raises(Unprocessable, match=said):
        list(IMPORTERS[FORMAT].read(path if name.endswith("zst") else tmp_path, WHERE))


@settings(deadline=None)
@given(histories.spoiled({"rows": [COMMENT | {"edited": AT + 5, "score": 3}, SUBMISSION | {"user_reports": [["a", 2]]}]}))
def test_spoiled_lines_give_events_and_broken_rows(tmp_path_factory: pytest.TempPathFactory, whole: Json) -> None:
    rows = whole["rows"] if isinstance(whole["rows"], list) else [whole["rows"]]

    found = list(IMPORTERS[FORMAT].read(export(tmp_path_factory.mktemp("spoiled"), *rows), WHERE))

    assert all(isinstance(item, Broken | Envelope) for item in found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 100)
    peaks = []
    for size in (2_000, 20_000):
        path = export(tmp_path, *(COMMENT | {"created_utc": AT + n} for n in range(size)))
        peaks.append(histories.peak_mb(IMPORTERS[FORMAT].read(path, WHERE)))

    assert peaks[1] < 1.5 * peaks[0] + 1
