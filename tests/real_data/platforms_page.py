"""What platforms tell, as a page: `python -m tests.real_data.platforms_page` (`make platforms`) writes docs/platforms.md.

The first table is drawn from shared/platforms; the second by reading all collected payloads as edge and normaliser do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from services.ingest.connectors.delivery import Unreadable
from shared.platforms import FACTS, PLATFORMS, Fact, Platform
from tests.real_data.deliveries import READERS, deliveries, files
from tests.real_data_gate import ROOT, RealDataSettings
from tests.unit.ingest.told import facts_of
from tests.unit.ingest.way import taken

PAGE = ROOT / "docs" / "platforms.md"

HEAD = """\
# What each platform can tell

Written by `make platforms`; a test fails where it is stale. Where a figure needs what a platform does not tell, reports say
"not told by this platform", and never zero. `yes*` has a note below.
"""
SEEN = """\
## What was tried

All payloads that others collected of each platform (their sources are named beside them), read as edge and normaliser read
deliveries: checked, cleaned, split, placed, decoded. Most of Telegram's were taken in talks with the bot, which are private.
Feeds are tried on made-up ones alone.
"""
LIMITS = """\
## Where a fact may count twice, or not

Every webhook may be delivered twice, again, and in another order, through one connection or two: events come out exactly
once (tests/integration/test_exactly_once.py). What a platform does not tell sets limits:
"""
CONNECT = "## Connecting\n"


class Tally(Struct):
    """What became of a platform's payloads."""

    files: int
    parts: int = 0
    facts: set[Fact] = field(default_factory=set)
    events: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Refusals by reason, votes that wait for their poll's place, and what could not be read."""


def tally(data: Path, platform: str) -> Tally:
    """Read all payloads of a platform."""
    found = Tally(len(files(data, platform)))
    for delivery in deliveries(data, platform):
        try:
            parts = list(taken(platform, delivery))
        except Unreadable:
            found.outcomes["answered 400"] += 1
            continue
        for part in parts:
            found.parts += 1
            if part.decoded is None:
                found.outcomes["unprocessable"] += 1
                continue
            told = part.decoded.told
            found.events += len(told)
            found.facts |= facts_of(told)
            found.outcomes.update(refusal.reason.value for refusal in part.decoded.refused)
            found.outcomes["waits for its poll"] += len(part.decoded.poll_answers)
    return found


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def capabilities() -> str:
    """Return what each platform can tell, and on what it depends."""
    platforms = PLATFORMS.values()
    rows = ([fact.name.en, *(_cell(platform, fact) for platform in platforms)] for fact in FACTS)
    notes = "\n".join(f"- **{one.name}**: {'; '.join(_notes(one))}" for one in platforms if one.notes)
    return table(["", *(platform.name for platform in platforms)], rows) + "\n" + notes + "\n"


def _cell(platform: Platform, fact: Fact) -> str:
    if fact not in platform.tells:
        return "–"
    return "yes*" if any(note.fact == fact for note in platform.notes) else "yes"


def _notes(platform: Platform) -> Iterator[str]:
    for note in platform.notes:
        yield f"{note.fact.name.en}: {note.said.en}"


def limits() -> str:
    """Return where a platform does not tell enough to count each fact once."""
    lines = (f"- **{platform.name}**: {said.en}" for platform in PLATFORMS.values() for said in platform.limits)
    return "\n".join(lines) + "\n"


def tried(data: Path) -> str:
    """Return what became of all payloads."""
    head = ("platform", "files", "payloads", "facts found", "events made", "no event, by reason")
    return table(head, (_row(platform, tally(data, platform)) for platform in READERS))


def _row(platform: str, found: Tally) -> Sequence[object]:
    facts = ", ".join(fact.name.en for fact in FACTS if fact in found.facts)
    outcomes = ", ".join(f"{reason} {n}" for reason, n in sorted(found.outcomes.items()) if n)
    return (PLATFORMS[platform].name, found.files, found.parts, facts, found.events, outcomes)


def connecting() -> str:
    """Return links to the pages that say how each platform is connected."""
    pages = sorted((ROOT / "docs").glob("connect-*.md"))
    return ", ".join(f"[{page.stem.removeprefix('connect-')}]({page.name})" for page in pages) + "\n"


def known() -> str:
    """Return the part of the page that needs no data, up to what was tried."""
    return f"{HEAD}\n{capabilities()}\n{LIMITS}\n{limits()}\n{CONNECT}\n{connecting()}\n{SEEN}"


def written(data: Path) -> str:
    """Return the whole page."""
    return f"{known()}\n{tried(data)}"


if __name__ == "__main__":
    PAGE.write_text(written(RealDataSettings().veche_real_data), encoding="utf-8")
