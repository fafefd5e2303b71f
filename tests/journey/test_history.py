"""Two real communities' histories through all four services, as processes, on real parts, while the consumers are killed."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from deploy.native.stack import Stack
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.events import encode
from shared.topics import ACTIONS, DECISIONS, EVENTS, SANCTIONS
from tests import builders
from tests.journey.fleet import PROCESSES, Fleet, fleet
from tests.parts import places_at
from tests.real_data.test_report_against_oracle import EXPORTS, SPANS, counts

KILLED = PROCESSES[1:]
"""The edge lives on: killing it would end the import, and a person starts that again."""
BRAND = "apiVersion: veche/v1\nkind: Brand\nmetadata: {{name: {0}}}\nspec: {{title: {0}}}\n"
SPAM = "Online casino, 200 free spins https://s.example/x"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All services on one stack; each test has a brand of its own in it."""
    folder = tmp_path_factory.mktemp("town")
    stack = Stack(places_at(folder / "stack"))
    try:
        stack.start()
        with fleet(stack.settings(), folder) as ships:
            yield ships
    finally:
        stack.stop(hard=True)


def declared(town: Fleet, brand: str, folder: Path) -> None:
    (folder / "brand.yaml").write_text(BRAND.format(brand))
    town.veche("apply", "-f", str(folder / "brand.yaml"))


def figures(town: Fleet, brand: str, format_: str, out: Path) -> dict[str, dict[str, float]]:
    """Return each figure by month, of all communities together, without empty months."""
    since, until = SPANS[format_]
    span = ("--since", since, "--until", until, "--format", "csv", "--out", str(out))
    town.veche("report", "--brand", brand, *span)
    found: dict[str, dict[str, float]] = {}
    for row in csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))):
        if row["by"] == "month" and not row["community"] and row["value"] not in {"", "0", "0.0"}:
            found.setdefault(row["figure"], {})[row["start"][:7]] = float(row["value"])
    return found


def imported(town: Fleet, *words: str) -> str:
    """Import, killing and starting every consumer in turn until the import is over and each was killed once."""
    told: list[str] = []
    importing = threading.Thread(target=lambda: told.append(town.veche("ingest", "import", *words)))
    importing.start()
    for name in KILLED:
        time.sleep(0.7)
        town.kill(name)
        town.start(name)
    importing.join(timeout=120)
    return told[0]


@pytest.mark.timeout(200)
@pytest.mark.parametrize("format_", EXPORTS)
def test_history_counts_exactly_while_consumers_are_killed_and_causes_no_act(
    town: Fleet, real_data: Path, tmp_path: Path, format_: str
) -> None:
    export = real_data / "exports" / EXPORTS[format_]
    oracle = counts(real_data.parent / "oracle" / "counts.py", format_, export)
    declared(town, format_, tmp_path)
    words = (str(export), "--brand", format_, "--from", format_)

    first = imported(town, *words)
    town.caught_up()
    found = figures(town, format_, format_, tmp_path / "first.csv")
    again = town.veche("ingest", "import", *words)
    town.caught_up()

    sent = first.partition(" ")[0]
    assert f": {sent} new, 0 there already, 0 records set aside" in first
    assert f": 0 new, {sent} there already, 0 records set aside" in again
    kinds = {name.removeprefix("content_"): months for name, months in found.items() if name.startswith("content_")}
    by_month = {f"{month}/{kind}": n for kind, months in kinds.items() for month, n in months.items()}
    assert by_month == oracle["content_by_month"]
    assert found["active_members"] == oracle["active_by_month"]
    assert found["members_joined"] == oracle["joined_by_month"]
    assert sum(found["reactions"].values()) == total(oracle["reactions"])
    assert found["reactions"] == oracle.get("reactions_by_month", found["reactions"])
    assert figures(town, format_, format_, tmp_path / "again.csv") == found
    for topic in (ACTIONS, SANCTIONS):
        assert town.records(topic.name, format_) == 0, f"history caused records in {topic.name}"


def total(told: int | dict[str, int]) -> int:
    return told if isinstance(told, int) else sum(told.values())


@pytest.mark.timeout(120)
def test_what_history_must_not_cause_is_seen_where_the_present_causes_it(town: Fleet, tmp_path: Path) -> None:
    declared(town, "present", tmp_path)
    for imported_, number in (("true", 1), ("false", 2)):
        event = builders.content_created(text=SPAM, content_id=f"{builders.PLACE}:{number}")
        posted(town, encode(event), brand="present", imported=imported_)
    town.caught_up()
    acts = town.records(ACTIONS.name, "present")
    decisions = town.records(DECISIONS.name, "present")

    asyncio.run(sanctioned(town.env["VECHE_KAFKA"], "present"))  # nothing of ours mutes or bans yet

    assert decisions == 2, "both were judged"
    assert acts == 2, "only the present one has consequences: it is deleted, and its author is told"
    assert town.records(SANCTIONS.name, "present") == 1


def posted(town: Fleet, event: bytes, **params: str) -> None:
    headers = {"authorization": f"Bearer {town.env['VECHE_TOKEN']}"}
    answer = httpx.post(f"{town.env['VECHE_INGEST_URL']}/v1/events", content=event, params=params, headers=headers)
    assert answer.status_code == 202, answer.text


async def sanctioned(kafka: str, brand: str) -> None:
    publisher = Publisher(kafka)
    await publisher.start()
    event = msgspec.structs.replace(builders.sanction_applied(), brand=brand)
    await publisher.send(SANCTIONS.name, Outgoing(f"{brand}/{builders.MEMBER}".encode(), encode(event), ()))
    await publisher.stop()


OTHERS = {
    "telegram-channels": ("telegram_channels_ru", 5_382, 5_382),
    "discord": ("discord_chat_exporter/samples_chat-analytics", 7, 6),
    "pushshift": ("reddit_pushshift", 93, 93),
}
"""By format: the export, how many events it tells, and how many of them once."""


@pytest.mark.timeout(200)
@pytest.mark.parametrize("format_", OTHERS)
def test_a_history_is_counted_beforehand_and_taken_in_once(
    town: Fleet, real_data: Path, tmp_path: Path, format_: str
) -> None:
    folder, told, once = OTHERS[format_]
    declared(town, format_, tmp_path)
    words = (str(real_data / "exports" / folder), "--brand", format_, "--from", format_)

    counted = town.veche("ingest", "import", *words, "--dry-run")
    before = town.records(EVENTS.name, format_)
    first = town.veche("ingest", "import", *words)
    town.caught_up()
    taken = town.records(EVENTS.name, format_)
    again = town.veche("ingest", "import", *words)
    town.caught_up()

    assert f"{told} events would be sent; 0 records set aside" in counted
    assert before == 0
    assert f"{told} events sent" in first
    assert f": 0 new, {told} there already" in again
    assert taken == town.records(EVENTS.name, format_) == once


@pytest.mark.timeout(200)
def test_an_import_that_somebody_stops_goes_on_where_it_was(town: Fleet, tmp_path: Path) -> None:
    declared(town, "stopped", tmp_path)
    file = tmp_path / "RC.ndjson"
    with file.open("w") as lines:
        for n in range(20_000):
            row = {"id": f"a{n}", "subreddit": "shop", "created_utc": 1_767_225_600 + n, "author": f"u{n % 50}", "body": "x"}
            lines.write(f"{json.dumps(row)}\n")
    words = (str(file), "--brand", "stopped", "--from", "pushshift", "--resume", str(tmp_path / "place.json"))
    command = [sys.executable, "-m", "services", "ingest", "import", *words]

    with subprocess.Popen(command, env=town.env, stderr=subprocess.PIPE, text=True) as importing:
        while not (tmp_path / "place.json").exists():
            time.sleep(0.01)
        importing.send_signal(signal.SIGINT)
        _, said = importing.communicate(timeout=60)
    second = town.veche("ingest", "import", *words)
    town.caught_up()

    assert importing.returncode == 130
    sent = int(re.findall(r"stopped: (\d+) events are in", said)[0])
    assert 0 < sent < 20_000
    assert f"{20_000 - sent} events sent" in second
    assert f": {20_000 - sent} new, 0 there already" in second
    assert town.records(EVENTS.name, "stopped") == 20_000
    assert not (tmp_path / "place.json").exists()
