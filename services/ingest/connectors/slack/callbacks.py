"""What each kind of Slack's callbacks becomes.

Slack repeats a callback under the same ids until it is answered, and tells a mention of the app twice, as `message` and as
`app_mention`: both are the same content. A reaction has the id under which an export tells it, which knows no time of it: so
putting it and taking it back are told as turns.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from services.ingest.connectors.payload import Decoded, Payload, Reason, Turn, refused
from services.ingest.connectors.slack import messages
from services.ingest.connectors.slack.messages import CONTENT, Put, Room
from services.ingest.connectors.slack.wire import Message, Name, Stamp, Wire
from services.ingest.connectors.urgency import Urgency
from shared.events.community import ContentEdited

PRIVATE = frozenset({"im", "mpim", "app_home"})
"""Channel types that are talks between two or a few."""

NOT_FACTS = frozenset(
    {
        "app_home_opened",
        "app_uninstalled",
        "member_left_channel",  # leaving a channel is not leaving the workspace
        "team_access_granted",
        "team_access_revoked",
        "tokens_revoked",
    }
)
"""Known kinds that become no event."""

KINDS = frozenset({"message", "app_mention", "reaction_added", "reaction_removed", "member_joined_channel", "team_join"})


class Callback(Wire, frozen=True):
    """The outer object."""

    team_id: Name | None = None
    event: msgspec.Raw = msgspec.Raw(b"{}")
    event_time: Annotated[int, Meta(ge=0, le=2**35)] = 0


class _Kind(Wire, frozen=True):
    type: Name = ""


class Said(Wire, frozen=True):
    """Where a message callback happened; of a change also what stood there before and stands there now."""

    subtype: Name | None = None
    channel: Name | None = None
    channel_type: Name | None = None
    ts: Stamp | None = None
    previous_message: Earlier | None = None
    message: msgspec.Raw = msgspec.Raw()


class Earlier(Wire, frozen=True):
    """What stood there before a change."""

    ts: Stamp
    text: str | None = None


class Item(Wire, frozen=True):
    """What somebody reacted to."""

    type: Name = ""
    channel: Name | None = None
    ts: Stamp | None = None


class Reacted(Wire, frozen=True):
    """A reaction put or taken back."""

    user: Name
    item: Item
    reaction: Name
    event_ts: Stamp
    item_user: Name | None = None


class Person(Wire, frozen=True):
    """A user as `team_join` tells one."""

    id: Name


class Joined(Wire, frozen=True):
    """Somebody in a channel, or new in the workspace."""

    user: Name | Person


_kind = msgspec.json.Decoder(_Kind)
_said = msgspec.json.Decoder(Said)
_message = msgspec.json.Decoder(Message)
_fields = msgspec.json.Decoder(dict[str, Any])
_reacted = msgspec.json.Decoder(Reacted)
_joined = msgspec.json.Decoder(Joined)


LOW = frozenset({"reaction_added", "reaction_removed", "member_joined_channel", "team_join"})
"""Kinds that can wait longer than what members write."""


def urgency_of(callback: Callback) -> Urgency:
    """Return how urgent a callback is."""
    try:
        return Urgency.LOW if _kind.decode(callback.event).type in LOW else Urgency.NORMAL
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Urgency.NORMAL


def told(callback: Callback, payload: Payload) -> Decoded:
    """Return what a callback tells. Raises msgspec's errors where it is not of its kind's shape."""
    kind = _kind.decode(callback.event).type
    if kind not in KINDS:
        return refused(Reason.NOT_A_FACT, kind) if kind in NOT_FACTS else refused(Reason.UNKNOWN_KIND, "unknown")
    if not callback.team_id:
        return refused(Reason.NO_COMMUNITY, kind)
    community = f"slack:{callback.team_id}"
    match kind:
        case "message" | "app_mention":
            return _message_told(callback, payload, community, kind)
        case "reaction_added" | "reaction_removed":
            return _reaction_told(callback, payload, community, kind)
        case _:
            user = _joined.decode(callback.event).user
            room = Room(payload, community, "", {})
            id_ = user if isinstance(user, str) else user.id
            return Decoded(events=(messages.joined(id_, f"{callback.event_time}.000000", room),))


def _message_told(callback: Callback, payload: Payload, community: str, kind: str) -> Decoded:
    said = _said.decode(callback.event)
    if said.channel_type in PRIVATE:
        return refused(Reason.PRIVATE_CHAT, kind)
    if said.channel is None:
        return refused(Reason.NO_COMMUNITY, kind)
    room = Room(payload, community, said.channel, {})
    if said.subtype == "message_changed":
        return _changed(said, room, kind)
    message = msgspec.structs.replace(_message.decode(callback.event), type="message")
    events = tuple(messages.events_of(message, room))
    return Decoded(events=events) if events else refused(Reason.NO_CONTENT, kind)


def _changed(said: Said, room: Room, kind: str) -> Decoded:
    """Return the edit. Slack also tells as a change that it has drawn a preview, or counted an answer."""
    before = said.previous_message
    found = _fields.decode(said.message or b"{}")
    if before is not None:
        found.setdefault("ts", before.ts)
    now = msgspec.convert(found, Message)
    if now.subtype not in CONTENT or said.ts is None:
        return refused(Reason.NO_CONTENT, kind)
    if before is not None and before.text == now.text:
        return refused(Reason.NOTHING_CHANGED, kind)
    return Decoded(events=(messages.written(now, room, ContentEdited, said.ts),))


def _reaction_told(callback: Callback, payload: Payload, community: str, kind: str) -> Decoded:
    reacted = _reacted.decode(callback.event)
    item = reacted.item
    if item.type != "message" or item.channel is None or item.ts is None:
        return refused(Reason.NOT_A_FACT, kind)
    room = Room(payload, community, item.channel, {})
    put = Put(item.ts, reacted.reaction, reacted.user, reacted.item_user, reacted.event_ts)
    is_on = kind == "reaction_added"
    told = messages.put(put, room) if is_on else messages.taken_back(put, room)
    return Decoded(turns=(Turn(told, messages.thing_of(put), on=is_on, telling=reacted.event_ts),))
