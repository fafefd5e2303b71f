"""An import is counted beforehand, goes on where it stopped, and sets aside what it cannot read."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from services.ingest.cli import import_
from services.ingest.cli.aside import Aside
from services.ingest.cli.checkpoint import Checkpoint, Task, fingerprint
from services.ingest.cli.importing import STOPPED, History, dry, send
from services.ingest.cli.sender import Sender
from services.ingest.importers.importer import Broken
from shared.cli.client import Api
from shared.events import Envelope
from shared.settings import Settings
from tests.builders import content_created

BATCH = 10
Item = Envelope | Broken


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("services.ingest.cli.sender.BATCH_EVENTS", BATCH)
    monkeypatch.chdir(tmp_path)


def told(number: int) -> Envelope:
    return content_created(id=f"event-{number}", imported=True)


class World:
    """An edge that remembers what it took, and ends after so many batches."""

    def __init__(self, folder: Path, events: list[Item], fingerprint: str = "") -> None:
        self.taken: list[str] = []
        self.batches_max = 1_000
        self.at_once = 0
        self._asked = threading.Lock()
        self._folder, self.events = folder, events
        self.task = Task("slack", "export", "acme", fingerprint)
        self.aside = Aside(folder / "broken.ndjson", "export")

    def run(self, read: Callable[[], Iterator[Item]] | None = None) -> None:
        api = Api(Settings(token=SecretStr("token")), "ingest")
        api.http.close()
        api.http = httpx.Client(base_url="http://edge", transport=httpx.MockTransport(self._answer))
        history = History("slack", lambda: len(self.events), read or (lambda: iter(self.events)), self.aside)
        send(history, self.checkpoint, Sender(api, "acme", sleep=lambda _: None))

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self._folder / "place.json", self.task)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert self._asked.acquire(blocking=False), "one batch at a time"
        try:
            if self.batches_max <= 0:
                return httpx.Response(401, json={"detail": "no"})
            self.batches_max -= 1
            batch = [event["id"] for event in json.loads(request.content)]
            self.taken += batch
            return httpx.Response(202, json={"accepted": len(batch), "known": 0, "repeated": 0, "waiting": 0})
        finally:
            self._asked.release()


def ids(numbers: range) -> list[str]:
    return [f"event-{number}" for number in numbers]


def test_all_events_are_sent_in_order_and_the_place_is_forgotten(tmp_path: Path) -> None:
    world = World(tmp_path, [told(n) for n in range(35)])

    world.run()

    assert world.taken == ids(range(35))
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=30, deadline=None)
@given(broken_off=st.lists(st.integers(min_value=0, max_value=3), max_size=4), bad=st.sets(st.integers(0, 49)))
def test_wherever_it_is_interrupted_every_event_is_sent_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, broken_off: list[int], bad: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    world = World(folder, [Broken("a.json", n, "why", "{}") if n in bad else told(n) for n in range(50)])

    for batches in broken_off:
        world.batches_max = batches
        try:
            world.run()
        except typer.Exit:
            continue
        break
    else:
        world.batches_max = 1_000
        world.run()

    assert world.taken == [name for n, name in enumerate(ids(range(50))) if n not in bad]
    assert world.aside.count == len(bad), "each run tells all that is broken"


def test_who_stops_an_import_hears_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(tmp_path, [told(n) for n in range(35)])

    def stopped() -> Iterator[Item]:
        yield from world.events[:25]
        raise KeyboardInterrupt

    with pytest.raises(typer.Exit) as caught:
        world.run(stopped)
    assert caught.value.exit_code == STOPPED
    assert "stopped: 20 events are in; the same command goes on from there" in capsys.readouterr().err

    world.run()

    assert world.taken == ids(range(35))
    assert "20 more had been sent before" in capsys.readouterr().out


@pytest.mark.parametrize("why", ["files", "events", "unreadable", "fewer"])
def test_an_export_that_has_changed_begins_again(tmp_path: Path, capsys: pytest.CaptureFixture[str], why: str) -> None:
    world = World(tmp_path, [told(n) for n in range(35)])
    world.batches_max = 2
    with pytest.raises(typer.Exit):
        world.run()
    world.batches_max, world.taken = 1_000, []
    match why:
        case "files":
            world.task = msgspec.structs.replace(world.task, fingerprint="another")
        case "events":
            world.events = [told(n) for n in range(100, 135)]
        case "fewer":
            world.events = world.events[:15]
        case _:
            world.checkpoint.file.write_text("{")

    world.run()

    assert len(world.taken) == len(world.events)
    assert "starting again from the beginning" in capsys.readouterr().err


def test_what_cannot_be_read_is_set_aside_with_its_place_and_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = [Broken("a.json", 3, "not JSON", "{]"), Broken("b.csv", 7, "no time", "x;y", line=9)]
    world = World(tmp_path, [told(1), *broken, told(2)])

    world.run()

    lines = [json.loads(line) for line in world.aside.file.read_text().splitlines()]
    assert lines == [
        {"file": "a.json", "record": 3, "reason": "not JSON", "raw": "{]"},
        {"file": "b.csv", "line": 9, "reason": "no time", "raw": "x;y"},
    ]
    said = capsys.readouterr().out
    assert "2 new, 0 there already, 2 records set aside" in said
    assert "b.csv, line 9: no time" in said
    assert "x;y" not in said


def test_one_event_that_the_edge_does_not_take_holds_up_no_other(tmp_path: Path) -> None:
    world = World(tmp_path, [told(1), content_created(id="nobody", content_id="", imported=True), told(2)])

    world.run()

    assert world.taken == ["event-1", "event-2"]
    (line,) = map(json.loads, world.aside.file.read_text().splitlines())
    assert (line["file"], line["record"]) == ("export", 1)
    assert "must not be empty" in line["reason"]
    assert json.loads(line["raw"])["type"] == "community.content.created"


def test_an_import_of_which_nothing_can_be_read_fails(tmp_path: Path) -> None:
    with pytest.raises(typer.Exit) as caught:
        World(tmp_path, [Broken("a.json", 0, "not JSON", "<html>")]).run()

    assert caught.value.exit_code == 1


def test_a_dry_run_counts_by_type_community_and_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    aside = Aside(tmp_path / "broken.ndjson", "export")
    events: list[Item] = [*(told(n) for n in range(1_200)), Broken("a.json", 0, "why")]

    dry(History("slack", lambda: 1_201, lambda: iter(events), aside))

    said = capsys.readouterr().out
    assert "community.content.created  1200" in said
    assert f"{told(0).community}  1200" in said
    assert "1200 events would be sent; 1 records set aside" in said


def test_files_that_change_change_the_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("[]")
    before = fingerprint(tmp_path, "x")

    assert before == fingerprint(tmp_path, "x") != fingerprint(tmp_path, "y")
    os.utime(file, (1, 1))
    assert fingerprint(tmp_path, "x") != before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"path": Path("nowhere")}, "there is no nowhere"),
        ({"format_": "mastodon"}, "known are"),
        ({"zone": "Moscow"}, "use IANA names"),
        ({"until": "tomorrow"}, "tomorrow is no date"),
        ({}, "not a Slack export"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: dict[str, str], said: str
) -> None:
    asked = {"path": tmp_path, "brand": "acme", "format_": "slack", "zone": "UTC", "dry_run": True} | options

    with pytest.raises(typer.Exit):
        import_(**asked)  # type: ignore[arg-type] # a mapping of options

    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("until", "told"),
    [(None, "7 "), ("2026-01-01", "2 "), ("2026-01-01T02:59:59+03:00", "1 "), ("2026-01-01T00:00:02", "4 ")],
)
def test_what_a_bot_has_heard_since_can_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], until: str | None, told: str
) -> None:
    rows = [{"kind": "t1", "id": f"a{n}", "subreddit": "x", "created_utc": 1_767_225_598 + n, "body": "b"} for n in range(7)]
    (tmp_path / "RC.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    import_(tmp_path / "RC.ndjson", "acme", "pushshift", until=until, dry_run=True)

    assert f"\n{told}events would be sent" in capsys.readouterr().out
