"""Looks for a message of ours whose answer was lost, although a bot can't read a chat's history.

A bot may edit its own messages alone. So the keyboard below a message is edited to none, and the refusal tells whose it is:
`message is not modified` is the bot's own, `message can't be edited` somebody else's, `message to edit not found` is none.
Where what is looked for has buttons, a message that had some is told by its words, which a successful edit returns, and gets
its buttons back; so does one of these words that has none, for a search that was killed had taken them off.

This walks through the numbers that were given since, one call each. It takes the keyboards off messages that some other
program sends through the same bot in these moments: a bot is to be Veche's alone.

Private chats and small groups of a bot share one numbering, so there the numbers are walked through that lie between what is
known to have been sent before and what is known to have been sent afterwards: it waits for such a message. In a channel
whose posts the bot may edit all posts look like its own: there it says so.

Source: https://core.telegram.org/bots/api#editmessagereplymarkup; the texts are those of
`Client.cpp` of https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

import msgspec

from services.delivery.platforms.platform import Ask, Attempt, Away, Busy, Call, Done, Errand, Unknowable, Unsure
from services.delivery.platforms.telegram import ids
from services.delivery.platforms.telegram.answers import Said, parsed, refusal
from services.delivery.platforms.telegram.calls import act
from services.delivery.platforms.telegram.sending import below

T = TypeVar("T")

PROBES_MAX = 400
"""So many messages may have come into the chat since: 20 a second's worth of looking."""

LATER_S = 900.0
"""So long a later message is waited for that tells how far the numbers have come: bots write again."""

AGAIN_S = 5.0
"""Between two looks whether there is one."""

GAP_MAX = 100
"""So many numbers in a row without a message are the end, beside those that we removed: what else is deleted at once, when a
member is put out with all they wrote, is rarely more."""


TRIES_MAX = 10
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


class _Edited(msgspec.Struct, frozen=True):
    text: str = ""
    caption: str = ""


class _Me(msgspec.Struct, frozen=True):
    id: int


async def found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Return the message, or None where there surely is none. Raises Unknowable."""
    chat = ids.chat(errand)
    if not chat.startswith(ids.DENSE):
        return await _found_between(errand, attempt, ask)
    first = _first(errand, attempt)
    others = {place.number for id_ in attempt.ours if (place := ids.message_of(id_)) is not None and place.chat == chat}
    if await _is_shared(chat, ask):
        raise Unknowable(
            "the bot may edit all posts of the channel, so it can't tell its own: look whether the post is there"
        )
    after = _number(attempt.after)
    if after is not None:
        return await _found_among(errand, [number for number in range(first, after) if number not in others], ask)
    newest, gap = max(others, default=0), list[int]()
    for number in range(first, first + PROBES_MAX):
        whose = Whose.OTHERS if number in others else await _probe(errand, number, ask)
        if whose is Whose.BOT:
            return Done("was sent before", ids.id_of(chat, number))
        gap = [*gap, number] if whose is Whose.NOBODY else []
        if len(gap) >= GAP_MAX and number > newest:
            gap = await _unexplained(chat, gap, attempt)
            if len(gap) >= GAP_MAX:
                return None
    raise Unknowable(f"more than {PROBES_MAX} messages came since: look whether the bot's is among them")


async def _unexplained(chat: str, gap: list[int], attempt: Attempt) -> list[int]:
    """Return the numbers of a gap without those whose message we removed."""
    removed = await attempt.removed([ids.id_of(chat, number) for number in gap])
    return [number for number in gap if ids.id_of(chat, number) not in removed]


async def _found_between(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Look through the numbers that private chats and small groups share."""
    before, after, others = _number(attempt.before), _number(attempt.after), _numbers(attempt)
    if after is None and attempt.age_s < LATER_S:
        raise Busy("nothing was sent since by which to know how far the numbers have come", AGAIN_S)
    if after is None:
        raise Unknowable("nothing was sent since by which to know where the message could be: ask the member, or look there")
    first = after - PROBES_MAX if before is None else before + 1
    return await _found_among(errand, [number for number in range(max(1, first), after) if number not in others], ask)


async def _found_among(errand: Errand, numbers: list[int], ask: Ask) -> Done | None:
    """Look at each of these numbers, which are all that the message can have."""
    if len(numbers) > PROBES_MAX:
        raise Unknowable(f"more than {PROBES_MAX} messages were sent or came meanwhile: ask the member, or look there")
    for number in numbers:
        if await _probe(errand, number, ask) is Whose.BOT:
            return Done("was sent before", ids.id_of(ids.chat(errand), number))
    return None


def _number(content: str | None) -> int | None:
    place = ids.message_of(content)
    return None if place is None else place.number


def _numbers(attempt: Attempt) -> set[int]:
    """Return the numbers of what other errands sent in the same series."""
    return {number for content in attempt.ours if (number := _number(content)) is not None}


def _first(errand: Errand, attempt: Attempt) -> int:
    """Return the first number that the message can have."""
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
        except (Away, Busy, Unsure):  # after a pause that was asked for, `ask` itself waits
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


async def _probe(errand: Errand, number: int, ask: Ask) -> Whose:
    said = await _edited(errand, number, {}, ask)
    words = said.description.lower()
    if said.ok:  # it had a keyboard: ours, if it says the same, or some other program's
        is_ours = _says_the_same(errand, said)
        return Whose.BOT if is_ours and await _put_back(errand, number, ask) else Whose.OTHERS
    if "message is not modified" in words:
        return Whose.BOT if not below(errand) or await _put_back(errand, number, ask) else Whose.OTHERS
    if "message can't be edited" in words:
        return Whose.OTHERS
    if "message to edit not found" in words or "message_id_invalid" in words:
        return Whose.NOBODY
    raise Unknowable(f"{refusal(said)}; so nobody can look: look there yourself")


async def _put_back(errand: Errand, number: int, ask: Ask) -> bool:
    """Give a message of the bot that has no buttons those of the errand; say whether it is its message."""
    said = await _edited(errand, number, below(errand), ask)
    if said.ok and not _says_the_same(errand, said):
        await _edited(errand, number, {}, ask)
        return False
    return said.ok or "message is not modified" in said.description.lower()


async def _edited(errand: Errand, number: int, keyboard: Mapping[str, Any], ask: Ask) -> Said:
    return await _told(act("editMessageReplyMarkup", ids.chat(errand), message_id=number, **keyboard), ask)


def _says_the_same(errand: Errand, said: Said) -> bool:
    """Say whether what was edited has the words of what is looked for, which has buttons."""
    try:
        found = msgspec.json.decode(said.result, type=_Edited)
    except msgspec.DecodeError:
        return False
    return bool(below(errand)) and (found.text or found.caption) == (errand.act.text or "").strip()
