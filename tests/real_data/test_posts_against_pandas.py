"""The Slack export as if its busiest people were the brand's own: what their posts brought, held against pandas.

Nothing of the project is used on pandas' side. Reactions of an export have the time of their message, so all of them count.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import bson
import pandas as pd
import pytest
import pytest_asyncio

from services.ingest.handlers import Normaliser, accounts
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Where
from services.reporting.figures.content import FORMATS
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables import BY_ID
from services.reporting.handlers import Figures
from shared.events import Envelope
from shared.events.community import ContentCreated
from shared.policy import PolicyBook, Version
from tests.real_data.with_pandas import CONTENT_SUBTYPES
from tests.unit.moderation.world import FakeShelf
from tests.unit.reporting.driving import World
from tests.unit.reporting.folding import material

WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
FRAME = Frame(date(2014, 1, 1), date(2018, 1, 1), ZoneInfo("UTC"))
STAFF = ("U061A5N1G", "U061A1R2R", "U065ETZEC")


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="counted")
async def counted_export(real_data: Path) -> Material:
    folder = real_data / "exports" / "slack_houstondatavis"
    events = [one for one in IMPORTERS["slack"].read(folder, WHERE) if isinstance(one, Envelope)]
    world = World()
    authors = {one.data.actor.id for one in events if isinstance(one, ContentCreated) and one.data.actor}
    spec = {"accounts": [author for author in authors if author.endswith(STAFF)]}
    shelf = FakeShelf([Version("StaffAccounts", "acme", "default", 1, datetime(2000, 1, 1, tzinfo=UTC), spec)])
    world.normaliser = Normaliser(PolicyBook(shelf, "StaffAccounts", accounts, frozenset(), 1_000.0), lambda *_: None)
    world.take_in(events)
    await world.normalise()
    await world.drain(Figures())
    fold = Figures()
    return material({key: fold.decode(bson.decode(raw)) for key, raw in world.databases["figures"].states.items()})


@pytest.fixture(scope="module", name="posts")
def posts_of_the_files(real_data: Path) -> pd.DataFrame:
    """Return a row for each message of staff: when, how many reactions of others, and the ratio to those around it."""
    rows = []
    for path in sorted((real_data / "exports" / "slack_houstondatavis").glob("*/*.json")):
        for one in json.loads(path.read_text()):
            if one.get("type") == "message" and one.get("subtype") in CONTENT_SUBTYPES:
                user = one.get("user") or (one.get("comment") or {}).get("user")
                thread = one.get("thread_ts", one["ts"])
                given = sum(who not in STAFF for told in one.get("reactions", ()) for who in told["users"])
                rows.append((pd.Timestamp(float(one["ts"]), unit="s", tz="UTC"), user, given, thread == one["ts"]))
    frame = pd.DataFrame(rows, columns=["at", "user", "given", "first"]).sort_values("at", kind="stable")
    frame = frame[frame["user"].isin(STAFF) & frame["first"]].reset_index(drop=True)
    frame["ratio"] = [ratio_of(frame, number) for number in range(len(frame))]
    return frame


def ratio_of(frame: pd.DataFrame, number: int) -> float | None:
    near = frame[(frame["at"] - frame["at"][number]).abs() <= pd.Timedelta(days=28)]
    before, after = near[near.index < number].tail(100), near[near.index > number].head(100)
    others = pd.concat([before, after])["given"]
    return None if len(others) < 5 else float((frame["given"][number] + 1) / (others.median() + 1))


def test_posts_by_hour_bring_what_pandas_finds(counted: Material, posts: pd.DataFrame) -> None:
    rows = BY_ID["post_hours"].rows(counted, FRAME)

    by = posts.assign(hour=posts["at"].dt.hour).groupby("hour")["ratio"]
    expected = {f"{hour:02d}:00": (len(told), int(told.notna().sum()), told.median()) for hour, told in by}
    assert {row[0]: row[1] for row in rows} == {hour: told[0] for hour, told in expected.items()}
    assert sum(told[0] for told in expected.values()) > 500
    for hour, n, compared, ratio, *_ in rows:
        assert (n, compared) == expected[str(hour)][:2]
        assert ratio is None or ratio == pytest.approx(expected[str(hour)][2])


def test_weekdays_and_formats_add_up_to_the_same_posts(counted: Material, posts: pd.DataFrame) -> None:
    days = {row[0].en: row[1] for row in BY_ID["post_days"].rows(counted, FRAME)}  # type: ignore[union-attr]
    formats = BY_ID["post_formats"].rows(counted, FRAME)

    assert days == posts.groupby(posts["at"].dt.day_name()).size().to_dict()
    assert sum(int(str(row[1])) for row in formats) == len(posts)
    reactions = sum(float(str(row[1])) * float(str(row[2])) for row in formats)
    assert reactions == pytest.approx(posts["given"].sum())
    assert posts["given"].sum() > 50
    assert {row[0] for row in formats} <= {*FORMATS.values()}
