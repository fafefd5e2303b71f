"""A comment or a submission into what it tells: that it was written, edited, complained about, voted on, and is gone.

Whoever polls sees the same thing again and again, and an archive saw it once: what they tell is known by its fullname.

- An edit is known by its second (`edited`); where only `true` is told, nothing is.
- Complaints have no id: the third of one reason is the third, whenever it is seen. They have the time of their receipt.
- The score is a total, right behind what is told of the thing itself. It is known by its value: one that comes back to an
  earlier value is not told anew. A score of 1, the author's own, tells nothing.
- A removal is known by its second, which moderators are told here and in their log. Nobody is told when a member deleted
  their own words: that is known once, and has the time of the archive's look or of the receipt.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime

from services.ingest.connectors.found import addresses, some
from services.ingest.connectors.reddit.names import (
    NOBODY,
    actor,
    community_of,
    content_of,
    instant,
)
from services.ingest.connectors.reddit.seen import fact, fullname, seen_at, source_of
from services.ingest.connectors.reddit.wire import Thing
from services.ingest.facts import Fact, Stamp, event
from shared.events import Actor, Envelope
from shared.events.community import (
    Complaint,
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentFlagged,
    ContentMeasured,
    Format,
    Kind,
    Measures,
    Media,
    Removal,
)
from shared.events.envelope import TEXT_CHARS_MAX

MENTION = re.compile(r"(?<![\w/])/?u/([A-Za-z0-9_-]{3,20})")
FORMATS: dict[str, Format] = {"image": "photo", "hosted:video": "video", "rich:video": "video"}
"""By `post_hint`."""

COMPLAINTS_MAX = 100
"""Of one reason; more are a campaign, and the hundredth says so."""

OWN_VOTE = 1


def events_of(thing: Thing, stamp: Stamp) -> Iterator[Envelope]:
    """Yield what is told of a thing, first that it was written."""
    yield written(thing, stamp, ContentCreated)
    yield from edits(thing, stamp)
    yield from complaints(thing, stamp)
    yield from measured(thing, stamp)
    yield from gone(thing, stamp)


def written(thing: Thing, stamp: Stamp, make: type[Envelope], edition: int | None = None) -> Envelope:
    """Return the content, or the version of an edit of that second."""
    name = fullname(thing)
    at = instant(thing.created_utc if edition is None else edition)
    about = name if edition is None else f"edited/{name}"
    return event(make, stamp, fact(thing, about, at, edition or 0), content(thing, edition))


def content(thing: Thing, edition: int | None) -> Content:
    """Return what was written, as far as it is still there."""
    is_comment = thing.title is None
    text = words(thing)
    address = None if is_comment or thing.is_self or not thing.url else html.unescape(thing.url)
    found = some((*((address,) if address else ()), *addresses(text)))
    format_ = "text" if is_comment else format_of(thing, address)
    return Content(
        actor=actor(thing.author, thing.distinguished),
        content_id=content_of(fullname(thing)),
        kind="comment" if is_comment else "post",
        text=text[:TEXT_CHARS_MAX] or None,
        format=format_,
        links=found,
        mentions=some(f"reddit:{name.lower()}" for name in MENTION.findall(text)),
        tags=(thing.link_flair_text.casefold(),) if thing.link_flair_text else None,
        media=(Media(type=format_),) if format_ in {"photo", "video"} else None,
        parent=content_of(thing.parent_id) if isinstance(thing.parent_id, str) else None,
        thread=content_of(thing.link_id) if thing.link_id is not None else None,
        edition=edition,
        time_source="platform",
    )


def words(thing: Thing) -> str:
    """Return the text; of a submission its title and its text. Reddit escapes three characters as in HTML."""
    parts = (thing.title, thing.body if thing.title is None else thing.selftext)
    return html.unescape("\n\n".join(part for part in parts if part and part not in NOBODY))


def format_of(thing: Thing, address: str | None) -> Format:
    """Return what a submission is."""
    if thing.poll_data is not None:
        return "poll"
    if thing.is_video:
        return "video"
    if thing.is_gallery:
        return "photo"
    return FORMATS.get(thing.post_hint or "", "link" if address is not None else "text")


def edits(thing: Thing, stamp: Stamp) -> Iterator[Envelope]:
    """Yield the last edit, where its time is told."""
    if thing.edited is not None and not isinstance(thing.edited, bool):
        yield written(thing, stamp, ContentEdited, int(thing.edited))


def complaints(thing: Thing, stamp: Stamp) -> Iterator[Envelope]:
    """Yield the complaints: of moderators by name, of members by their number."""
    content_id, name = content_of(fullname(thing)), fullname(thing)
    at = seen_at(thing, stamp)
    for reason, moderator in map(pair, thing.mod_reports):
        who = actor(moderator if isinstance(moderator, str) and len(moderator) <= NAME_CHARS_MAX else None)
        data = Complaint(actor=who, content_id=content_id, category=reason or None, time_source=source_of(thing, stamp))
        yield event(ContentFlagged, stamp, fact(thing, f"report/{name}/{who.id if who else ''}/{reason}", at), data)
    for reason, count in map(pair, thing.user_reports):
        data = Complaint(content_id=content_id, category=reason or None, time_source=source_of(thing, stamp))
        for number in range(1, min(count if isinstance(count, int) else 1, COMPLAINTS_MAX) + 1):
            yield event(ContentFlagged, stamp, fact(thing, f"reports/{name}/{reason}", at, number), data)


def pair(report: tuple[object, ...]) -> tuple[str, object]:
    """Return a reason and what stands behind it: who gave it, or how many; more is for moderators' tools."""
    reason, other = (*report, None, None)[:2]
    return str(reason or "")[:NAME_CHARS_MAX], other


NAME_CHARS_MAX = 300
"""Of a reason that a member wrote (Reddit allows 100), and of whoever gave it: a longer name is nobody's."""


def measured(thing: Thing, stamp: Stamp) -> Iterator[Envelope]:
    """Yield the score, where it is told and says something; the contract counts no less than nought."""
    if thing.score is None or thing.score_hidden or thing.score == OWN_VOTE:
        return
    data = Measures(
        content_id=content_of(fullname(thing)), reactions=max(thing.score, 0), time_source=source_of(thing, stamp)
    )
    yield event(ContentMeasured, stamp, fact(thing, f"score/{fullname(thing)}", seen_at(thing, stamp), thing.score), data)


def is_gone(thing: Thing) -> bool:
    """Return whether the thing was removed by somebody, or deleted by its author."""
    body = thing.body if thing.title is None else thing.selftext
    return bool(thing.removed or thing.banned_by or thing.removed_by_category) or body in {"[deleted]", "[removed]"}


def gone(thing: Thing, stamp: Stamp) -> Iterator[Envelope]:
    """Yield that the thing is gone, where it is."""
    if is_gone(thing):
        second = thing.banned_at_utc
        at = seen_at(thing, stamp) if second is None else instant(second)
        kind: Kind = "comment" if thing.title is None else "post"
        yield removal(
            fact_of_removal(thing.subreddit, fullname(thing), at, 0 if second is None else int(second)), kind, stamp
        )


def fact_of_removal(subreddit: str, name: str, at: datetime, second: int) -> Fact:
    """Return that a thing was taken away at that second, or 0 where none is told."""
    content_id = content_of(name)
    return Fact(community=community_of(subreddit), about=f"deleted/{name}", version=second, at=at, subject=content_id)


def removal(what: Fact, kind: Kind, stamp: Stamp, by: Actor | None = None, reason: str | None = None) -> Envelope:
    """Return that a content is gone."""
    return event(ContentDeleted, stamp, what, Removal(actor=by, content_id=what.subject, kind=kind, reason=reason))
