"""Strikes into sanctions. What is in force is a function of the strikes that stand, so their order does not matter.

Strikes fade: after a half-life each counts half (`points * 2 ** (-age / half_life)`). At each strike the points of all
earlier ones and its own are added up; the highest threshold that is reached brings a sanction, from that strike's time on.
A strike that is withdrawn takes its own sanction with it, and those that needed its points.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from services.moderation.rules.strikes import Strike
from shared.documents.discipline import Sanctioning, Strikes, Threshold, seconds
from shared.events import event_id

STRIKES_MAX = 100
"""Strikes of one member that are remembered; the oldest goes. Its points have faded, or the member is long gone."""

RUNNING_MAX = 100
"""Mutes and bans of one member that go on without their strike; each endless ban is of another community. Those that end
first go."""

MILLI = 1000
EPOCH, MICROSECOND, SECOND_US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1), 1_000_000
"""Points are added up in thousandths: whole numbers are the same on every machine."""

STRICTNESS: Sequence[Sanctioning] = ("warn", "mute", "ban")


class Sanction(NamedTuple):
    """What befell a member, and which strike brought it."""

    id: str
    kind: Sanctioning
    since: datetime
    until: datetime | None
    strike: Strike
    points: int
    """In thousandths."""
    community: str | None
    """None: everywhere in the brand."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What stands against a member in a brand."""

    strikes: tuple[Strike, ...] = ()
    withdrawn: tuple[str, ...] = ()
    """Decisions that were taken back before their strike was read."""
    lifted: tuple[str, ...] = ()
    """Sanctions that a person ended."""
    ended: tuple[str, ...] = ()
    """Sanctions whose time is over."""
    running: tuple[Sanction, ...] = ()
    """Mutes and bans as they were when a strike that brought them, or points for them, had to make room."""


def standing_of(document: Mapping[str, Any]) -> Standing:
    """Return a member's standing from its document; what else stands in it is for lists."""
    return msgspec.convert(document, Standing)


Terms = Callable[[Strike], Strikes]
"""Returns the policy under which a strike is judged: that in force when it was recorded."""


def faded(strike: Strike, at: datetime, half_life: str) -> int:
    """Return what a strike counts at that moment, in thousandths of a point."""
    return _left(strike.points, max(0.0, (at - strike.at).total_seconds()), seconds(half_life))


def _left(points: int, age_s: float, half_life_s: int) -> int:
    share: float = 2.0 ** (-age_s / half_life_s)
    return round(MILLI * points * share)


def points_at(strikes: Sequence[Strike], at: datetime, half_life: str) -> int:
    """Return the points of all strikes up to that moment, in thousandths."""
    return _points([_weighed(one) for one in strikes], _weighed_at(at), half_life)


class _Weighed(NamedTuple):
    """A strike as its points are added up: many of them, again and again."""

    at_us: int
    points: int
    community: str


def _weighed(strike: Strike) -> _Weighed:
    return _Weighed(_weighed_at(strike.at), strike.points, strike.community)


def _weighed_at(at: datetime) -> int:
    """Return a moment in whole microseconds, as moments have them: their differences are exact."""
    return (at - EPOCH) // MICROSECOND


def _points(weighed: Sequence[_Weighed], at_us: int, half_life: str) -> int:
    """Return the points of all strikes up to that moment, in thousandths; each is `_left`, without a call for each."""
    half_life_s = seconds(half_life)
    shares = [(points, 2.0 ** (-((at_us - us) / SECOND_US) / half_life_s)) for us, points, _ in weighed if us <= at_us]
    return sum([round(MILLI * points * share) for points, share in shares])


def sanctions(standing: Standing, terms: Terms) -> Sequence[Sanction]:
    """Return all that the strikes which stand have brought, over or not, in order: each more than those before it."""
    found = _all_brought(standing, terms)
    return [one for one in found if one.id not in standing.lifted]  # what was lifted goes on covering what came under it


def _all_brought(standing: Standing, terms: Terms) -> Sequence[Sanction]:
    kept = {one.strike.id: one for one in standing.running}
    strikes = {one.id: one for one in (*(one.strike for one in standing.running), *standing.strikes)}
    ordered = sorted(strikes.values(), key=_by_time)
    weighed, found = [_weighed(one) for one in ordered], list[Sanction]()
    for place, strike in enumerate(ordered):
        one, under = kept.get(strike.id), terms(strike)
        if one is None and not _is_banned(found, _reach(strike, under)):
            one = _brought(strike, weighed[: place + 1], under)
        if one is not None and not _is_covered(found, one):
            found.append(one)
    return found


def _by_time(strike: Strike) -> tuple[datetime, str]:
    return strike.at, strike.id


def _is_banned(found: Sequence[Sanction], community: str | None) -> bool:
    """Say whether a ban without an end covers whatever comes there: then nothing needs to be added up."""
    return any(one.kind == "ban" and one.until is None and one.community in {None, community} for one in found)


def _reach(strike: Strike, terms: Strikes) -> str | None:
    """Return where a sanction holds that a strike brings: None is everywhere in the brand."""
    return None if terms.scope == "brand" else strike.community


def _is_covered(found: Sequence[Sanction], one: Sanction) -> bool:
    """Say whether an earlier sanction is in force as long, and as strict: a member who is banned need not be told again."""
    end = one.until if one.kind != "warn" else one.since
    strict = {kind for kind in STRICTNESS[STRICTNESS.index(one.kind) :] if kind != "warn"}
    ends = [
        earlier.until
        for earlier in found
        if earlier.kind in strict and (earlier.community is None or earlier.community == one.community)
    ]
    return any(until is None or (end is not None and end <= until) for until in ends)


def _brought(strike: Strike, so_far: Sequence[_Weighed], terms: Strikes) -> Sanction | None:
    """Return what a strike brings: what its rule says, or what the points say, whichever is stricter."""
    near = so_far if terms.scope == "brand" else [one for one in so_far if one.community == strike.community]
    points = _points(near, _weighed_at(strike.at), terms.half_life)
    reached = [threshold for threshold in terms.thresholds if points >= MILLI * threshold.points]
    choices = [_of_threshold(strike, max(reached, key=lambda one: one.points))] if reached else []
    if strike.sanction is not None:
        choices.append((strike.sanction, strike.until))
    if not choices:
        return None
    kind, until = max(choices, key=_strictness)
    id_ = event_id("moderation.sanction", strike.id, kind)
    return Sanction(id_, kind, strike.at, until, strike, points, _reach(strike, terms))


def _of_threshold(strike: Strike, threshold: Threshold) -> tuple[Sanctioning, datetime | None]:
    lasts = threshold.lasts
    return threshold.then, None if lasts is None else strike.at + timedelta(seconds=seconds(lasts))


def _strictness(choice: tuple[Sanctioning, datetime | None]) -> tuple[int, bool, Any]:
    kind, until = choice
    return STRICTNESS.index(kind), until is None, 0 if until is None else until.timestamp()


class Change(NamedTuple):
    """What became of sanctions by one event."""

    applied: Sequence[Sanction]
    lifted: Sequence[Sanction]


def change(before: Sequence[Sanction], after: Sequence[Sanction], over: Collection[str]) -> Change:
    """Return what came and what went. What is over, or whose strike was only forgotten, needs no lifting."""
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    applied = [one for id_, one in new.items() if id_ not in old or one.until != old[id_].until]
    gone = [one for id_, one in old.items() if id_ not in new and not {id_, one.strike.id} & set(over)]
    lifted = [one for one in gone if one.kind != "warn"]  # what was said cannot be unsaid
    return Change(applied, lifted)


def is_in_force(one: Sanction, at: datetime, ended: Collection[str]) -> bool:
    """Say whether a mute or a ban holds at that moment."""
    return one.kind != "warn" and one.id not in ended and (one.until is None or at < one.until)


def beside(one: Sanction, all_: Sequence[Sanction], at: datetime, ended: Collection[str]) -> Sequence[Sanction]:
    """Return the other mutes and bans that hold in the same place at that moment."""
    return [other for other in all_ if other.id != one.id and _reaches(other, one) and is_in_force(other, at, ended)]


def _reaches(other: Sanction, one: Sanction) -> bool:
    return other.community is None or other.community == one.strike.community


def is_as_strict(other: Sanction, one: Sanction) -> bool:
    """Say whether one who suffers the other would not notice that this one is over."""
    return STRICTNESS.index(other.kind) >= STRICTNESS.index(one.kind)


def with_strike(standing: Standing, strike: Strike, terms: Terms) -> Standing:
    """Take a strike in, once; one whose decision was taken back before it came is none. The oldest may have to make room."""
    for decision in strike.replaces or ():
        standing = without_strike(standing, decision)
    if strike.id in standing.withdrawn or any(one.id == strike.id for one in standing.strikes):
        return standing
    grown = msgspec.structs.replace(standing, strikes=tuple(sorted((*standing.strikes, strike), key=_by_time)))
    return grown if len(grown.strikes) <= STRIKES_MAX else _without_oldest(grown, terms)


def _without_oldest(standing: Standing, terms: Terms) -> Standing:
    """Forget the oldest strikes, and keep of what they brought what would be gone with them."""
    rest = msgspec.structs.replace(standing, strikes=standing.strikes[-STRIKES_MAX:], running=())
    known = {strike.id for strike in rest.strikes}
    left = {(one.id, one.until) for one in _all_brought(rest, terms)}
    felt = [one for one in _all_brought(standing, terms) if one.kind != "warn" and (one.id, one.until) not in left]
    changed = [one for one in felt if one.strike.id in known]  # fewer points would make something milder of it
    alone = [one for one in felt if one.strike.id not in known and one.id not in standing.ended]
    lasting = sorted(alone, key=lambda one: (one.until is None, one.until or one.since, one.id))[-RUNNING_MAX:]
    running = tuple(one._replace(strike=msgspec.structs.replace(one.strike, reason=None)) for one in (*changed, *lasting))
    return msgspec.structs.replace(rest, running=running)


def without_strike(standing: Standing, decision: str) -> Standing:
    """Take the strike of a decision back, also one that is still to come."""
    strikes = tuple(one for one in standing.strikes if one.id != decision)
    running = tuple(one for one in standing.running if one.strike.id != decision)
    withdrawn = tuple(dict.fromkeys((*standing.withdrawn, decision)))[-STRIKES_MAX:]
    return msgspec.structs.replace(standing, strikes=strikes, running=running, withdrawn=withdrawn)
