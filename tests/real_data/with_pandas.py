"""Figures of the two complete exports, computed with pandas straight from their files: nothing of the project is used here.

A frame has a row for each content: `id`, `at` (UTC), `who` (None where nobody is named), `bot`, `asks`, `to` (the content
that it answers). All definitions are those that `veche reporting define` tells, in other words and by other means.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

WEEKS = 12
CONTENT_SUBTYPES = {None, "file_share", "file_comment", "bot_message", "me_message", "thread_broadcast"}
COLUMNS = ["id", "at", "who", "bot", "asks", "to"]


def contents(format_: str, folder: Path) -> pd.DataFrame:
    rows = {"slack": _slack, "stackexchange": _stackexchange}[format_](folder)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601")
    return frame.sort_values("at", kind="stable").reset_index(drop=True)


def _stackexchange(folder: Path) -> list[list[Any]]:
    users = {row.get("Id") for row in _rows(folder / "Users.xml")}
    posts = [row for row in _rows(folder / "Posts.xml") if row["PostTypeId"] in {"1", "2"}]
    rows = [_post(row, users) for row in posts]
    return rows + [_comment(row, users) for row in _rows(folder / "Comments.xml")]


def _rows(path: Path) -> list[dict[str, str]]:
    return [dict(row.attrib) for row in ET.parse(path).getroot()]  # noqa: S314 - a file that we keep ourselves


def _owner(told: str | None, users: set[str | None]) -> str | None:
    return told if told in users else None


def _post(row: dict[str, str], users: set[str | None]) -> list[Any]:
    who, is_question = _owner(row.get("OwnerUserId"), users), row["PostTypeId"] == "1"
    return [f"p{row['Id']}", row["CreationDate"], who, who == "-1", is_question and who != "-1", _to(row.get("ParentId"))]


def _comment(row: dict[str, str], users: set[str | None]) -> list[Any]:
    who = _owner(row.get("UserId"), users)
    return [f"c{row['Id']}", row["CreationDate"], who, who == "-1", False, _to(row["PostId"])]


def _to(post: str | None) -> str | None:
    return None if post is None else f"p{post}"


def _slack(folder: Path) -> list[list[Any]]:
    return [
        _message(path.parent.name, one)
        for path in sorted(folder.glob("*/*.json"))
        for one in json.loads(path.read_text())
        if one.get("type") == "message" and one.get("subtype") in CONTENT_SUBTYPES
    ]


def _message(channel: str, one: dict[str, Any]) -> list[Any]:
    user = one.get("user") or (one.get("comment") or {}).get("user")
    root = one.get("thread_ts")
    to = f"{channel}/{root}" if root is not None and root != one["ts"] else None
    asks = user is not None and to is None and "?" in _without_links(_said(one))
    at = pd.Timestamp(float(one["ts"]), unit="s", tz="UTC").isoformat()
    return [f"{channel}/{one['ts']}", at, user or one.get("bot_id"), user is None, asks, to]


def _said(one: dict[str, Any]) -> str:
    comment = (one.get("comment") or {}).get("comment")
    return comment or one.get("text") or "\n".join(part.get("fallback") or "" for part in one.get("attachments", []))


def _without_links(text: str) -> str:
    labels = re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", text)
    return " ".join(word for word in re.sub(r"<[^<>]*>", "", labels).split() if "://" not in word)


def people(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["who"].notna() & ~frame["bot"]]


def active(frame: pd.DataFrame, every: str) -> dict[str, int]:
    """By period (W-SUN: weeks from Monday): distinct authors."""
    counted = people(frame).assign(period=people(frame)["at"].dt.tz_localize(None).dt.to_period(every))
    return {str(period.start_time.date()): int(n) for period, n in counted.groupby("period")["who"].nunique().items()}


def stickiness(frame: pd.DataFrame) -> dict[str, float]:
    """By month: the authors of its average day (all its days count) over all of its authors."""
    rows = people(frame)
    rows = rows.assign(day=rows["at"].dt.date, month=rows["at"].dt.tz_localize(None).dt.to_period("M"))
    daily = rows.groupby(["month", "day"])["who"].nunique().groupby("month").sum()
    monthly = rows.groupby("month")["who"].nunique()
    return {str(month): float(daily[month] / month.days_in_month / monthly[month]) for month in monthly.index}


def cohorts(frame: pd.DataFrame) -> dict[str, list[int]]:
    """By the Monday of the week of their first content: how many members, and how many of them wrote in each week after."""
    rows = people(frame)
    rows = rows.assign(week=rows["at"].dt.tz_localize(None).dt.to_period("W-SUN").dt.start_time)
    rows = rows.assign(first=rows.groupby("who")["week"].transform("min"))
    rows = rows.assign(n=(rows["week"] - rows["first"]).dt.days // 7)
    table = rows.pivot_table(index="first", columns="n", values="who", aggfunc="nunique", fill_value=0)
    table = table.reindex(columns=range(WEEKS + 1), fill_value=0)
    return {str(week.date()): [int(n) for n in row] for week, row in zip(table.index, table.to_numpy(), strict=True)}


def answers(frame: pd.DataFrame) -> pd.DataFrame:
    """Each content that somebody else answered, with the seconds until the first such answer."""
    replies = people(frame)[people(frame)["to"].notna()]
    both = frame.merge(replies, left_on="id", right_on="to", suffixes=("", "_reply"))
    both = both[both["who"].isna() | (both["who"] != both["who_reply"])]
    waited = (both["at_reply"] - both["at"]).dt.total_seconds().clip(lower=0)
    return both.assign(waited=waited).groupby("id", as_index=False)["waited"].min()


def questions(frame: pd.DataFrame) -> tuple[int, int, float | None]:
    """How many, how many of them unanswered, and the median of the seconds until the first answer of the others."""
    asked = frame[frame["asks"]].merge(answers(frame), on="id", how="left")
    answered = asked["waited"].dropna()
    return len(asked), int(asked["waited"].isna().sum()), float(answered.median()) if len(answered) else None


def newcomers(frame: pd.DataFrame) -> tuple[int, int]:
    """How many members wrote, and how many of them were answered within 24 hours of their first content."""
    firsts = people(frame).sort_values(["at", "id"]).groupby("who", as_index=False).first()
    firsts = firsts.merge(answers(frame), on="id", how="left")
    return len(firsts), int((firsts["waited"] <= 24 * 3_600).sum())


def pagerank(frame: pd.DataFrame, rounds: int = 300, damping: float = 0.85) -> list[str]:
    """The first ten by PageRank over who answered whom, by plain iteration of its equation."""
    replies = people(frame)[people(frame)["to"].notna()].merge(frame, left_on="to", right_on="id", suffixes=("", "_to"))
    replies = replies[replies["who_to"].notna() & (replies["who"] != replies["who_to"])]
    if replies.empty:  # Slack had no threads then
        return []
    table = pd.crosstab(replies["who"], replies["who_to"])
    everybody = table.index.union(table.columns)
    weights = table.reindex(index=everybody, columns=everybody, fill_value=0).to_numpy(dtype=float)
    out = weights.sum(axis=1)
    ranks = [1 / len(everybody)] * len(everybody)
    for _ in range(rounds):
        shared = sum(rank for rank, n in zip(ranks, out, strict=True) if n == 0) / len(everybody)
        given = [rank / n if n else 0.0 for rank, n in zip(ranks, out, strict=True)]
        ranks = list((1 - damping) / len(everybody) + damping * (weights.T @ given + shared))
    ranked = sorted(zip(ranks, everybody, strict=True), key=lambda pair: (-pair[0], pair[1]))
    return [str(who) for _, who in ranked[:10]]


def heat(frame: pd.DataFrame) -> dict[tuple[int, int], int]:
    """By weekday (0 is Monday) and hour of UTC: distinct authors of each hour, added up over all hours."""
    rows = people(frame).assign(hour=people(frame)["at"].dt.floor("h")).drop_duplicates(["who", "hour"])
    counted = rows.groupby([rows["hour"].dt.day_of_week, rows["hour"].dt.hour]).size()
    return {(int(day), int(hour)): int(n) for (day, hour), n in counted.items()}


def segments(frame: pd.DataFrame, until: str) -> dict[str, int]:
    """On a day: how many members are what, by the days on which each wrote (docs/audience.md)."""
    today = pd.Timestamp(until, tz="UTC")
    rows = people(frame)[people(frame)["at"] < today]
    ago = (today - rows["at"].dt.floor("D")).dt.days
    days = rows.assign(ago=ago).drop_duplicates(["who", "ago"])
    by = days.groupby("who")["ago"].agg(last="min", first="max")
    by["recent"] = days[days["ago"] <= 28].groupby("who").size().reindex(by.index, fill_value=0)
    is_recent = by["last"] <= 28
    found = {
        "newcomer": is_recent & (by["first"] <= 28),
        "regular": is_recent & (by["first"] > 28) & (by["recent"] >= 4),
        "occasional": is_recent & (by["first"] > 28) & (by["recent"] < 4),
        "drifting": ~is_recent & (by["last"] <= 56),
        "lost": (by["last"] > 56) & (by["last"] <= 112),
    }
    return {name: int(chosen.sum()) for name, chosen in found.items()}
