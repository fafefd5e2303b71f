"""What of two states of one key has to agree, where the topics reach back to some hour only. Pure.

An event is recorded after it happened, so of every hour that began after the oldest record of the topics all is known. Of
earlier ones a part is: an import, or what came late. These are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from services.reporting.figures.buckets.hour import Hour
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.buckets.observed import Observed
from services.reporting.figures.buckets.part import Ending, Part
from services.reporting.figures.buckets.post import Post
from services.reporting.figures.buckets.presence import LANGUAGE_BITS, NOBODY, Presence
from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.buckets.question import Question
from services.reporting.figures.buckets.remark import Remark
from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.buckets.said import Said
from services.reporting.figures.buckets.said import key_of as said_key
from services.reporting.figures.buckets.subscription import Subscription
from services.reporting.figures.buckets.total import Total

ALL = 0
"""The hour from which on all is compared where the topics still hold their first records."""


def known(state: Any, since: int) -> Any:  # noqa: ANN401 - any state of ours, or None
    """Return what has to agree of a state, from the hour `since` on (hours since 1970); None where nothing has to."""
    return None if state is None else _CUT[type(state)](state, since)


def judged_otherwise(stored: Mapping[str, Any], again: Mapping[str, Any]) -> set[str]:
    """Return the keys of contents whose tone another version of the model told, and of the hours that count them."""
    found = set[str]()
    for key, state in stored.items():
        now = again.get(key)
        if isinstance(state, Remark) and isinstance(now, Remark) and state.second is not None and state.model != now.model:
            found |= {key, said_key(state.brand, state.community, int(state.second // HOUR_S))}
    return found


def _hour(state: Hour | Said, since: int) -> Hour | Said | None:
    return state if state.hour >= since else None


def _remark(state: Remark, since: int) -> Remark | None:
    if since == ALL:
        return state
    return state if state.second is not None and state.second >= since * HOUR_S else None


def _presence(state: Presence, since: int) -> Presence | None:
    if state.month >= since:
        return state
    hours = state.bits & ((1 << LANGUAGE_BITS) - 1)  # in which languages they wrote before is not known
    bits = hours >> (since - state.month) << (since - state.month)
    return replace(state, bits=bits, replies=NOBODY) if bits else None


def _membership(state: Membership, since: int) -> Membership | None:
    second = since * HOUR_S
    came = tuple(one for one in state.came if one[0] >= second)
    went = tuple(one for one in state.went if one >= second)
    first = state.first if since == ALL else None  # who wrote before as well wrote first then
    cut = replace(state, came=came, went=went, first=first)
    return cut if came or went or first else None


def _question(state: Question, since: int) -> Question | None:
    if since == ALL:
        return state
    return state if state.asked_s is not None and state.asked_s >= since * HOUR_S else None


def _ruling(state: Ruling, since: int) -> Ruling | None:
    if since == ALL:
        return state
    return state if state.second is not None and state.second >= since * HOUR_S else None


def _total(state: Total, since: int) -> Total | None:
    hours = {hour: told for hour, told in state.hours.items() if hour >= since}
    return replace(state, hours=hours) if hours else None


def _purchase(state: Purchase, since: int) -> Purchase | None:
    if since == ALL:
        return state
    return state if state.second is not None and state.second >= since * HOUR_S else None


def _subscription(state: Subscription, since: int) -> Subscription | None:
    moves = tuple(move for move in state.moves if move[0] >= since * HOUR_S)
    return replace(state, moves=moves) if moves else None


def _observed(state: Observed, since: int) -> Observed | None:
    hours = {hour: told for hour, told in state.hours.items() if hour >= since}
    return replace(state, hours=hours) if hours else None


def _part(state: Part, since: int) -> Part | None:
    return state if since == ALL else None  # what became of it since is not told apart from what was before


def _ending(state: Ending, since: int) -> Ending | None:
    return state if since == ALL else None


def _post(state: Post, since: int) -> Post | None:
    """Return it where it was written since: all that was done with it came later."""
    if since == ALL:
        return state
    return state if state.second is not None and state.second >= since * HOUR_S else None


_CUT: Mapping[type, Callable[[Any, int], Any]] = MappingProxyType(
    {
        Hour: _hour,
        Said: _hour,
        Remark: _remark,
        Presence: _presence,
        Membership: _membership,
        Question: _question,
        Ruling: _ruling,
        Total: _total,
        Purchase: _purchase,
        Subscription: _subscription,
        Observed: _observed,
        Part: _part,
        Ending: _ending,
        Post: _post,
    }
)
