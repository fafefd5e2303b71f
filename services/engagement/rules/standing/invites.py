"""Friends that members bring: who counts as one, and when. Pure.

A code names the member who gave it, so it needs no keeping; who makes one up for somebody else gives that one a present.
A friend is who was not known before they came with the code, has one inviter, the first, and is not the inviter. Then all
inviters were there before those whom they invited: nobody is, by however many others, invited by their own friends.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

import msgspec

from services.engagement.rules.standing.record import Day, Record
from shared.documents.standing import Invites

PREFIX = "ref_"
"""Begins a code: platforms pass letters, digits, `_` and `-` on, 64 of them in a link to a bot of Telegram."""

CODE = re.compile(rf"{PREFIX}([A-Za-z0-9_-]{{1,200}})")


class Invited(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """By whom a member was invited."""

    by: str
    day: Day
    """On which they came with the code."""
    is_credited: bool = False


def code_of(member: str) -> str:
    """Return the code that a member passes on."""
    return PREFIX + urlsafe_b64encode(member.encode()).decode().rstrip("=")


def inviter_of(text: str) -> str | None:
    """Return whose code stands in a text, such as the link by which somebody came; None where none does."""
    found = CODE.search(text)
    if found is None:
        return None
    try:
        member = urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except (Error, UnicodeDecodeError):
        return None
    return member if re.fullmatch(r"[a-z0-9_-]+:[^\x00-\x1f\x7f]{1,200}", member) else None


def invited(before: Invited | None, record: Record, member: str, by: str, today: Day) -> Invited | None:
    """Return by whom a member is invited who comes with somebody's code: by nobody where they were known before."""
    if before is not None or by == member or 0 < record.since < today:
        return before
    return Invited(by, today)


def is_due(terms: Invites | None, known: Invited | None, record: Record) -> bool:
    """Say whether a friend was active for as long as they have to be."""
    if terms is None or known is None or known.is_credited:
        return False
    days = [day for day, counts in record.days.items() if day >= known.day and not counts.keys().isdisjoint(terms.rules)]
    return len(days) >= terms.active and max(days) >= known.day + terms.days
