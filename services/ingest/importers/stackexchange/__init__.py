"""A Stack Exchange site's dump: Users, Posts, Comments and Votes as XML, merged by time.

Each table is read as a stream. Rows stand in the order of their ids, nearly that of time: a look-ahead of a few thousand
rows sorts out the rest. A post from further back is looked up before (see `stragglers`) and stands where it belongs; a user,
comment or vote, which nothing waits for, comes late but comes. Votes tell the day alone: they keep midnight as their time
and stand at the end of the day, behind their post. Nothing stands before the post that it belongs to.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from services.ingest.importers.files import occurrences
from services.ingest.importers.importer import Broken, Where
from services.ingest.importers.stackexchange.facts import Site, commented, joined, posted, voted
from services.ingest.importers.stackexchange.index import Index, index
from services.ingest.importers.stackexchange.rows import ROW, Comment, Post, Row, User, Vote, rows
from shared.errors import Unprocessable
from shared.events import Envelope

TABLES = ("Users.xml", "Posts.xml", "Comments.xml", "Votes.xml")

POSTS = TABLES.index("Posts.xml")

ROWS_AHEAD_MAX = 5_000
"""Look-ahead of each table: questions that came from other sites keep their old time, and come in dozens, not thousands."""

STRAGGLERS_MAX = 100_000
"""Posts kept in memory because they stand further back: 2-3 kB each, a few hundred megabytes at most."""

DAY = timedelta(days=1) - timedelta(microseconds=1)
"""From a vote's midnight to the last instant of its day."""

Order = tuple[datetime, int, int]
"""When it stands in the stream, the table (users, posts, comments, votes), the row."""

START: Order = (datetime.min.replace(tzinfo=UTC), 0, 0)
"""Before everything."""

Item = Envelope | Broken
Read = TypeVar("Read")
AnyRow = TypeVar("AnyRow", bound=Row)


class StackExchange:
    """The importer."""

    format = "stackexchange"

    def count(self, path: Path) -> int:
        """Return how many rows the four tables hold."""
        return sum(occurrences(path / table, ROW) for table in TABLES)

    def read(self, path: Path, where: Where) -> Iterator[Item]:
        """Yield the site's events, tables merged by time."""
        missing = [table for table in TABLES if not (path / table).is_file()]
        if missing:
            raise Unprocessable(f"not a Stack Exchange dump: {', '.join(missing)} missing")
        community = where.community or f"stackexchange:{path.resolve().name.removeprefix('stackexchange_')}"
        site = Site(where, community, index(path))
        far = stragglers(site.index)
        streams = [in_order(stream) for stream in streams_of(path, site, far)]
        return (item for _, item in heapq.merge(*streams, early(path, site, far), key=itemgetter(0)))


def stragglers(index: Index) -> frozenset[int]:
    """Return the posts that the look-ahead does not bring to their places: without them, it brings all others to theirs.

    Raises Unprocessable where there are too many of them.
    """
    placed = (((index.since(post, known.at), POSTS, post), post) for post, known in index.posts.items())
    found, last = set[int](), START
    for order, post in in_order(placed):
        if order < last:
            found.add(post)
        last = max(last, order)
    if len(found) > STRAGGLERS_MAX:
        raise Unprocessable(f"{len(found)} rows of Posts.xml stand far from their places; sort them by their ids")
    return frozenset(found)


def early(path: Path, site: Site, far: frozenset[int]) -> Iterator[tuple[Order, Item]]:
    """Return the stragglers' events, sorted; the table is read once more, where there are any."""
    found = posts(path, site, far.__contains__) if far else iter(())
    return iter(sorted((one for one in found if not isinstance(one[1], Broken)), key=itemgetter(0)))


def streams_of(path: Path, site: Site, far: frozenset[int]) -> tuple[Iterator[tuple[Order, Item]], ...]:
    """Return each table's events with their places, without the stragglers."""
    since = site.index.since
    return (
        table(path, User, 0, lambda user: joined(user, site), lambda user: user.at),
        posts(path, site, lambda post: post not in far),
        table(path, Comment, 2, lambda comment: commented(comment, site), lambda row: since(row.post_id, row.at)),
        table(path, Vote, 3, lambda vote: voted(vote, site), lambda vote: since(vote.post_id, vote.at + DAY)),
    )


def posts(path: Path, site: Site, wanted: Callable[[int], bool]) -> Iterator[tuple[Order, Item]]:
    """Return the events of the posts that are wanted, and what is broken, with their places."""
    since = site.index.since
    make = partial(content, site=site)
    return table(path, Post, POSTS, lambda post: make(post) if wanted(post.id) else None, lambda p: since(p.id, p.at))


def content(post: Post, site: Site) -> Envelope | None:
    """Return a question or answer; None for anything else that the table of posts holds."""
    return posted(post, site) if post.id in site.index.posts else None


def table(
    path: Path, row: type[AnyRow], rank: int, make: Callable[[AnyRow], Envelope | None], at: Callable[[AnyRow], datetime]
) -> Iterator[tuple[Order, Item]]:
    """Yield what the rows of one table become; a broken row stands where the one before it does."""
    last = START
    for one in rows(path / TABLES[rank], row):
        if isinstance(one, Broken):
            yield last, one
        elif (made := make(one)) is not None:
            last = (at(one), rank, one.id)
            yield last, made


def in_order(stream: Iterator[tuple[Order, Read]]) -> Iterator[tuple[Order, Read]]:
    """Yield the stream sorted, as far as the look-ahead reaches; what is broken takes no place of it."""
    ahead: list[tuple[Order, int, Read]] = []
    reach = ROWS_AHEAD_MAX
    for number, (order, item) in enumerate(stream):
        heapq.heappush(ahead, (order, number, item))
        reach += isinstance(item, Broken)
        while len(ahead) > reach:
            first, _, due = heapq.heappop(ahead)
            reach -= isinstance(due, Broken)
            yield first, due
    while ahead:
        first, _, due = heapq.heappop(ahead)
        yield first, due
