"""Videos of a channel: new, changed, gone.

YouTube tells a new video and a changed one in the same words, a new one more than once, and not always at once. Within the
first minute `updated` runs after `published` by itself; until a day later it may be the first that is told, so it is
told as new as well, which counts once; what comes later is a change of an old video alone. The limit: a change within the
first minute is not told, and a video that was hidden and shown again is told as changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from services.ingest.connectors.found import addresses, some, tags
from services.ingest.connectors.youtube.places import Place, Told, instant, told
from services.ingest.connectors.youtube.wire import Tombstone, Video
from shared.events import Envelope
from shared.events.community import Content, ContentCreated, ContentDeleted, ContentEdited, Media, Removal

SETTLES_WITHIN = timedelta(minutes=1)
TOLD_WITHIN = timedelta(days=1)
"""How long after its publication a video goes on changing by itself, and may be told for the first time."""


def published(place: Place, video: Video) -> Iterator[Envelope]:
    """Yield what an entry tells."""
    at, changed = instant(video.published), instant(video.updated)
    content = content_of(place, video)
    subject = f"{content.content_id}"
    if changed - at <= TOLD_WITHIN:
        yield told(place, ContentCreated, Told(subject, subject, at), content)
    if changed - at > SETTLES_WITHIN:
        what = Told(f"edited/{subject}", subject, changed, video.updated)
        yield told(place, ContentEdited, what, replace(content, edition=int(changed.timestamp())))


def content_of(place: Place, video: Video) -> Content:
    """Return a video as the post that it is; its title is all that a feed tells of it."""
    text = video.title or ""
    return Content(
        actor=place.actor(video.channel, video.author),
        content_id=place.thing(video.id),
        kind="post",
        text=text or None,
        format="video",
        links=some(addresses(text)),
        tags=tags(text),
        media=(Media(type="video"),),
    )


def gone(place: Place, tombstone: Tombstone) -> Envelope:
    """Return that a video is gone, or private."""
    subject = place.thing(tombstone.id)
    what = Told(f"deleted/{subject}", subject, instant(tombstone.when), tombstone.when)
    return told(place, ContentDeleted, what, Removal(content_id=subject, kind="post"))
