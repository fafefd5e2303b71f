"""One entry of a feed: the post that it is, and its last change."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
from msgspec.structs import replace

from services.ingest.connectors.found import addresses, plain_format, some
from services.ingest.connectors.html import page
from services.ingest.connectors.payload import Payload
from services.ingest.facts import Fact, event
from shared.errors import Unprocessable
from shared.events import Actor, Envelope, event_id
from shared.events.community import Content, ContentCreated, ContentEdited, Format, Media
from shared.events.envelope import NAME_CHARS_MAX, TEXT_CHARS_MAX

SETTLES_WITHIN = timedelta(minutes=1)
"""Many feeds date an entry's last change a moment after its publication."""

MEDIA_MAX = 50
"""The contract's limit for media."""

SIZE_DIGITS_MAX = 15
"""Of an enclosure: a petabyte."""

FORMATS: Mapping[str, Format] = {"image": "photo", "photo": "photo", "video": "video", "audio": "audio"}

Entry = Mapping[str, Any]
"""What feedparser makes of an entry: everything may be missing, or of another type than it should be."""


def read(body: bytes) -> list[Entry]:
    """Return a feed's entries. Raises Unprocessable where it is none, or declares entities of its own, which may grow."""
    if b"<!ENTITY" in body.upper():
        raise Unprocessable("not a feed: it declares entities of its own")
    try:
        found = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        raise Unprocessable(f"not a feed: the reader gave up on it: {type(error).__name__}") from error
    if not found.get("version") and not found.get("entries"):
        raise Unprocessable("not a feed")
    # As plain dicts: feedparser's own answer for a date that is missing with another one.
    return [dict(entry) for entry in found.get("entries", ())]


def told_of(payload: Payload, community: str, entry: Entry) -> Iterator[Envelope]:
    """Yield an entry's creation, and its last change where it is dated. Without an id, link or title it is none."""
    name = name_of(entry)
    if name is None:
        return
    content = content_of(community, name, entry)
    subject = f"{content.content_id}"
    created, changed = instant(entry, "published_parsed"), instant(entry, "updated_parsed")
    at = created or changed
    told_at = at or payload.recordedtime
    content = replace(content, time_source="receipt" if at is None else "platform")
    yield event(ContentCreated, payload, Fact(community=community, about=subject, at=told_at, subject=subject), content)
    if created is not None and changed is not None and changed - created > SETTLES_WITHIN:
        fact = Fact(
            community=community, about=f"edited/{subject}", version=str(entry.get("updated")), at=changed, subject=subject
        )
        yield event(ContentEdited, payload, fact, replace(content, edition=int(changed.timestamp())))


def name_of(entry: Entry) -> str | None:
    """Return what tells an entry from the others of its feed."""
    named = string(entry, "id") or string(entry, "link")
    if named:
        return named
    titled = string(entry, "title")
    return event_id(titled, string(entry, "published")) if titled else None


def content_of(community: str, name: str, entry: Entry) -> Content:
    """Return an entry as the post that it is: its title, and its text as far as the feed has it."""
    body = page(text_of(entry))
    title = page(string(entry, "title")).text
    said = "\n".join(line for line in (title, body.text) if line)[:TEXT_CHARS_MAX]
    links = some((*([string(entry, "link")] if string(entry, "link") else ()), *(body.links or ()), *addresses(said)))
    media = enclosures(entry) or body.media
    return Content(
        actor=Actor(id=community[:NAME_CHARS_MAX], name=author_of(entry), role="community"),
        content_id=f"{community}:{event_id(name)}",
        kind="post",
        text=said or None,
        format=FORMATS.get(media[0].type.partition("/")[0], "file") if media else plain_format(said, links),
        links=links,
        tags=some(tag for tag in tags(entry) if len(tag) <= NAME_CHARS_MAX),
        media=media,
    )


def author_of(entry: Entry) -> str | None:
    """Return who signed an entry, without an e-mail address."""
    detail = entry.get("author_detail")
    name = string(detail, "name") if isinstance(detail, Mapping) else ""
    return name[:NAME_CHARS_MAX] if name and "@" not in name else None


def string(entry: Entry, field: str) -> str:
    """Return a field that is text; nothing where it is not."""
    found = entry.get(field)
    return found.strip() if isinstance(found, str) else ""


def text_of(entry: Entry) -> str:
    """Return the whole text where the feed has it, else the summary."""
    parts = entry.get("content")
    whole = [part.get("value") for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    return next((text for text in whole if isinstance(text, str) and text), string(entry, "summary"))


def tags(entry: Entry) -> Iterator[str]:
    """Yield an entry's categories."""
    listed = entry.get("tags")
    for tag in listed if isinstance(listed, list) else ():
        term = tag.get("term") if isinstance(tag, Mapping) else None
        if isinstance(term, str) and term:
            yield term.casefold()


def enclosures(entry: Entry) -> tuple[Media, ...] | None:
    """Return what is attached."""
    listed = entry.get("links")
    linked = [part for part in listed if isinstance(part, Mapping)] if isinstance(listed, list) else []
    found = []
    for part in [part for part in linked if part.get("rel") == "enclosure"][:MEDIA_MAX]:
        type_, size = part.get("type"), str(part.get("length", ""))
        number = int(size) if size.isascii() and size.isdecimal() and len(size) <= SIZE_DIGITS_MAX else None
        found.append(Media(type=(type_ if isinstance(type_, str) and type_ else "file")[:NAME_CHARS_MAX], size=number))
    return tuple(found) or None


def instant(entry: Entry, field: str) -> datetime | None:
    """Return a date that the reader understood, in UTC."""
    found = entry.get(field)
    if found is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(found), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
