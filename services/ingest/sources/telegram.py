"""Telegram's getUpdates. An update is confirmed to Telegram, by the next offset, only after Kafka has it.

Source: https://core.telegram.org/bots/api#getupdates.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import msgspec
from typing_extensions import override

from services.ingest.sources.source import Busy, Page, Refused, Source, answered, read, token_of
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

API = "https://api.telegram.org"
WAIT_S = 25
"""How long Telegram holds a request open while there is nothing to tell."""

UPDATES = ["message", "edited_message", "channel_post", "edited_channel_post", "message_reaction", "message_reaction_count",
           "chat_member", "my_chat_member", "chat_join_request", "poll", "poll_answer", "chat_boost",
           "callback_query"]  # fmt: skip
"""Telegram leaves out reactions and members unless they are asked for, and whatever a list does not name."""

UNAUTHORIZED, NOT_FOUND, CONFLICT = 401, 404, 409


class _Parameters(msgspec.Struct):
    retry_after: int = 0


class _Answer(msgspec.Struct):
    ok: bool
    result: list[msgspec.Raw] = []
    error_code: int = 0
    description: str = ""
    parameters: _Parameters | None = None


class _Update(msgspec.Struct):
    update_id: int


class Telegram(Source):
    """The source; the place is the offset."""

    def __init__(self, http: httpx.AsyncClient, api: str | None = None) -> None:
        self._http, self._api = http, api or API

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield updates as they come."""
        offset = int(place) if place.isdecimal() else 0
        while True:
            updates = await self._asked(connection, offset)
            after = max((number + 1 for number in map(_number, updates) if number is not None), default=offset)
            if updates and after <= offset:
                raise Retryable("Telegram's updates have no ids to go on from")
            offset = after
            yield Page([Piece(bytes(update)) for update in updates], str(offset))

    async def _asked(self, connection: Connected, offset: int) -> list[msgspec.Raw]:
        query = {"offset": offset, "timeout": WAIT_S, "allowed_updates": UPDATES}
        request = self._http.build_request("POST", f"{self._api}/bot{token_of(connection)}/getUpdates", json=query)
        answer = read(await answered(self._http, request, "Telegram"), _Answer, "Telegram")
        if answer.ok:
            return answer.result
        said = f"Telegram refused: {answer.description[:200]}"
        if answer.error_code == UNAUTHORIZED:
            raise Refused(f"{said}; the bot's token was revoked: take a new one from @BotFather")
        if answer.error_code == NOT_FOUND:
            raise Refused(f"{said}; no bot has this token: see that it is the one from @BotFather")
        if answer.error_code == CONFLICT and "webhook" in answer.description:
            raise Refused(f"{said}; the bot has a webhook: delete it (deleteWebhook), or use mode webhook")
        if answer.parameters is not None and answer.parameters.retry_after:
            raise Busy(said, answer.parameters.retry_after)
        raise Retryable(said)


def _number(update: msgspec.Raw) -> int | None:
    """Return the number of an update; the connector says what else is wrong with it."""
    try:
        return msgspec.json.decode(update, type=_Update).update_id
    except msgspec.DecodeError:
        return None
