"""The moderators' log: who was banned, what was removed and let in again. All else there is no fact of the contract.

A line is known by its number; a removal by its second, under which the thing itself tells it as well. Source of the actions:
https://www.reddit.com/dev/api#GET_about_log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from services.ingest.connectors.reddit.names import (
    COMMENT,
    NOBODY,
    actor,
    community_of,
    content_of,
    instant,
    member_of,
)
from services.ingest.connectors.reddit.things import fact_of_removal, removal
from services.ingest.connectors.reddit.wire import Action
from services.ingest.facts import Fact, Stamp, event
from shared.events import Envelope
from shared.events.community import ContentRestored, Kind, MemberBanned, Membership, MemberUnbanned, Removal

REMOVED = frozenset({"removelink", "removecomment", "spamlink", "spamcomment"})
APPROVED = frozenset({"approvelink", "approvecomment"})
CONFIRMED = "confirm_ham"
"""The detail of an approval of what was never removed."""

BANS = {"banuser": MemberBanned, "unbanuser": MemberUnbanned}
DAYS = re.compile(r"(\d{1,4}) days?\Z")
"""For how long somebody is banned; for good says `permanent`."""

CONTENT = re.compile(r"t[13]_[0-9a-z]{1,16}\Z")


def events_of(action: Action, stamp: Stamp) -> Iterator[Envelope]:
    """Yield what a line tells."""
    name = action.target_fullname or ""
    if action.action in BANS:
        yield from _standing(action, stamp)
    elif CONTENT.match(name) is None:
        return
    elif action.action in REMOVED:
        second = int(action.created_utc)
        what = fact_of_removal(action.subreddit, name, instant(second), second)
        yield removal(what, _kind(name), stamp, actor(action.mod), action.details or None)
    elif action.action in APPROVED and action.details != CONFIRMED:
        data = Removal(actor=actor(action.mod), content_id=content_of(name), kind=_kind(name), time_source="platform")
        yield event(ContentRestored, stamp, _fact(action, content_of(name)), data)


def _standing(action: Action, stamp: Stamp) -> Iterator[Envelope]:
    account = action.target_author
    if not account or account in NOBODY:
        return
    make, by = BANS[action.action], actor(action.mod)
    data = Membership(
        actor=by,
        member=member_of(account),
        name=account,
        by=by.id if by is not None else None,
        until=_until(action) if make is MemberBanned else None,
        reason=action.description or None,
        time_source="platform",
    )
    yield event(make, stamp, _fact(action, data.member), data)


def _until(action: Action) -> datetime | None:
    days = DAYS.match(action.details or "")
    return None if days is None else instant(action.created_utc) + timedelta(days=int(days[1]))


def _fact(action: Action, subject: str) -> Fact:
    community = community_of(action.subreddit)
    return Fact(community=community, about=f"modaction/{action.id}", at=instant(action.created_utc), subject=subject)


def _kind(name: str) -> Kind:
    return "comment" if name.startswith(COMMENT) else "post"
