"""What kind an update is, where it happened, and which kinds are refused and why."""

from __future__ import annotations

import msgspec

from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.connectors.telegram.updates import Update
from services.ingest.connectors.telegram.wire import Id, Wire
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

TOLD = Update.__struct_fields__[1:]
"""The kinds that become events, after `update_id`."""

REFUSED = {
    "business_connection": Reason.PRIVATE_CHAT,
    "business_message": Reason.PRIVATE_CHAT,
    "edited_business_message": Reason.PRIVATE_CHAT,
    "deleted_business_messages": Reason.PRIVATE_CHAT,
    "guest_message": Reason.PRIVATE_CHAT,
    "inline_query": Reason.NOT_A_FACT,
    "chosen_inline_result": Reason.NOT_A_FACT,
    "shipping_query": Reason.NOT_A_FACT,
    "pre_checkout_query": Reason.NOT_A_FACT,
    "purchased_paid_media": Reason.NOT_A_FACT,
    "chat_boost": Reason.NOT_A_FACT,
    "removed_chat_boost": Reason.NOT_A_FACT,
    "managed_bot": Reason.NOT_A_FACT,
    "subscription": Reason.NOT_A_FACT,
}
"""Known kinds that become no event."""


class _Chat(Wire, frozen=True):
    id: Id


class _Placed(Wire, frozen=True):
    chat: _Chat


class _Pressed(Wire, frozen=True):
    message: _Placed | None = None


class _Place(Wire, frozen=True):
    message: _Placed | None = None
    edited_message: _Placed | None = None
    channel_post: _Placed | None = None
    edited_channel_post: _Placed | None = None
    message_reaction: _Placed | None = None
    message_reaction_count: _Placed | None = None
    chat_member: _Placed | None = None
    my_chat_member: _Placed | None = None
    chat_join_request: _Placed | None = None
    callback_query: _Pressed | None = None


_place_decoder = msgspec.json.Decoder(_Place)
_fields_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


def kind_of(update: Update) -> str | None:
    """Return the field that the update has, or None where it is one that is not read."""
    return next((kind for kind in TOLD if getattr(update, kind) is not None), None)


def chat_of(body: bytes) -> str | None:
    """Return the community that the update names, reading nothing else; None where it names none or cannot be read."""
    try:
        place = _place_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    found = next((part for kind in _Place.__struct_fields__ if (part := getattr(place, kind)) is not None), None)
    placed: _Placed | None = found.message if isinstance(found, _Pressed) else found
    return f"telegram:{placed.chat.id}" if placed is not None else None


URGENCIES = {
    "message_reaction_count": Urgency.LOWEST,
    "poll": Urgency.LOWEST,
    "message_reaction": Urgency.LOW,
    "poll_answer": Urgency.LOW,
    "chat_member": Urgency.LOW,
    "my_chat_member": Urgency.LOW,
    "chat_join_request": Urgency.LOW,
    "chat_boost": Urgency.LOW,
    "removed_chat_boost": Urgency.LOW,
    "callback_query": Urgency.HIGH,
}
"""Kinds that are not as urgent as what members write."""


class _Said(Wire, frozen=True):
    text: str = ""


class _Saying(Wire, frozen=True):
    message: _Said | None = None


_saying_decoder = msgspec.json.Decoder(_Saying)


def urgency_of(body: bytes) -> Urgency:
    """Return how urgent an update is. A message that begins with a slash speaks to a bot: `/report` is a complaint."""
    try:
        kind = next((name for name in _fields_decoder.decode(body) if name in URGENCIES), None)
        said = None if kind is not None else _saying_decoder.decode(body).message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Urgency.NORMAL
    if kind is not None:
        return URGENCIES[kind]
    return Urgency.HIGH if said is not None and said.text.startswith("/") else Urgency.NORMAL


def refusal(body: bytes) -> Decoded:
    """Return why an update of a kind that is not read becomes no event; the slow way, for the rare case."""
    try:
        fields = _fields_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not an update of Telegram: {reason(error)}") from error
    kind = next((name for name in fields if name in REFUSED), "unknown")
    return refused(REFUSED.get(kind, Reason.UNKNOWN_KIND), kind)
