"""What the folds stored, read for a report: hours added up by the database, the rest as it is.

Documents are written by the folds alone. All of them carry kind, brand, community and `at`, and an index serves reads by
these. Presences are left out of it: in an import there are as many as events, an index over them slows the fold by a third,
and their keys stand in the order of months anyway. So are contents that were answered but asked nothing: read by key.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from services.reporting.figures import HOUR_COUNTS, POINT_COUNTS, members, own
from services.reporting.figures.buckets import (
    hour,
    membership,
    observed,
    post,
    presence,
    purchase,
    question,
    ruling,
    said,
    subscription,
    total,
)
from services.reporting.figures.buckets.hours import hour_at, month_of, start_of
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.columns import Months, Presences, Questions, presences_of, questions_of
from services.reporting.figures.material import Material, Row
from services.reporting.figures.plans import Plan
from services.reporting.figures.posts import COMPARED_DAYS, Posts
from services.reporting.store import posts as own_posts
from services.reporting.store.partners import known_in
from services.reporting.store.remarks import pipeline, rows_of
from shared.fold.documents import progress_of
from shared.fold.mongo import Client, translated

BATCH = 10_000
"""Documents of one answer of the database; fewer round trips for long frames."""

KEYS_MAX = 10_000
"""Keys that are asked for at once."""

INDEX = [("brand", 1), ("kind", 1), ("at", 1), ("last", 1)]
INDEXED_KINDS = (
    hour.KIND,
    ruling.KIND,
    total.KIND,
    membership.KIND,
    question.ASKED,
    purchase.KIND,
    subscription.KIND,
    observed.KIND,
    post.KIND,
)
INDEXED = {"kind": {"$in": list(INDEXED_KINDS)}}
INDEX_NAME = f"figures {hashlib.sha256(','.join(INDEXED_KINDS).encode()).hexdigest()[:8]}"
"""Another one with every list of kinds: MongoDB takes no index of the same name with another filter."""

_LENGTH = {"$strLenCP": "$member"}
ENDING = {
    "$concat": [
        {"$substrCP": ["$member", {"$max": [0, {"$subtract": [_LENGTH, 2]}]}, 2]},
        {"$substrCP": ["$member", {"$toInt": {"$divide": [_LENGTH, 2]}}, 1]},
    ]
}
"""The last two letters of a member's id, and the one in its middle (addresses end alike): by these a month of members is
cut, for no answer of the database holds more than 16 MB."""
UNTOLD = math.nan
"""Of an instant that has not come."""
WAITS = ("asked_s", "answered_s", "staff_s", "solved_s")
UNREAD = dict.fromkeys(("_id", "q", "brand", "kind"), False)
"""What is known without reading it: of a year of a large community each field costs a second."""

States = AsyncCollection[dict[str, Any]]
Match = dict[str, Any]


class Query(Struct, frozen=True):
    """What to read: whole hours from `first` to `end`, added up by hour or by day in the zone."""

    brand: str
    first: datetime
    end: datetime
    zone: ZoneInfo
    by_hour: bool = False
    communities: Collection[str] | None = None
    """None: all of the brand's own."""
    others: Collection[str] = ()
    """Communities that are not the brand's own: left out unless they are asked for."""
    partners: Collection[str] = ()
    """Those of them that are partners', as far as whoever asks may see them."""

    def of(self, kind: str) -> Match:
        """Return what matches the documents of a kind in the communities."""
        return {"brand": self.brand, "kind": kind, **_among(self.communities, self.others)}

    def within(self, kind: str) -> Match:
        """Return the same for those whose `at` lies within."""
        return self.of(kind) | {"at": {"$gte": self.first, "$lt": self.end}}

    def until(self, kind: str) -> Match:
        """Return the same for those whose `at` is before the end."""
        return self.of(kind) | {"at": {"$lt": self.end}}

    def across(self, kind: str) -> Match:
        """Return the same for those which reach into it, from `at` to `last`."""
        return self.until(kind) | {"last": {"$gte": self.first}}


class FiguresStore:
    """Reads the states of the folds."""

    def __init__(self, client: Client, database: str, figures: str, points: str, listening: str) -> None:
        """`figures`, `points` and `listening` are the groups of the folds."""
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._figures, self._points = named[f"{figures}.states"], named[f"{points}.states"]
        self._remarks = named[f"{listening}.states"]
        self._progress, self._policies, self._groups = named["progress"], named["policies"], (figures, points)

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            for states in (self._figures, self._points):
                await states.create_index(INDEX, name=INDEX_NAME, partialFilterExpression=INDEXED)
                for name, told in (await states.index_information()).items():
                    if name != INDEX_NAME and [*told["key"]] == INDEX:
                        await states.drop_index(name)  # of a release that knew other kinds

    async def read(self, query: Query) -> Material:
        """Return all that the query asks for; the database puts some of it together while some of it is read."""
        async with translated():
            rows = await _sums(self._figures, query, HOUR_COUNTS) + await _sums(self._points, query, POINT_COUNTS)
            totals = await self._totals(query)
            posts, plan = await self._posts(query, totals)
            rows += [
                *own_posts.growth_of(totals),
                *own_posts.rows_of(posts, plan, query.first),
                *await self._observed(query),
            ]
            rows += await self._heard(query)
            communities = sorted({row.community for row in rows})  # who was present was counted as well
            (memberships, answers), presences, questions = await asyncio.gather(
                self._memberships(query), self._presences(query, communities), self._questions(query)
            )
            return Material(
                rows=rows,
                before=await self._before(query),
                presences=presences,
                memberships=memberships,
                answers=answers,
                questions=questions,
                rulings=await self._all(query.within(ruling.KIND), ruling.decode),
                purchases=await self._all(query.until(purchase.KIND), purchase.decode),
                subscriptions=await self._all(query.until(subscription.KIND), subscription.decode),
                posts=posts,
                counted_until=await self._counted_until(query.brand, totals),
                plan=plan,
                partners=await known_in(self._figures, query.brand, query.partners, memberships),
                others=query.others,
            )

    async def span(
        self, brand: str, communities: Collection[str] | None, others: Collection[str] = ()
    ) -> tuple[datetime, datetime] | None:
        """Return the first and the last hour in which anything was counted; None where nothing was."""
        match = {"brand": brand, "kind": hour.KIND, **_among(communities, others)}
        async with translated():
            ends = [await self._figures.find_one(match, {"at": True}, sort=[("at", order)]) for order in (1, -1)]
        first, last = (None if end is None else end["at"] for end in ends)
        return None if first is None or last is None else (first, last)

    async def offsets(self, group: str | None = None) -> Mapping[str, Mapping[str, int]]:
        """Return up to where topics are counted, by both folds or by the one that is named.

        By topic and partition: the offset of the next record.
        """
        groups = self._groups if group is None else (group,)
        async with translated():
            found = await self._progress.find({"_id": {"$regex": f"^({'|'.join(groups)})/"}}).to_list()
        offsets: dict[str, dict[str, int]] = {}
        for one in found:
            for topic, offset in progress_of(one).offsets().items():
                offsets.setdefault(topic, {})[one["_id"].partition("/")[2]] = offset
        return offsets

    async def _all(self, match: Match, decode: Any) -> list[Any]:  # noqa: ANN401 - the codec of any kind
        found = await self._figures.find(match, UNREAD, batch_size=BATCH).to_list()
        return [decode(match | document) for document in found]

    async def _before(self, query: Query) -> list[Row]:
        sums = {name: {"$sum": f"$counts.{name}"} for name in members.NAMES}
        match = query.of(hour.KIND) | {"at": {"$lt": query.first}}
        cursor = await self._figures.aggregate([{"$match": match}, {"$group": {"_id": "$community", **sums}}])
        found = await cursor.to_list()
        return [Row(one["_id"], query.first, {name: int(one[name]) for name in sums}) for one in found]

    async def _totals(self, query: Query) -> list[own_posts.Told]:
        """Return the totals that platforms told, those of the posts too with which the frame's are compared."""
        match = query.until(total.KIND) | {"last": {"$gte": query.first - timedelta(days=COMPARED_DAYS)}}
        found = await self._figures.find(match, batch_size=BATCH).to_list()
        return [own_posts.Told(one["_id"], total.decode(one)) for one in found]

    async def _posts(self, query: Query, totals: Sequence[own_posts.Told]) -> tuple[Posts, Plan]:
        """Return the brand's own posts, with those that they are compared with, and what sorts them."""
        match = query.until(post.KIND) | {"at": {"$gte": query.first - timedelta(days=COMPARED_DAYS), "$lt": query.end}}
        found = await self._figures.find(match, dict.fromkeys(own_posts.READ, True), batch_size=BATCH).to_list()
        known = own_posts.posts_from(query.brand, found, totals)
        return known, await own_posts.plan_of(self._policies, query.brand, query.communities or ())

    async def _counted_until(self, brand: str, totals: Sequence[own_posts.Told]) -> datetime | None:
        """Return the end of the last hour in which anything was counted of the brand, whoever asks, or told as a total."""
        last = await self._figures.find_one({"brand": brand, "kind": hour.KIND}, {"at": True}, sort=[("at", -1)])
        hours = [max(one.state.hours) for one in totals] + ([] if last is None else [hour_at(last["at"])])
        return start_of(max(hours) + 1) if hours else None

    async def _heard(self, query: Query) -> list[Row]:
        cursor = await self._remarks.aggregate(pipeline(query.within(said.KIND), _at(query)), batchSize=BATCH)
        return rows_of(await cursor.to_list())

    async def _observed(self, query: Query) -> list[Row]:
        months = {"at": {"$gte": start_of(month_of(hour_at(query.first))), "$lt": query.end}}
        states = await self._all(query.of(observed.KIND) | months, observed.decode)
        return [
            Row(state.community, start_of(at), dict(zip(own.count_of(state.name), told, strict=True)))
            for state in states
            for at, told in state.hours.items()
        ]

    async def _memberships(self, query: Query) -> tuple[Sequence[membership.Membership], Mapping[tuple[str, str], Question]]:
        memberships = await self._all(query.across(membership.KIND), membership.decode)
        return memberships, await self._answers(query.brand, memberships)

    async def _answers(self, brand: str, memberships: Iterable[membership.Membership]) -> Mapping[tuple[str, str], Question]:
        """Return what became of the first contents of members, as far as somebody answered them."""
        firsts = {question.key_of(brand, one.community, one.first[1]): one for one in memberships if one.first}
        keys, found = list(firsts), {}
        for start in range(0, len(keys), KEYS_MAX):
            for document in await self._figures.find({"_id": {"$in": keys[start : start + KEYS_MAX]}}).to_list():
                of = firsts[document["_id"]]
                assert of.first is not None, "only those were asked for"
                found[of.community, of.first[1]] = question.decode(document | {"author": of.member})
        return found

    async def _presences(self, query: Query, communities: Iterable[str]) -> Presences:
        """Return the months of members as columns; the database puts them together: an object for each would take longer."""
        pushed = {name: {"$ifNull": [f"${name}", []]} for name in ("member", "bits", "to", "times")}
        group = {"_id": {"at": "$at", "ending": ENDING}} | {name: {"$push": told} for name, told in pushed.items()}
        return presences_of(
            [
                Months(community, hour_at(one["_id"]["at"]), one["member"], one["bits"], one["to"], one["times"])
                for community in communities
                for one in await self._grouped(_months(query, community), group)
            ]
        )

    async def _questions(self, query: Query) -> Questions:
        """Return the questions as columns, put together by days."""
        waits = {name: {"$push": {"$ifNull": [f"${name}", UNTOLD]}} for name in WAITS}
        by = {"$push": {"$ifNull": ["$staff_by", ""]}}
        day = {"$dateTrunc": {"date": "$at", "unit": "day"}}
        group = {"_id": {"community": "$community", "day": day}, **waits, "staff_by": by}
        columns, staff_by = dict[str, tuple[list[float], ...]](), dict[str, list[str]]()
        for one in await self._grouped(query.within(question.ASKED), group):
            community = one["_id"]["community"]
            known = columns.setdefault(community, tuple([] for _ in WAITS))
            for column, name in zip(known, WAITS, strict=True):
                column.extend(one[name])
            staff_by.setdefault(community, []).extend(one["staff_by"])
        return questions_of(columns, staff_by)

    async def _grouped(self, match: Match, group: Match) -> list[dict[str, Any]]:
        pipeline = [{"$match": match}, {"$group": group}]
        return await (await self._figures.aggregate(pipeline, allowDiskUse=True)).to_list()


def _months(query: Query, community: str) -> Match:
    """Return what matches a community's presences, by their keys, which stand in the order of months."""
    months = (month_of(hour_at(instant)) for instant in (query.first, query.end))
    low, high = presence.keys_between(query.brand, community, *months)
    return {"_id": {"$gt": low, "$lt": high}, "brand": query.brand, "community": community}


def _at(query: Query) -> Any:  # noqa: ANN401 - an expression of MongoDB
    return "$at" if query.by_hour else {"$dateTrunc": {"date": "$at", "unit": "day", "timezone": query.zone.key}}


async def _sums(states: States, query: Query, names: Sequence[str]) -> list[Row]:
    """Return what the hours add up to; the database knows the days of the zone."""
    group = {"_id": {"community": "$community", "at": _at(query)}} | {name: {"$sum": f"$counts.{name}"} for name in names}
    cursor = await states.aggregate([{"$match": query.within(hour.KIND)}, {"$group": group}], batchSize=BATCH)
    return [_row(document) for document in await cursor.to_list()]


def _row(document: dict[str, Any]) -> Row:
    key = document.pop("_id")
    return Row(key["community"], key["at"], {name: int(n) for name, n in document.items() if n})


def _among(communities: Collection[str] | None, others: Collection[str]) -> dict[str, Any]:
    if communities is not None:
        return {"community": {"$in": sorted(communities)}}
    return {"community": {"$nin": sorted(others)}} if others else {}
