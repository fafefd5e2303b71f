"""What the importers make of two complete exports, held against counts that others made of the same files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Where
from services.ingest.rules.strict import accepted
from shared.events import Envelope, decode, encode
from shared.events.commerce import KpiObserved
from shared.events.community import ContentCreated, MemberJoined, ReactionAdded, SolutionAccepted

WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
EXPORTS = {"slack": "slack_houstondatavis", "stackexchange": "stackexchange_quantumcomputing"}
TOP = 10


class History(NamedTuple):
    format: str
    oracle: dict[str, Any]
    events: list[Envelope]


@pytest.fixture(scope="module", params=EXPORTS, name="history")
def imported_history(request: pytest.FixtureRequest, real_data: Path) -> History:
    script = real_data.parent / "oracle" / "counts.py"
    folder = real_data / "exports" / EXPORTS[request.param]
    if not script.is_file():
        pytest.skip("no oracle beside the real data")
    counted = subprocess.run([sys.executable, str(script), request.param, str(folder)], check=True, capture_output=True)
    read = list(IMPORTERS[request.param].read(folder, WHERE))
    return History(request.param, json.loads(counted.stdout), [event for event in read if isinstance(event, Envelope)])


def contents(history: History) -> list[ContentCreated]:
    return [event for event in history.events if isinstance(event, ContentCreated)]


def people(history: History) -> list[tuple[ContentCreated, str]]:
    """Content with its author as the export calls them, without bots."""
    written = ((event, event.data.actor) for event in contents(history))
    return [(event, actor.id.rpartition(":")[2]) for event, actor in written if actor is not None and not actor.bot]


def month(event: Envelope) -> str:
    return event.time.strftime("%Y-%m")


def day(event: Envelope) -> str:
    return event.time.strftime("%Y-%m-%d")


def active(history: History, period: Callable[[Envelope], str]) -> dict[str, int]:
    seen = defaultdict(set)
    for event, author in people(history):
        seen[period(event)].add(author)
    return {key: len(authors) for key, authors in seen.items()}


def months(events: Iterable[Envelope]) -> dict[str, int]:
    return dict(Counter(map(month, events)))


def test_content_is_complete_by_kind_and_month(history: History) -> None:
    written = contents(history)

    assert len(written) == history.oracle["content"]
    assert dict(Counter(event.data.kind for event in written)) == history.oracle["content_by_kind"]
    assert dict(Counter(f"{month(event)}/{event.data.kind}" for event in written)) == history.oracle["content_by_month"]


def test_authors_are_the_people_who_wrote(history: History) -> None:
    per_author = Counter(author for _, author in people(history))
    top = sorted(per_author.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]

    assert len(per_author) == history.oracle["authors"]
    assert [list(pair) for pair in top] == history.oracle["top_authors"]


def test_activity_is_the_same_by_day_and_month(history: History) -> None:
    assert active(history, day) == history.oracle["active_by_day"]
    assert active(history, month) == history.oracle["active_by_month"]


def test_members_joined_once(history: History) -> None:
    joins = [event for event in history.events if isinstance(event, MemberJoined)]

    assert len({event.data.member for event in joins}) == len(joins) == history.oracle["joined"]
    assert months(joins) == history.oracle["joined_by_month"]


def test_reactions_add_up(history: History) -> None:
    reactions = [event for event in history.events if isinstance(event, ReactionAdded)]
    by_name: Counter[str | None] = Counter()
    for event in reactions:
        by_name[event.data.kind] += 1 if event.data.count is None else event.data.count

    if history.format == "slack":
        assert dict(by_name) == history.oracle["reactions_by_name"]
        assert by_name.total() == history.oracle["reactions"]
    else:
        assert dict(by_name) == history.oracle["reactions"]
        assert months(reactions) == history.oracle["reactions_by_month"]


def test_accepted_answers_are_all_there(history: History) -> None:
    accepted = [event for event in history.events if isinstance(event, SolutionAccepted)]

    assert len(accepted) == history.oracle.get("accepted", 0)


def test_every_figure_of_the_oracle_is_compared(history: History) -> None:
    compared = {
        "content",
        "content_by_kind",
        "content_by_month",
        "authors",
        "top_authors",
        "active_by_month",
        "active_by_day",
    }
    compared |= {"reactions", "reactions_by_name", "reactions_by_month", "accepted", "joined", "joined_by_month"}

    assert set(history.oracle) <= compared


def test_nothing_stands_before_what_it_touches(history: History) -> None:
    seen: set[str | None] = set()
    strays: list[str] = []
    for event in history.events:
        data: Any = event.data  # type: ignore[attr-defined] # every type of the union has it
        if isinstance(event, ContentCreated):
            assert data.parent is None or data.parent in seen
            seen.add(data.content_id)
        elif isinstance(event, ReactionAdded | SolutionAccepted) and data.content_id not in seen:
            strays.append(data.content_id)
    assert len(strays) == (1 if history.format == "slack" else 0)  # somebody liked a notice, which is no content


def test_events_are_history_in_the_order_of_time_with_ids_of_their_own(history: History) -> None:
    votes = ReactionAdded | SolutionAccepted | KpiObserved  # of which the day alone is known
    told = [event for event in history.events if not isinstance(event, votes)]

    assert all(event.imported for event in history.events)
    assert [event.time for event in told] == sorted(event.time for event in told)
    assert len({event.id for event in history.events}) == len(history.events)


def test_every_event_fits_the_contract(history: History) -> None:
    assert all(decode(encode(event)) == event for event in history.events)


def test_every_event_is_one_that_the_api_takes(history: History) -> None:
    assert all(accepted(encode(event), event.recordedtime).id == event.id for event in history.events)


def test_reading_again_gives_the_same_and_no_more_than_was_counted_is_lost(real_data: Path, history: History) -> None:
    folder, importer = real_data / "exports" / EXPORTS[history.format], IMPORTERS[history.format]
    again = [event.id if isinstance(event, Envelope) else event for event in importer.read(folder, WHERE)]

    assert again == [event.id for event in history.events]
    assert importer.count(folder) > 0.8 * len(again)
