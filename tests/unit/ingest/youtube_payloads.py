"""One feed or resource of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.youtube_payloads` writes the golden file anew; read the difference before committing it. What we
read in a payload may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "youtube.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

YOUTUBE = CONNECTORS["youtube"]
CHANNEL, OTHER, ANNA = "UCglue", "UCother", "UCanna"
SECRET, TOKEN = "subscription-secret", "verify-me"
TOPIC = f"https://www.youtube.com/xml/feeds/videos.xml?channel_id={CHANNEL}"
PUBLISHED, AT_ONCE = "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:07.552394234+00:00"
SOON, LATER = "2026-01-01T00:20:00+00:00", "2026-01-09T19:05:24.5+00:00"

NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
    ' xmlns:at="http://purl.org/atompub/tombstones/1.0"'
)


def feed(*entries: str, own: str = TOPIC) -> bytes:
    return (
        f"<feed {NAMESPACES}><link rel='self' href={quoteattr(own)}/><title>Feed</title>{''.join(entries)}</feed>".encode()
    )


def video(title: str = "Клей #обзор", *, updated: str = AT_ONCE, published: str = PUBLISHED, channel: str = CHANNEL) -> str:
    return (
        f"<entry><id>yt:video:v1</id><yt:videoId>v1</yt:videoId><yt:channelId>{channel}</yt:channelId>"
        f"<title>{escape(title)}</title><link rel='alternate' href='https://www.youtube.com/watch?v=v1'/>"
        f"<author><name>Мастерская</name><uri>https://www.youtube.com/channel/{channel}</uri></author>"
        f"<published>{published}</published><updated>{updated}</updated></entry>"
    )


def tombstone(owner: str = f"<at:by><uri>https://www.youtube.com/channel/{CHANNEL}</uri></at:by>") -> str:
    return f"<at:deleted-entry ref='yt:video:v1' when='{LATER}'>{owner}</at:deleted-entry>"


def said(**fields: object) -> Json:
    return {
        "channelId": CHANNEL,
        "videoId": "v1",
        "textDisplay": "Где купить? https://a.example",
        "textOriginal": "Где купить? https://a.example",
        "authorDisplayName": "@anna",
        "authorChannelId": {"value": ANNA},
        "likeCount": 0,
        "publishedAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z",
    } | fields


def comment(id_: str = "Ugx1", **fields: object) -> Json:
    return {"kind": "youtube#comment", "etag": "e", "id": id_, "snippet": said(**fields)}


def thread(*replies: Json, **fields: object) -> Json:
    snippet = {"channelId": CHANNEL, "videoId": "v1", "topLevelComment": comment(), "totalReplyCount": len(replies)} | fields
    found: Json = {"kind": "youtube#commentThread", "etag": "e", "id": "Ugx1", "snippet": snippet}
    return found | ({"replies": {"comments": list(replies)}} if replies else {})


def reply(**fields: object) -> Json:
    return comment(
        "Ugx1.2", **{"parentId": "Ugx1", "textOriginal": "В лавке", "authorChannelId": {"value": CHANNEL}} | fields
    )


CASES: dict[str, bytes | Json] = {
    "video": feed(video()),
    "video_told_late": feed(video(updated=SOON)),
    "video_changed": feed(video("Клей & гвозди", updated=LATER)),
    "video_without_title": feed(video("")),
    "video_updated_before_it_was_published": feed(video(updated=PUBLISHED, published=LATER)),
    "video_gone": feed(tombstone()),
    "video_gone_of_the_feeds_own_channel": feed(tombstone("")),
    "video_gone_of_nobody": feed(tombstone(""), own="https://www.youtube.com/else"),
    "feed_of_nothing": feed(),
    "thread": thread(),
    "thread_with_replies": thread(reply(), reply(textOriginal=None, textDisplay="Тут", likeCount=3)),
    "thread_about_a_channel": thread(videoId=None, topLevelComment=comment(videoId=None)),
    "thread_held_back": thread(topLevelComment=comment(moderationStatus="heldForReview")),
    "comment": comment(likeCount=7),
    "comment_of_one_link": comment(textOriginal="https://a.example"),
    "comment_edited": comment(updatedAt="2026-01-02T00:00:00Z", textOriginal="Где?"),
    "comment_of_nobody": comment(authorChannelId=None, authorDisplayName=""),
    "comment_of_no_channel": comment(channelId=None),
    "reply": reply(),
    "page_of_nothing": {"kind": "youtube#commentThreadListResponse", "items": []},
    "unheard_of": {"kind": "youtube#hologram"},
}


def bytes_of(sent: object) -> bytes:
    return sent if isinstance(sent, bytes) else json.dumps(sent, ensure_ascii=False).encode()


def payload(sent: object, **fields: object) -> Payload:
    body = bytes_of(sent)
    first = Payload(body=body, brand="acme", connection="hook", community=YOUTUBE.place(body, {}), recordedtime=RECORDED)
    return msgspec.structs.replace(first, **fields)


def decode(sent: object, **fields: object) -> Decoded:
    return YOUTUBE.decode(payload(sent, **fields))


def told(name: str, **fields: object) -> Decoded:
    return decode(CASES[name], **fields)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: told(name) for name in CASES})
