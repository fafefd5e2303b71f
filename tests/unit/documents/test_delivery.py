"""The page about carrying acts out says what the code does: platforms, outcomes, commands, metrics, documents."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import typer.main
from prometheus_client import CollectorRegistry

from services.__main__ import app
from services.delivery.carrying.figures import Figures
from services.delivery.pages.words import KINDS, MODES, OUTCOMES
from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Ending, Errand, Kind
from services.delivery.rules.works import AGE_MAX, PRIORITIES, TARGETS
from services.delivery.store.carriers import LEASE_S
from services.delivery.store.connections import REFRESH_S
from services.delivery.store.switches import LOOK_S
from shared.documents.directory import Connection
from shared.documents.reading import read
from shared.events.actions import Act, Priority
from simulated.__main__ import KINDS as PLAYED

PAGE = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")
KIND_NAMES: tuple[Kind, ...] = get_args(Kind)
TILL = datetime(2027, 1, 1, tzinfo=UTC)

ROWS: dict[str, tuple[Kind, ...]] = {
    "delete": ("delete",),
    "hide": ("hide",),
    "bring back": ("restore",),
    "mute": ("mute",),
    "ban, unban": ("ban", "unban"),
    "reply, publish": ("reply", "publish"),
    "message": ("message",),
    "pin": ("pin",),
    "slow mode": ("slow_mode",),
    "buttons, and answers to who presses them": ("answer",),
}
"""What the rows of the page's table are about."""

COMMUNITIES = {
    "telegram": "telegram:-1001",
    "vk": "vk:5",
    "discord": "discord:1",
    "discourse": "discourse:forum.example",
    "slack": "slack:T1",
}
CONTENTS = {
    "telegram": ["telegram:-1001:5"],
    "vk": ["vk:5:comment-5_7", "vk:5:message2000000001_3", "vk:5:post-5_9"],
    "discord": ["discord:1:2:3"],
    "discourse": ["discourse:forum.example:12/3", "discourse:forum.example:12/1"],
    "slack": ["slack:T1:C1:1700000000.000100"],
}
MEMBERS = {
    "telegram": "telegram:7",
    "vk": "vk:7",
    "discord": "discord:7",
    "discourse": "discourse:forum.example:7",
    "slack": "slack:U7",
}
PRESSES = {"telegram": "4382", "vk": "2000000001/7/c5ae1a2b", "discord": "800/t0ken"}
CHANNELS = {"telegram": None, "vk": None, "discord": "discord:1:2", "discourse": None, "slack": "slack:T1:C1"}


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is this, without its head."""
    (table,) = re.findall(rf"^\| ?{re.escape(first)} ?\|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def tried(platform: str, kind: Kind) -> list[str | None]:
    """Return how a platform refuses a kind of act, about each of its kinds of content; None where it does not."""
    found: list[str | None] = []
    for content in CONTENTS[platform]:
        for until in (TILL, None):
            about = {"content_id": content, "member": MEMBERS[platform], "channel": CHANNELS[platform]}
            press = PRESSES.get(platform, "1")
            act = Act(cause="d", until=until, text="hi", delay_s=10, press=press, **about)  # type: ignore[arg-type]
            refusal = PLATFORMS[platform].refusal(Errand("a", kind, COMMUNITIES[platform], act))
            found.append(None if refusal is None else refusal.code)
    return found


def cells() -> list[tuple[str, Kind, str]]:
    """Return platform, kind and what the page says, of each cell."""
    heads = [head.strip().lower() for head in re.findall(r"^\|  \|(.*)\|$", PAGE, re.MULTILINE)[0].split("|")]
    table = [cells for cells in rows(" ") if cells[0] in ROWS]
    return [
        (platform, kind, said)
        for row in table
        for platform, said in zip(heads, row[1:], strict=True)
        for kind in ROWS[row[0]]
    ]


def test_the_table_of_platforms_has_every_platform_and_every_act() -> None:
    found = cells()

    assert {platform for platform, _, _ in found} == set(PLATFORMS)
    assert {kind for _, kind, _ in found} == set(KIND_NAMES) - {"unmute"}


@pytest.mark.parametrize(("platform", "kind", "said"), cells(), ids=lambda part: str(part)[:20])
def test_a_platform_does_what_the_table_says(platform: str, kind: Kind, said: str) -> None:
    found = tried(platform, kind)

    if said == "–" or f"no {kind}" in said:
        assert set(found) == {"unsupported"}
    else:
        assert None in found, f"{platform} refuses every {kind}"


def test_the_table_of_outcomes_is_the_codes() -> None:
    found = [code for row in rows("outcome") for code in re.findall(r"`([a-z_]+)`", row[0])]

    assert sorted(found) == sorted(get_args(Ending))


def test_the_page_of_acts_has_words_for_every_kind_outcome_and_mode() -> None:
    (modes,) = [get_args(field.type) for field in msgspec.structs.fields(Connection) if field.name == "acts"]

    assert set(KINDS) == set(KIND_NAMES) == set(TARGETS)
    assert set(OUTCOMES) == {"done", *get_args(Ending)}
    assert set(MODES) == set(modes)
    assert set(PRIORITIES.values()) < set(get_args(Priority))


def test_the_connection_of_the_page_is_one_and_acts_only_once_somebody_says_so() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (source,) = read(text, "connection.yaml")

    spec = msgspec.convert(source.document.spec, Connection)

    assert (spec.acts, spec.token is not None, spec.purpose) == ("dry_run", True, "owned")
    assert Connection(platform="telegram").acts == "dry_run"
    assert {re.sub("`", "", row[0]) for row in rows("field")} <= {one.name for one in msgspec.structs.fields(Connection)}


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines() if line.startswith("veche ")]


def test_the_platforms_that_the_page_plays_are_there() -> None:
    (names,) = re.findall(r"python -m simulated --port 9100 ([a-z ]+?) +#", PAGE)

    assert set(names.split()) <= PLAYED.keys()
    assert f"{json.dumps({name: f'http://127.0.0.1:{9100 + n}' for n, name in enumerate(names.split())})}" in PAGE


@pytest.mark.parametrize("line", commands())
def test_the_commands_of_the_page_are_there(line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]

    asked = command.make_context("veche", words).params  # raises where an option is none

    assert not getattr(command, "commands", {})
    assert asked["brand"] == "acme" or asked.get("everything"), "the README's token is of no brand"


def test_the_metrics_of_the_page_are_kept() -> None:
    registry = CollectorRegistry()
    Figures(registry, ["telegram"])
    kept = {name for metric in registry.collect() for name in (metric.name, f"{metric.name}_total")}

    named = set(re.findall(r"`(veche_delivery_[a-z_]+)`", PAGE))

    assert named
    assert named <= kept


def test_the_times_of_the_page_are_those_of_the_code() -> None:
    assert f"waits up to {LEASE_S:.0f} s for the lease" in PAGE
    assert "within two seconds in all processes" in PAGE
    assert max(REFRESH_S, LOOK_S) <= 2
    assert "given up after a day" in PAGE
    assert AGE_MAX.days == 1
