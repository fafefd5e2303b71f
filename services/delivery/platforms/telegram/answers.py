"""What Telegram answers, and what its refusals mean.

The documentation says that descriptions are for people and may change, but nothing else tells most refusals apart; one that
is not known is the platform's no. Source: https://core.telegram.org/bots/api#making-requests and `Client.cpp` of
https://github.com/tdlib/telegram-bot-api, where the descriptions are written.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.delivery.platforms.asking import failed, read, said, wait_of
from services.delivery.platforms.platform import Answer, Busy, Call, Impossible, Lost, Pressure, unreachable
from shared.errors import VecheError

NAME = "Telegram"


class Parameters(msgspec.Struct, frozen=True):
    """What Telegram says beside a refusal."""

    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class Said(msgspec.Struct, frozen=True):
    """Any answer."""

    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: Parameters = Parameters()


GONE = (
    "message to be replied not found",
    "replied message not found",
    "message to pin not found",
    "message thread not found",
    "topic_deleted",
    "user not found",
    "participant_id_invalid",
    "user_id_invalid",
)
"""Parts of descriptions, in lower case: the target is not there."""

LATE = "query is too old"
"""Of a press: `… and response timeout expired or query ID is invalid`."""

FORBIDDEN = (
    "not enough rights",
    "have no rights",
    "chat_admin_required",
    "administrator rights",
    "message can't be deleted",
    "can't remove chat owner",
    "user is an administrator of the chat",
    "can't restrict self",
    "user_not_mutual_contact",
    "chat_write_forbidden",
    "chat not found",
)
"""The bot lacks a right, or was never let in."""

UNBEGUN = "chat not found"
"""Of a private chat: nobody began it."""

UNAUTHORIZED, FORBIDDEN_CODE, NOT_FOUND, TOO_MANY = 401, 403, 404, 429


def parsed(call: Call, answer: Answer) -> Said:
    """Return the answer. Raises Busy, Away, Unsure or Lost where it is none about the act; refusals are for the caller."""
    trouble = failed(call, answer, NAME)
    if trouble is not None:
        raise trouble
    found = read(call, answer, Said, NAME)
    if not found.ok and found.error_code == TOO_MANY:
        raise Busy("Telegram asks for a pause", wait_of(found.parameters.retry_after))
    if not found.ok and found.error_code in {UNAUTHORIZED, NOT_FOUND}:
        raise Lost("Telegram does not know the bot's token: take a new one from @BotFather and put it in the connection")
    return found


def refusal(found: Said) -> VecheError:
    """Return what a refusal means."""
    words = found.description.lower()
    text = f"Telegram refuses: {said(found.description)}"
    if found.parameters.migrate_to_chat_id is not None:
        return Impossible("gone", f"{text}; the group goes on as telegram:{found.parameters.migrate_to_chat_id}")
    if found.error_code == FORBIDDEN_CODE:
        return Impossible("forbidden", f"{text}; whoever put the bot out has to let it in")
    if LATE in words:
        return Impossible("late", f"{text}; it forgets a press soon, and one that was answered at once")
    if any(part in words for part in GONE):
        return Impossible("gone", text)
    if any(part in words for part in FORBIDDEN):
        return Impossible("forbidden", f"{text}; make the bot an administrator of the chat, with the right to do this")
    return Impossible("refused", text)


def unsent(found: Said) -> VecheError:
    """Return what a refusal of a direct message means: of such a chat the bot has no rights to lack."""
    is_unbegun = UNBEGUN in found.description.lower()
    if found.error_code == FORBIDDEN_CODE or is_unbegun:
        return unreachable(f"Telegram refuses: {said(found.description)}")
    return refusal(found)


def told(call: Call, answer: Answer) -> Sequence[Pressure]:
    """Return what is to rest after a 429: the narrowest bucket, for Telegram does not say which limit it was."""
    if answer.status != TOO_MANY or not call.buckets:
        return ()
    try:
        wait_s = msgspec.json.decode(answer.body, type=Said).parameters.retry_after
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        wait_s = None
    return (Pressure(call.buckets[-1].key, wait_of(wait_s)),)
