"""Telegram's Bot API: updates by webhook or long poll, one JSON object each."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.telegram import members, messages, polls, presses, reactions
from services.ingest.connectors.telegram.kinds import chat_of, kind_of, refusal, urgency_of
from services.ingest.connectors.telegram.updates import Update
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
"""Telegram repeats in it the secret that the webhook was set with."""

_decoder = msgspec.json.Decoder(Update)


class Telegram(Connector):
    """The connector; see the modules beside it for what each kind becomes."""

    platform = "telegram"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the webhook's secret was sent along; Telegram does not sign the body."""
        return secrets.is_one_of(delivery.headers.get(SECRET_HEADER, ""), keys.secrets)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the chat that the update names."""
        del headers
        return chat_of(body)

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent the update is, by its kind."""
        del headers
        return urgency_of(body)

    @override
    def is_public(self, place: str) -> bool:
        """Return whether the chat is a group or a channel: their ids are below zero, a person's is the person's own."""
        return place.startswith("telegram:-")

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the update tells."""
        try:
            update = _decoder.decode(payload.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not an update of Telegram: {reason(error)}") from error
        kind = kind_of(update)
        if kind is None:
            return refusal(payload.body)
        part = getattr(update, kind)
        chat = getattr(part, "chat", None)
        if chat is not None and messages.private(chat.type):
            is_said = update.message is not None
            return presses.privately(payload, part, kind) if is_said else refused(Reason.PRIVATE_CHAT, kind)
        return _told(payload, update, kind)


def _told(payload: Payload, update: Update, kind: str) -> Decoded:
    if (message := update.message or update.channel_post) is not None:
        return messages.created(payload, message, kind)
    if (edit := update.edited_message or update.edited_channel_post) is not None:
        return messages.edited(payload, edit, kind)
    if (reaction := update.message_reaction) is not None:
        return reactions.changed(payload, reaction, kind)
    if (count := update.message_reaction_count) is not None:
        return reactions.counted(payload, count, kind)
    return _of_people(payload, update, kind)


def _of_people(payload: Payload, update: Update, kind: str) -> Decoded:
    if (change := update.chat_member or update.my_chat_member) is not None:
        return members.changed(payload, change, kind)
    if (request := update.chat_join_request) is not None:
        return members.requested(payload, request)
    if (answer := update.poll_answer) is not None:
        return polls.answered(payload, answer, update.update_id, kind)
    if (press := update.callback_query) is not None:
        return presses.pressed(payload, press, kind)
    return refused(Reason.NO_COMMUNITY, kind)  # the totals of a poll, without its place
