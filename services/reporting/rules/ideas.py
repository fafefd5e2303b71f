"""The register of ideas: what staff decide about one, and what its author is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from services.reporting.figures.buckets.remark import Remark
from services.reporting.figures.buckets.said import Recount
from shared.errors import Unprocessable
from shared.events import event_id
from shared.events.actions import Act, ActionReply
from shared.events.codec import reason
from shared.events.envelope import Instant, Name

Status = Literal["new", "planned", "done", "declined"]
STATUSES: tuple[Status, ...] = get_args(Status)

LATE = timedelta(days=1)
"""After it the author is not told any more: the thread has moved on."""

NOTE_CHARS_MAX = 500
SOURCE = "reporting/ideas"

_SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "planned": ("Thank you, we are going to do this.", "Спасибо за идею, мы это сделаем."),
        "done": ("Your idea is done. Thank you!", "Ваша идея воплощена. Спасибо!"),
        "declined": ("Thank you for the idea. We are not going to do it.", "Спасибо за идею. Делать этого мы не будем."),
    }
)
"""English, Russian."""


class Decide(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="reporting.command.decide_idea"):
    """Staff say what becomes of an idea; a content that was not sorted as one is put into the register by it."""

    id: Name
    """A second telling of the same id is skipped."""
    brand: Name
    community: Name
    content: Name
    status: Status
    at: Instant
    by: Name
    note: Annotated[str, Meta(max_length=NOTE_CHARS_MAX)] | None = None
    """Said to the author instead of the words above; kept nowhere."""


Command = Decide | Recount

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def decoded(raw: bytes) -> Command:
    """Return the command. Raises Unprocessable where it is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a command of listening: {reason(error)}") from error


def answer(remark: Remark, command: Decide) -> ActionReply | None:
    """Return what tells the author, in the language of the idea; None of history, of what is gone, and where nothing is new.

    That an idea is new again is told only with a note.
    """
    text = command.note or (_SAID[command.status][remark.language == "ru"] if command.status in _SAID else None)
    if text is None or remark.imported or not remark.is_idea or remark.author is None:
        return None
    return ActionReply(
        id=event_id("reporting.idea", command.brand, command.community, command.id),
        source=SOURCE,
        time=command.at,
        recordedtime=command.at,
        brand=command.brand,
        community=command.community,
        subject=command.content,
        data=Act(
            cause=command.id,
            content_id=command.content,
            content_author=remark.author,
            channel=remark.channel,
            text=text,
            deadline=command.at + LATE,
        ),
    )
