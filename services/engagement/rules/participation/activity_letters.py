"""What those are written to who come to an activity: all of them, in steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from services.engagement.rules.participation import activity_telling as telling
from services.engagement.rules.participation import activity_words as words
from services.engagement.rules.participation.guests import IN, WAITS, Guests, Mailing, community_of, step
from services.engagement.rules.participation.moments import when
from services.engagement.rules.participation.play import GONE, Play, filled, lines, said
from shared.documents.activities import Activity
from shared.said import Said

TOLD_AT_ONCE = 300
"""Members to whom one step writes: 10,000 are 34 steps, half a second each."""

REMIND, MOVED, AGAIN, PROMOTE = "remind:", "moved:", "again:", "promote:"
"""Begin the names of timers, as GONE does."""

WHOM: Mapping[str, frozenset[int]] = {
    REMIND: frozenset({IN}),
    MOVED: frozenset({IN, WAITS}),
    AGAIN: frozenset({IN, WAITS}),
    GONE: frozenset({IN, WAITS}),
}
"""By what is told: who is."""

TEXTS: Mapping[str, Said] = {
    REMIND: words.REMIND,
    MOVED: words.MOVED,
    AGAIN: words.AGAIN,
    GONE: words.CANCELLED,
}


def mail(play: Play[Activity, Guests], mailing: Mailing) -> None:
    """Write to the next who are told, and plan the step after that."""
    begins = f"{mailing.what.partition(':')[0]}:"
    members, rest = step(play.state, mailing, WHOM[begins], TOLD_AT_ONCE)
    others = tuple(one for one in play.state.mailings if one.what != mailing.what)
    play.state = replace(play.state, mailings=others if rest is None else (*others, rest))
    if rest is not None:
        play.timer(rest.timer, play.at)
    begins_at = when(play.spec.starts, telling.zone(play))
    text = filled(TEXTS[begins], title=said(play.spec.title), when=begins_at)
    for member in members:
        write(play, member, lines(text, *(telling.where(play.spec) if begins == REMIND else ())), mailing.what)


def write(play: Play[Activity, Guests], member: str, text: Said, cause: str) -> None:
    """Write to a guest where they came from, else where it is announced; `cause` makes it one message."""
    community = community_of(play.state, play.state.guests[member], play.spec.community)
    if community is not None:
        play.message(member, community, text, cause, deadline=play.spec.ends)
