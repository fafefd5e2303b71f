"""A Stack Exchange site's dump: Users, Posts, Comments and Votes as XML, merged by time.

Each table is read as a stream. Rows stand in the order of their ids, nearly that of time: a look-ahead of a few thousand
rows sorts out the rest, and a row from further back comes late but comes. Votes tell the day alone: they keep midnight as
their time and stand at the end of the day, behind their post. Nothing stands before the post that it belongs to.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from services.ingest.importers.importer import Broken, Where
from services.ingest.importers.stackexchange.facts import Site, commented, joined, posted, voted
from services.ingest.importers.stackexchange.index import index
from services.ingest.importers.stackexchange.rows import Comment, Post, Row, User, Vote, count, rows
from shared.errors import Unprocessable
from shared.events import Envelope

TABLES = ("Users.xml", "Posts.xml", "Comments.xml", "Votes.xml")

ROWS_AHEAD_MAX = 5_000
"""Look-ahead of each table: questions that came from other sites keep their old time, and come in dozens, not thousands."""

DAY = timedelta(days=1) - timedelta(microseconds=1)
"""From a vote's midnight to the last instant of its day."""

Order = tuple[datetime, int, int]
"""When it stands in the stream, the table (users, posts, comments, votes), the row."""

Item = Envelope | Broken
AnyRow = TypeVar("AnyRow", bound=Row)


class StackExchange:
    """The importer."""

    format = "stackexchange"

    def count(self, path: Path) -> int:
        """Return how many rows the four tables hold."""
        return sum(count(path / table) for table in TABLES)

    def read(self, path: Path, where: Where) -> Iterator[Item]:
        """Yield the site's events, tables merged by time."""
        missing = [table for table in TABLES if not (path / table).is_file()]
        if missing:
            raise Unprocessable(f"not a Stack Exchange dump: {', '.join(missing)} missing")
        community = where.community or f"stackexchange:{path.resolve().name.removeprefix('stackexchange_')}"
        site = Site(where, community, index(path))
        streams = map(in_order, streams_of(path, site))
        return (item for _, item in heapq.merge(*streams, key=itemgetter(0)))


def streams_of(path: Path, site: Site) -> tuple[Iterator[tuple[Order, Item]], ...]:
    """Return each table's events with their places."""
    since = site.index.since
    return (
        table(path, User, 0, lambda user: joined(user, site), lambda user: user.at),
        table(path, Post, 1, lambda post: content(post, site), lambda post: since(post.id, post.at)),
        table(path, Comment, 2, lambda comment: commented(comment, site), lambda row: since(row.post_id, row.at)),
        table(path, Vote, 3, lambda vote: voted(vote, site), lambda vote: since(vote.post_id, vote.at + DAY)),
    )


def content(post: Post, site: Site) -> Envelope | None:
    """Return a question or answer; None for anything else that the table of posts holds."""
    return posted(post, site) if post.id in site.index.posts else None


def table(
    path: Path, row: type[AnyRow], rank: int, make: Callable[[AnyRow], Envelope | None], at: Callable[[AnyRow], datetime]
) -> Iterator[tuple[Order, Item]]:
    """Yield what the rows of one table become; a broken row stands where the one before it does."""
    last: Order = (datetime.min.replace(tzinfo=UTC), rank, 0)
    for one in rows(path / TABLES[rank], row):
        if isinstance(one, Broken):
            yield last, one
        elif (made := make(one)) is not None:
            last = (at(one), rank, one.id)
            yield last, made


def in_order(stream: Iterator[tuple[Order, Item]]) -> Iterator[tuple[Order, Item]]:
    """Yield the stream sorted, as far as the look-ahead reaches."""
    ahead: list[tuple[Order, int, Item]] = []
    for number, (order, item) in enumerate(stream):
        heapq.heappush(ahead, (order, number, item))
        if len(ahead) > ROWS_AHEAD_MAX:
            first, _, due = heapq.heappop(ahead)
            yield first, due
    while ahead:
        first, _, due = heapq.heappop(ahead)
        yield first, due
