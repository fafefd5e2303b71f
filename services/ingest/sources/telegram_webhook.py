"""What Telegram says of a bot's webhook, asked for whoever wants to know why nothing comes.

Source: https://core.telegram.org/bots/api#webhookinfo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from services.ingest.rules.health import Trouble
from services.ingest.sources.source import answered, read
from services.ingest.sources.telegram import API, UNAUTHORIZED, UPDATES
from services.ingest.store import Connected
from shared.errors import Retryable

NEEDED = ("message", "edited_message", "message_reaction", "chat_member", "callback_query")
"""Without these a community's life is not told."""

BY_DEFAULT = ("message", "edited_message", "callback_query")
"""Of these, what Telegram tells where nothing was asked for."""

ERROR_FRESH = timedelta(hours=1)
"""Telegram tells of its last failure for ever; an older one is over."""

PENDING_MAX = 1_000
"""Updates that Telegram keeps for us; more do not come from a busy minute."""

SAID_CHARS_MAX = 200


class Info(msgspec.Struct):
    """As much of WebhookInfo as is read."""

    url: str = ""
    pending_update_count: int = 0
    last_error_date: int | None = None
    last_error_message: str = ""
    allowed_updates: list[str] = []


class _Answer(msgspec.Struct):
    ok: bool
    result: Info = msgspec.field(default_factory=Info)
    error_code: int = 0
    description: str = ""


async def troubles(http: httpx.AsyncClient, api: str | None, connection: Connected, now: datetime) -> tuple[Trouble, ...]:
    """Return what is wrong with the webhook at Telegram's side; where Telegram is away, that."""
    request = http.build_request("GET", f"{api or API}/bot{connection.token}/getWebhookInfo")
    try:
        answer = read(await answered(http, request, "Telegram"), _Answer, "Telegram")
    except Retryable as error:
        return (Trouble(f"how the webhook is cannot be asked: {error}", "look again in a minute"),)
    if not answer.ok:
        said = f"Telegram refused the bot's token: {answer.description[:SAID_CHARS_MAX]}"
        revoked = answer.error_code == UNAUTHORIZED
        return (Trouble(said, "take a new token from @BotFather" if revoked else "see that the token is the bot's"),)
    return tuple(told(answer.result, connection.name, now))


def told(info: Info, name: str, now: datetime) -> Iterator[Trouble]:
    """Yield what is wrong with a webhook as Telegram describes it."""
    wanted = f"setWebhook with allowed_updates {msgspec.json.encode(UPDATES).decode()}"
    if not info.url:
        yield Trouble("the bot has no webhook", f"call {wanted}, the secret_token and the url https://…/v1/hooks/{name}")
        return
    told_of = info.allowed_updates or BY_DEFAULT
    missing = [kind for kind in NEEDED if kind not in told_of]
    if missing:
        yield Trouble(f"Telegram does not tell {', '.join(missing)}", f"call {wanted}; the bot must be an administrator")
    failed_at = datetime.fromtimestamp(info.last_error_date, UTC) if info.last_error_date else None
    if failed_at is not None and now - failed_at < ERROR_FRESH:
        said = info.last_error_message[:SAID_CHARS_MAX]
        yield Trouble(f"Telegram could not deliver at {failed_at:%H:%M} UTC: {said}", "mend what it says at our side")
    if info.pending_update_count > PENDING_MAX:
        yield Trouble(
            f"{info.pending_update_count} updates wait at Telegram", "they come by themselves once deliveries succeed"
        )
