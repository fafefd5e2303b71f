"""Looks for a message of ours whose answer was lost, although a bot can't read a chat's history.

A bot may edit its own messages alone. So the keyboard below a message is edited to none, which ours have none of anyway, and
the refusal tells whose it is: `message is not modified` is the bot's own, `message can't be edited` somebody else's,
`message to edit not found` is none. This walks through the numbers that were given since, one call each. It takes the
keyboards off messages that some other program sends through the same bot in these moments: a bot is to be Veche's alone.

In a channel whose posts the bot may edit all posts look like its own, and in private chats and small groups numbers have
gaps of any size: there it says so. Source: https://core.telegram.org/bots/api#editmessagereplymarkup; the texts are those
of `Client.cpp` of https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import msgspec

from services.delivery.platforms.platform import Ask, Attempt, Away, Call, Done, Errand, Unknowable, Unsure
from services.delivery.platforms.telegram import ids
from services.delivery.platforms.telegram.answers import Said, parsed, refusal
from services.delivery.platforms.telegram.calls import act

T = TypeVar("T")

PROBES_MAX = 400
"""So many messages may have come into the chat since: 20 a second's worth of looking."""

GAP_MAX = 25
"""So many numbers in a row without a message are the end: what moderators delete at once is rarely more."""


TRIES_MAX = 4
"""Of one call of a search, none of which changes anything: whoever looks is told when so many in a row are lost."""


class Whose(Enum):
    """What a probe tells of a number."""

    BOT = "the bot's"
    OTHERS = "somebody else's"
    NOBODY = "no message"


class _Chat(msgspec.Struct, frozen=True):
    type: str


class _Standing(msgspec.Struct, frozen=True):
    can_edit_messages: bool = False


class _Me(msgspec.Struct, frozen=True):
    id: int


async def found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Return the message, or None where there surely is none. Raises Unknowable."""
    chat, first = ids.chat(errand), _first(errand, attempt)
    others = {place.number for id_ in attempt.ours if (place := ids.message_of(id_)) is not None and place.chat == chat}
    if await _is_shared(chat, ask):
        raise Unknowable(
            "the bot may edit all posts of the channel, so it can't tell its own: look whether the post is there"
        )
    gap, newest = 0, max(others, default=0)
    for number in range(first, first + PROBES_MAX):
        whose = Whose.OTHERS if number in others else await _probe(chat, number, ask)
        if whose is Whose.BOT:
            return Done("was sent before", ids.id_of(chat, number))
        gap = gap + 1 if whose is Whose.NOBODY else 0
        if gap >= GAP_MAX and number > newest:
            return None
    raise Unknowable(f"more than {PROBES_MAX} messages came since: look whether the bot's is among them")


def _first(errand: Errand, attempt: Attempt) -> int:
    """Return the first number that the message can have."""
    if not ids.chat(errand).startswith(ids.DENSE):
        raise Unknowable("Telegram shows a bot nothing of private chats and small groups: ask the member, or look there")
    known = [ids.target(errand).number] if errand.kind == "reply" else []
    before = (attempt.before or "").rpartition(":")[2]
    known += [int(before)] if before.isdecimal() else []
    if not known:
        raise Unknowable("no message of the chat was known to begin the search at: look whether the bot's is there")
    return max(known) + 1


async def _is_shared(chat: str, ask: Ask) -> bool:
    """Return whether the bot may edit what others post."""
    if (await _asked("getChat", chat, ask, _Chat)).type != "channel":
        return False
    me = await _asked("getMe", chat, ask, _Me)
    return (await _asked("getChatMember", chat, ask, _Standing, user_id=me.id)).can_edit_messages


async def _told(call: Call, ask: Ask) -> Said:
    """Return an answer. A search is many calls: it would never end if it began anew whenever one of them is lost."""
    for _ in range(TRIES_MAX - 1):
        try:
            return parsed(call, await ask(call))
        except (Away, Unsure):
            continue
    return parsed(call, await ask(call))


async def _asked(method: str, chat: str, ask: Ask, shape: type[T], **body: object) -> T:
    said = await _told(act(method, chat, **body), ask)
    if not said.ok:
        raise Unknowable(f"{refusal(said)}; so nobody can look: look there yourself")
    try:
        return msgspec.json.decode(said.result, type=shape)
    except msgspec.DecodeError:
        raise Unknowable(f"Telegram answers {method} with something else: look there yourself") from None


async def _probe(chat: str, number: int, ask: Ask) -> Whose:
    said = await _told(act("editMessageReplyMarkup", chat, message_id=number), ask)
    words = said.description.lower()
    if said.ok:
        return Whose.OTHERS  # it had a keyboard: some other program's
    if "message is not modified" in words:
        return Whose.BOT
    if "message can't be edited" in words:
        return Whose.OTHERS
    if "message to edit not found" in words or "message_id_invalid" in words:
        return Whose.NOBODY
    raise Unknowable(f"{refusal(said)}; so nobody can look: look there yourself")
