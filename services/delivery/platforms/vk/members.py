"""Bans of a community, and mutes in its chats.

Source: https://dev.vk.com/method/groups.ban: at most a year, or for good. `messages.changeConversationMemberRestrictions`
stands in VK's own libraries and not among its documented methods.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from services.delivery.platforms.platform import Ask, Call, Done, Errand
from services.delivery.platforms.vk import ids
from services.delivery.platforms.vk.calls import call
from services.delivery.platforms.vk.sending import now

YEAR_S = 365 * 86_400
ON_THE_WAY_S = 60
"""Taken off the longest: an end that is a second beyond it is refused."""

RESTRICTIONS = "messages.changeConversationMemberRestrictions"


class Until(NamedTuple):
    """The end that VK is told, how long that is, and what is to be said of it."""

    second: int | None = None
    left_s: int | None = None
    said: str = ""


async def until(errand: Errand, ask: Ask) -> Until | Done:
    """Return when it is to end, as far as VK can; Done where that is over."""
    if errand.act.until is None:
        return Until()
    end, present = int(errand.act.until.timestamp()), await now(ask)
    if end <= present:
        return Done("its end has passed, so nothing was done")
    if end - present > YEAR_S:
        longest = YEAR_S - ON_THE_WAY_S
        return Until(present + longest, longest, " for a year: VK knows nothing longer but for good")
    return Until(end, end - present)


def ban(errand: Errand, until: Until) -> Call:
    """Return the call that puts somebody on the black list."""
    fields: dict[str, Any] = {"group_id": ids.group(errand), "owner_id": ids.member(errand)}
    return call("groups.ban", fields | ({} if until.second is None else {"end_date": until.second}))


def unban(errand: Errand) -> Call:
    """Return the call that takes somebody off it."""
    return call("groups.unban", {"group_id": ids.group(errand), "owner_id": ids.member(errand)})


def restrict(errand: Errand, chat: int, until: Until, *, is_mute: bool) -> Call:
    """Return the call that lets somebody only read in a chat, or write again."""
    fields: dict[str, Any] = {"peer_id": chat, "member_ids": ids.member(errand), "action": "ro" if is_mute else "rw"}
    return call(RESTRICTIONS, fields | ({} if until.left_s is None else {"for": until.left_s}))
