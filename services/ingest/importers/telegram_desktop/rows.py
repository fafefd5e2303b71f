"""One row of an export into events.

An edited message is there in its last version only: it is created with that text, and `edition` says when it was edited.
Reactions are counts, a snapshot of the day of the export: they become `community.content.measured` right behind their
message and at its time, so that what a bot has counted since stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from msgspec.structs import replace

from services.ingest.connectors.telegram.actors import community_id, instant
from services.ingest.connectors.telegram.members import arrivals, departure
from services.ingest.connectors.telegram.messages import content_of, written
from services.ingest.connectors.telegram.reactions import TOTAL_MAX
from services.ingest.connectors.telegram.wire import INSTANT_MAX, Chat, Message, User
from services.ingest.facts import Fact, Stamp, event, version_at
from services.ingest.importers.telegram_desktop.as_sent import as_sent, member, second
from services.ingest.importers.telegram_desktop.topics import Topics
from services.ingest.importers.telegram_desktop.wire import Row
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, ContentMeasured, Measures

JOINED = frozenset({"join_group_by_link", "join_group_by_request"})
"""Notices of who came by themselves."""

MEMBERS = frozenset({"invite_members", "remove_members"})
"""Notices of who came or went, by name alone: only of oneself the id is told as well."""


def events_of(row: Row, chat: Chat, stamp: Stamp, zone: tzinfo, topics: Topics) -> Iterator[Envelope]:
    """Yield what a row tells. Raises Unprocessable where it tells something that cannot be imported."""
    at = _second(row.date, row.date_unixtime, zone)
    if at is None:
        raise Unprocessable("it has no date; Telegram Desktop could not export it")
    if row.type == "service":
        yield from _noticed(row, chat, stamp, at, topics)
        return
    message = as_sent(row, chat, at, topics.of(row.id, row.reply_to_message_id))
    content = content_of(message)
    if content is None:
        raise Unprocessable("nothing that can be imported is in it")
    edition = _second(row.edited, row.edited_unixtime, zone)
    poll = None  # its id is not told
    yield written(stamp, message, ContentCreated, replace(content, edition=edition, poll=poll), version=0)
    if row.reactions:
        yield measured(row, message, stamp)


def _second(date: str | None, unixtime: str | None, zone: tzinfo) -> int | None:
    try:
        found = second(date, unixtime, zone)
    except (ValueError, OverflowError) as error:
        raise Unprocessable("its date is no date") from error
    if found is not None and not 0 <= found <= INSTANT_MAX:
        raise Unprocessable("its date is beyond the calendar")
    return found


def _noticed(row: Row, chat: Chat, stamp: Stamp, at: int, topics: Topics) -> Iterator[Envelope]:
    who = member(row.actor_id, row.actor)
    notice = Message(message_id=row.id, date=at, chat=chat, from_=who)
    if row.action == "topic_created":
        topics.open(row.id)
    elif row.action in JOINED and who is not None:
        yield from arrivals(stamp, notice, (who,))
    elif row.action in MEMBERS:
        yield from _came_or_went(row, notice, who, stamp)


def _came_or_went(row: Row, notice: Message, who: User | None, stamp: Stamp) -> Iterator[Envelope]:
    if who is None or row.members != (row.actor,):
        raise Unprocessable(f"{row.action}: who it was is told by name alone, not by account")
    yield from arrivals(stamp, notice, (who,)) if row.action == "invite_members" else departure(stamp, notice, who)


def measured(row: Row, message: Message, stamp: Stamp) -> Envelope:
    """Return how many reactions a message had when it was exported."""
    content = f"{community_id(message.chat)}:{message.message_id}"
    told = sorted(f"{part.type}/{part.emoji or part.document_id}/{part.count}" for part in row.reactions)
    total = min(sum(part.count for part in row.reactions), TOTAL_MAX)
    fact = Fact(
        community=community_id(message.chat),
        about=f"reactions/{message.message_id}",
        version=version_at(message.date, "exported", *told),
        at=instant(message.date),
        subject=content,
    )
    return event(ContentMeasured, stamp, fact, Measures(content_id=content, reactions=total))
