"""What is said on Discord, and how it is looked for.

A message is sent with a `nonce` that is made of the errand's id, and Discord returns the first one to who sends it again:
within some minutes, it says, and an attempt may come back later. So a message is looked for all the same: one of the bot's
own, after the attempt began, with the same words, answering the same, and not another errand's.

Source: https://discord.com/developers/docs/resources/message#create-message and #get-channel-messages.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Annotated, Any

import msgspec

from services.delivery.platforms.discord import ids
from services.delivery.platforms.discord.calls import asked, call
from services.delivery.platforms.errands import digest, linked, shortened, too_long, unsupported
from services.delivery.platforms.platform import Ask, Attempt, Call, Done, Errand, Impossible, Unknowable
from shared.platforms.buttons import carried

CONTENT_CHARS_MAX, QUESTION_CHARS_MAX, OPTION_CHARS_MAX = 2_000, 300, 55
ROW, BUTTON, GREY = 1, 2, 2
"""Kinds of components, and a style. Source: https://discord.com/developers/docs/components/reference."""

NONCE_CHARS = 25
PAGE = 100
PAGES_MAX = 20
"""2,000 messages since the attempt: more are not searched through."""

SKEW = timedelta(seconds=60)
"""So far our clock may be ahead of Discord's."""

MESSAGES = "/channels/{channel}/messages"
ANSWER = "/webhooks/{application}/{token}/messages/@original"


Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}\Z")]


class Sent(msgspec.Struct, frozen=True):
    """A message that was made."""

    id: Id


class _User(msgspec.Struct, frozen=True):
    id: str


class _Reference(msgspec.Struct, frozen=True):
    message_id: str | None = None


class _Words(msgspec.Struct, frozen=True):
    text: str | None = None


class _Poll(msgspec.Struct, frozen=True):
    question: _Words = _Words()


class Message(msgspec.Struct, frozen=True):
    """A message as it is read."""

    id: Id
    author: _User
    content: str = ""
    message_reference: _Reference | None = None
    poll: _Poll | None = None


def refusal(errand: Errand) -> Impossible | None:
    """Return why Discord can't say it, where it can't."""
    poll = errand.act.poll
    if poll is None:
        return too_long(linked(errand), CONTENT_CHARS_MAX, "Discord")
    longest = max(poll.options, key=len)
    if errand.act.media:
        return unsupported("Discord shows no media in a poll: publish them apart")
    return too_long(errand.act.text or "", QUESTION_CHARS_MAX, "Discord as a poll's question") or too_long(
        longest, OPTION_CHARS_MAX, "Discord as a poll's option"
    )


async def channel_of(errand: Errand, ask: Ask) -> str:
    """Return the channel that the errand is for; that of a talk with a member is opened, which changes nothing."""
    if errand.kind != "message":
        return ids.channel(errand)
    opened = call("POST", "/users/@me/channels", {}, {"recipient_id": ids.member(errand)})
    return (await asked(opened, ask, Sent)).id


def call_of(errand: Errand, channel: str) -> Call:
    """Return the one call that members see. Nobody is called but whom it answers: a text may hold what a member wrote."""
    body: dict[str, Any] = {
        "nonce": digest(errand, NONCE_CHARS),
        "enforce_nonce": True,
        "allowed_mentions": {"parse": [], "replied_user": True},
        **_said(errand),
    }
    if errand.kind == "reply":
        body["message_reference"] = {"message_id": ids.target(errand).id}
    one = call("POST", MESSAGES, {"channel": channel}, body)
    return dataclasses.replace(one, is_visible=True)


def _said(errand: Errand) -> dict[str, Any]:
    poll = errand.act.poll
    if poll is None:
        return {"content": linked(errand)} | ({} if errand.act.buttons is None else {"components": rows(errand)})
    answers = [{"poll_media": {"text": option}} for option in poll.options]
    asked_for: dict[str, Any] = {
        "question": {"text": errand.act.text},
        "answers": answers,
        "allow_multiselect": poll.multiple,
    }
    return {"poll": asked_for | ({} if poll.hours is None else {"duration": poll.hours})}


def rows(errand: Errand) -> list[dict[str, Any]]:
    """Return the rows of buttons; of two that give the same the first, for Discord refuses the same id twice."""
    seen, found = set[str](), list[dict[str, Any]]()
    for row in errand.act.buttons or ():
        keys = [button for button in row if not (button.command in seen or seen.add(button.command))]  # type: ignore[func-returns-value]
        components = [
            {"type": BUTTON, "style": GREY, "label": button.text, "custom_id": carried(button.command)} for button in keys
        ]
        found += [{"type": ROW, "components": components}] if components else []
    return found


def answer_of(errand: Errand) -> Call:
    """Return the call that says what the bot was seen to think about, to whoever pressed and nobody else.

    Source: https://discord.com/developers/docs/interactions/receiving-and-responding#edit-original-interaction-response.
    """
    press = ids.press(errand)
    text = shortened(errand.act.text or "", CONTENT_CHARS_MAX)
    body = {"content": text, "allowed_mentions": {"parse": []}}
    return call("PATCH", ANSWER, {"application": press.application, "token": press.token}, body)


def done(errand: Errand, channel: str, id_: str, answer: str) -> Done:
    """Return what came of it."""
    guild = ids.PRIVATE if errand.kind == "message" else ids.guild(errand)
    return Done(answer, ids.id_of(guild, channel, id_))


async def found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Return the message, or None where there surely is none. Raises Unknowable."""
    me = (await asked(call("GET", "/users/@me", {}), ask, _User)).id
    channel = await channel_of(errand, ask)
    after, is_empty = ids.snowflake(int((attempt.began - SKEW).timestamp() * 1_000)), True
    for _ in range(PAGES_MAX):
        page = await _page(channel, ask, {"after": f"{after}", "limit": f"{PAGE}"})
        is_empty = is_empty and not page
        for message in sorted(page, key=lambda one: int(one.id)):
            told = done(errand, channel, message.id, "was sent before")
            if message.author.id == me and is_same(errand, message) and told.content_id not in attempt.ours:
                return told
        if len(page) < PAGE:
            await _check_sight(errand, channel, ask, is_empty=is_empty)
            return None
        after = max(int(one.id) for one in page)
    raise Unknowable(f"more than {PAGE * PAGES_MAX} messages came since: look whether the bot's is among them")


async def _page(channel: str, ask: Ask, query: dict[str, str]) -> list[Message]:
    try:
        return await asked(call("GET", MESSAGES, {"channel": channel}, query=query), ask, list[Message])
    except Impossible as error:
        raise Unknowable(f"{error}; so nobody can look: look there yourself") from None


async def _check_sight(errand: Errand, channel: str, ask: Ask, *, is_empty: bool) -> None:
    """Raise Unknowable where a bot sees nothing at all: without the right to read the history it is shown no messages."""
    if is_empty and errand.kind != "message" and not await _page(channel, ask, {"limit": "1"}):
        raise Unknowable("Discord shows the bot no message of the channel: give it Read Message History, and look there")


def is_same(errand: Errand, message: Message) -> bool:
    """Return whether a message says what the errand says, to the same."""
    replied = None if message.message_reference is None else message.message_reference.message_id
    if replied != (ids.target(errand).id if errand.kind == "reply" else None):
        return False
    if errand.act.poll is not None:
        return message.poll is not None and message.poll.question.text == (errand.act.text or "").strip()
    return message.poll is None and message.content == linked(errand).strip()
