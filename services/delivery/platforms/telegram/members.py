"""Mutes and bans.

Source: https://core.telegram.org/bots/api#restrictchatmember and #banchatmember: an end less than 30 seconds or more than
366 days away counts as for ever. So Telegram's own time is asked for first, by the header of an answer: an act that comes
late would otherwise silence somebody for good.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.delivery.platforms.asking import now_of
from services.delivery.platforms.platform import Answer, Ask, Call, Done, Errand
from services.delivery.platforms.telegram import ids
from services.delivery.platforms.telegram.answers import parsed
from services.delivery.platforms.telegram.calls import act

SHORTEST = timedelta(seconds=35)
"""30 seconds, and some for the way there."""

LONGEST = timedelta(days=366)

MAY_WRITE = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
)
MAY_DO = ("can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
"""Permissions; a member has those at most that the chat gives to everybody. Source: #chatpermissions."""

OVER = "its end has passed, so nothing was done"


class Until(NamedTuple):
    """The end that Telegram is told, and what is to be said of it."""

    second: int | None
    said: str = ""


async def until(errand: Errand, ask: Ask) -> Until | Done:
    """Return when it is to end, as far as Telegram can; Done where that is over."""
    end = errand.act.until
    if end is None:
        return Until(None)
    call = act("getChatMember", ids.chat(errand), user_id=int(ids.member(errand)))
    answer = await ask(call)
    parsed(call, answer)
    return ending(end, answer)


def ending(end: datetime, answer: Answer) -> Until | Done:
    """Return the end that Telegram can keep, by the time of its answer."""
    now = now_of(answer)
    if now is None:
        return Until(int(end.timestamp()))
    if end <= now:
        return Done(OVER)
    if end - now < SHORTEST:
        return Until(int((now + SHORTEST).timestamp()), f" for {SHORTEST.seconds} s: Telegram knows nothing shorter")
    if end - now > LONGEST:
        return Until(int(end.timestamp()), f" for good: Telegram knows no end more than {LONGEST.days} days away")
    return Until(int(end.timestamp()))


def restrict(errand: Errand, until: Until, *, is_mute: bool) -> Call:
    """Return the call that mutes somebody, or lifts whatever was restricted."""
    permissions = dict.fromkeys(MAY_WRITE, False) if is_mute else dict.fromkeys((*MAY_WRITE, *MAY_DO), True)
    body: dict[str, Any] = {"user_id": int(ids.member(errand)), "permissions": permissions}
    if until.second is not None:
        body["until_date"] = until.second
    return act("restrictChatMember", ids.chat(errand), **body)


def ban(errand: Errand, until: Until) -> Call:
    """Return the call that bans a person, or a channel in whose name somebody writes."""
    member = ids.member(errand)
    if member.startswith("-"):
        return act("banChatSenderChat", ids.chat(errand), sender_chat_id=int(member))
    body = {"user_id": int(member)} | ({"until_date": until.second} if until.second is not None else {})
    return act("banChatMember", ids.chat(errand), **body)


def unban(errand: Errand) -> Call:
    """Return the call that lets somebody in again; without `only_if_banned` it would put a member out."""
    member = ids.member(errand)
    if member.startswith("-"):
        return act("unbanChatSenderChat", ids.chat(errand), sender_chat_id=int(member))
    return act("unbanChatMember", ids.chat(errand), user_id=int(member), only_if_banned=True)
