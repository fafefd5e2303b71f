"""What is attached to a post, comment or message, and the words that an edit is known by."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from services.ingest.connectors.found import Plain, plain_format, some
from services.ingest.connectors.vk.actors import Group
from services.ingest.connectors.vk.text import plain
from services.ingest.connectors.vk.wire import Attachments, Name, Piece
from shared.events import event_id
from shared.events.community import Content, Format, Media
from shared.events.envelope import TEXT_CHARS_MAX

FORMATS: Mapping[str, Format] = {
    "photo": "photo",
    "posted_photo": "photo",
    "graffiti": "photo",
    "sticker": "photo",
    "album": "photo",
    "video": "video",
    "audio": "audio",
    "audio_message": "audio",
    "podcast": "audio",
    "doc": "file",
    "link": "link",
    "poll": "poll",
}
"""Of all other kinds the contract has no format."""

_name = msgspec.json.Decoder(Name)
_piece = msgspec.json.Decoder(Piece)


class Attached(Struct, frozen=True):
    """One attachment."""

    type: str
    piece: Piece


def attached(attachments: Attachments) -> list[Attached]:
    """Return what is attached. Raises msgspec's errors where it is not of VK's shape."""
    found = []
    for attachment in attachments:
        type_ = _name.decode(attachment.get("type", msgspec.Raw(b'"unknown"')))
        found.append(Attached(type_, _piece.decode(attachment.get(type_, msgspec.Raw(b"{}")))))
    return found


def written(group: Group, text: str, attachments: Attachments) -> Content:
    """Return what was written and attached, without who and where."""
    parts = attached(attachments)
    said = plain(text or words(parts))
    polls = [part.piece for part in parts if part.type == "poll" and part.piece.id is not None]
    return Content(
        text=said.text,
        format=format_of(said, parts),
        links=some((*(said.links or ()), *(part.piece.url for part in parts if part.type == "link" and part.piece.url))),
        mentions=said.mentions,
        tags=said.tags,
        media=tuple(Media(type=part.type, size=part.piece.size) for part in parts if part.type != "poll") or None,
        poll=poll_id(group, polls[0].owner_id, polls[0].id) if polls else None,
        time_source="platform",
    )


def poll_id(group: Group, owner: int | None, number: int | str | None) -> str:
    """Return the id of a poll; one that tells no owner is the community's."""
    return group.thing("poll", owner or -group.id, number or 0)


def format_of(said: Plain, parts: list[Attached]) -> Format | None:
    """Return the first attachment's format; a preview of a link does not make a text a link, unless it is nothing else."""
    if parts and (parts[0].type != "link" or said.text is None):
        return FORMATS.get(parts[0].type)
    return plain_format(said.text, said.links)


def words(parts: list[Attached]) -> str:
    """Return the words that attachments bring along, for whoever judges a content without any: a poll's."""
    lines = [line for part in parts for line in (part.piece.question, *(answer.text for answer in part.piece.answers))]
    return "\n".join(line for line in lines if line)[:TEXT_CHARS_MAX]


def digest(text: str, attachments: Attachments) -> str:
    """Return by what an edit is known: the text as it was sent, and which things are attached.

    Not their addresses and counters, which change by themselves. Ids are kept for good, so this form never changes
    (docs/decisions/ids-are-made-of-what-was-sent.md).
    """
    parts = [
        f"{a.type}/{a.piece.owner_id}/{a.piece.id}/{a.piece.url if a.type == 'link' else ''}" for a in attached(attachments)
    ]
    return event_id(text, *parts)
