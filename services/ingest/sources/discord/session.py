"""A session of Discord's gateway, as frames tell of it: what a line goes on from."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.discord import SESSION
from services.ingest.connectors.discord.kinds import NOT_KEPT
from services.ingest.sources.discord.line import Frame
from services.ingest.store import Piece


class Session(msgspec.Struct, frozen=True):
    """What a line goes on from: the session, where it is resumed, and the last frame that Kafka has."""

    id: str
    url: str
    seq: int
    last: int = 0
    """The newest message that was told: where a gap begins if the session is lost."""


class _Guild(msgspec.Struct):
    id: str


class _Ready(msgspec.Struct):
    session_id: str
    resume_gateway_url: str
    guilds: list[_Guild] = []


class _Message(msgspec.Struct):
    id: str = "0"


class _Channel(msgspec.Struct):
    last_message_id: str | None = None


class _Channels(msgspec.Struct):
    channels: list[_Channel] = []


def after(session: Session | None, found: list[tuple[Frame, bytes]]) -> Session | None:
    """Return the session after these frames: a new one begins with READY."""
    for frame, _ in found:
        if frame.t == "READY":
            ready = msgspec.json.decode(frame.d, type=_Ready)
            session = Session(ready.session_id, ready.resume_gateway_url, frame.s or 0)
        elif session is not None and frame.s is not None:
            session = replace(session, seq=max(session.seq, frame.s), last=max(session.last, _last(frame)))
    return session


def _last(frame: Frame) -> int:
    """Return the newest message that a frame tells of: by itself, or as the last of a guild's channels."""
    try:
        if frame.t == "MESSAGE_CREATE":
            return int(msgspec.json.decode(frame.d, type=_Message).id)
        if frame.t == "GUILD_CREATE":
            channels = msgspec.json.decode(frame.d, type=_Channels).channels
            return max((int(channel.last_message_id or 0) for channel in channels), default=0)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return 0  # the connector says what is wrong with it
    return 0


def guilds(found: list[tuple[Frame, bytes]]) -> list[str]:
    """Return the bot's guilds, as the beginning of a session tells them."""
    return [
        guild.id for frame, _ in found if frame.t == "READY" for guild in msgspec.json.decode(frame.d, type=_Ready).guilds
    ]


def piece(session: Session | None, found: tuple[Frame, bytes]) -> Piece | None:
    """Return what is taken in of a frame: nothing of those that tell of the session alone."""
    frame, body = found
    if frame.t is None or frame.t in NOT_KEPT:
        return None
    # The session's own name opens it, together with the token: its digest numbers the frames as well.
    name = hashlib.sha256(session.id.encode()).hexdigest()[:16] if session is not None else ""
    return Piece(body, {SESSION: name})
