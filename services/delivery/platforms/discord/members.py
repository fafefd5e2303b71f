"""Timeouts: the mutes of Discord.

Source: https://discord.com/developers/docs/resources/guild#modify-guild-member: at most 28 days from now, and nothing for
good. What time it is there its answer tells.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from services.delivery.platforms.asking import now_of
from services.delivery.platforms.discord import ids
from services.delivery.platforms.discord.calls import call, reasoned, refusal
from services.delivery.platforms.platform import Ask, Away, Call, Done, Errand

LONGEST = timedelta(days=28)
ON_THE_WAY = timedelta(minutes=1)
"""Taken off the longest: an end that is a second beyond it is refused."""

MEMBER = "/guilds/{guild}/members/{user}"


class Until(NamedTuple):
    """The end that Discord is told, and what is to be said of it."""

    at: datetime
    said: str = ""


async def until(errand: Errand, ask: Ask) -> Until | Done:
    """Return when the mute is to end, as far as Discord can; Done where that is over."""
    one = call("GET", MEMBER, _parts(errand))
    answer = await ask(one)
    refused = refusal(one, answer)
    if refused is not None:
        raise refused
    now, end = now_of(answer), errand.act.until
    if now is None:
        raise Away("Discord did not say what time it is, so no end of a mute can be told")
    if end is None or end > now + LONGEST:
        return Until(now + LONGEST - ON_THE_WAY, f" for {LONGEST.days} days: Discord knows nothing longer")
    return Done("its end has passed, so nothing was done") if end <= now else Until(end)


def timeout(errand: Errand, end: datetime | None) -> Call:
    """Return the call that mutes somebody until then, or ends it."""
    body = {"communication_disabled_until": None if end is None else end.isoformat()}
    return reasoned(errand, call("PATCH", MEMBER, _parts(errand), body))


def _parts(errand: Errand) -> dict[str, str]:
    return {"guild": ids.guild(errand), "user": ids.member(errand)}
