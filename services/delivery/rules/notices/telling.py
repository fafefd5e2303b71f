"""What becomes of something that staff may be told: by which routes, at once, a little later together, or in the morning.

A route has lanes, each with an end that a timer tells. While the lane of a kind is open, others of that kind are kept in it:
the first was told at once, what follows is told together. What is critical has lanes of its own: it waits for nothing less.
The lane of quiet hours keeps whatever can wait until their end.
What is over while it still waits is told as over; else it is told to whoever was told that it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.delivery.rules.notices.occasions import SEVERITIES, Told, at_least
from services.delivery.rules.notices.quiet import quiet_until
from services.delivery.rules.notices.words import LINES_MAX
from shared.documents.outward import Notify, Route

OPEN_MAX = 500
"""Things of one community that are not over: beyond it nobody is told of the oldest one's end."""

QUIET = "quiet"


class Held(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that waits to be told."""

    told: Told
    is_over: bool = False
    """Whether it was over before anybody was told."""


class Lane(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What waits in a lane, and until when."""

    due_ms: int
    held: tuple[Held, ...] = ()
    more: int = 0
    """What came beside those that are told by a line each."""


class State(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What waits in one community, and who was told of what is not over."""

    lanes: dict[str, Lane] = {}
    """By route and kind: `night quiet`, `night incident`, `night incident critical`, `night incident over`."""
    open: dict[str, tuple[str, ...]] = {}
    """By what it is about: the routes. The oldest stands first."""


class Notice(NamedTuple):
    """What goes out by one route now."""

    route: Route
    held: tuple[Held, ...]
    more: int
    at_ms: int
    cause: str
    """Of what it comes: for one state and route, no other notice comes of the same."""


class Due(NamedTuple):
    """A lane whose end is to be told."""

    lane: str
    due_ms: int


class Outcome(NamedTuple):
    """What something comes to."""

    state: State
    notices: Sequence[Notice]
    timers: Sequence[Due]


class Policy(NamedTuple):
    """What is in force: the routes, and the brand's time zone."""

    notify: Notify
    zone: str


class _Desk:
    """A state that is being changed, and what goes out meanwhile."""

    def __init__(self, state: State, policy: Policy) -> None:
        self.lanes, self.open, self._zone = dict(state.lanes), dict(state.open), policy.zone
        self.notices: list[Notice] = []
        self.timers: list[Due] = []

    def done(self) -> Outcome:
        return Outcome(State(self.lanes, self.open), self.notices, self.timers)

    def quiet(self, route: Route, at_ms: int) -> int | None:
        until = quiet_until(moment(at_ms), route.quiet, self._zone)
        return None if until is None else milliseconds(until)

    def put(self, name: str, due_ms: int, held: Sequence[Held], more: int = 0) -> None:
        """Have something wait in a lane; one that is not there begins, with a timer for its end."""
        lane = self.lanes.get(name)
        if lane is None:
            lane = Lane(due_ms)
            self.timers.append(Due(name, due_ms))
        all_ = (*lane.held, *held)
        cut = _most_severe(all_)
        self.lanes[name] = replace(lane, held=cut, more=lane.more + more + len(all_) - len(cut))

    def tell(self, route: Route, told: Told) -> None:
        """Tell it now, or have it wait: for the end of quiet hours, or for others of its kind."""
        quiet_ms = None if told.is_urgent else self.quiet(route, told.at_ms)
        kind = f"{route.id} {told.occasion}" + (" over" if told.over else " critical" if told.is_urgent else "")
        if quiet_ms is not None:
            self.put(f"{route.id} {QUIET}", quiet_ms, [Held(told)])
        elif kind in self.lanes:
            self.put(kind, 0, [Held(told)])
        else:
            self.notices.append(Notice(route, (Held(told),), 0, told.at_ms, told.cause))
            if route.group_s:
                self.put(kind, told.at_ms + route.group_s * 1000, ())

    def end_waiting(self, route: str, subject: str) -> bool:
        """Mark what still waits as over; say whether it did."""
        for name, lane in self.lanes.items():
            found = [h for h in lane.held if h.told.subject == subject and not h.told.over and not h.is_over]
            if name.partition(" ")[0] == route and found:
                held = tuple(replace(h, is_over=True) if h in found else h for h in lane.held)
                self.lanes[name] = replace(lane, held=held)
                return True
        return False


def _most_severe(held: Sequence[Held]) -> tuple[Held, ...]:
    """Return as many as there are lines for, in their order."""
    by_severity = sorted(range(len(held)), key=lambda place: (-SEVERITIES.index(held[place].told.severity), place))
    return tuple(held[place] for place in sorted(by_severity[:LINES_MAX]))


def evolve(state: State, told: Told, policy: Policy) -> Outcome:
    """Take in what staff may be told."""
    desk, routes = _Desk(state, policy), {route.id: route for route in policy.notify.routes}
    if told.over:
        for name in desk.open.pop(told.subject, ()):
            if name in routes and not desk.end_waiting(name, told.subject):
                desk.tell(routes[name], told)
        return desk.done()
    known = desk.open.get(told.subject, ())
    chosen = [route for route in _chosen(policy.notify, told) if route.id not in known]
    for route in chosen:
        desk.tell(route, told)
    if chosen and told.occasion in ENDING:
        desk.open[told.subject] = (*known, *(route.id for route in chosen))
        while len(desk.open) > OPEN_MAX:
            del desk.open[next(iter(desk.open))]
    return desk.done()


ENDING = frozenset({"incident", "appeal_deadline", "connection_lost"})
"""What is over some day, and told to be; the same thing told twice before is told once."""


def _chosen(notify: Notify, told: Told) -> Iterator[Route]:
    """Yield the routes by which it goes."""
    for route in notify.routes:
        is_meant = route.occasions is None or told.occasion in route.occasions
        is_there = route.communities is None or told.community in route.communities
        is_own = told.values.get("connection") == f"{ENDPOINT}{route.id}"  # nobody is told by a route that it is dead
        is_asked = is_meant and is_there and at_least(told.severity, route.severity) and told.occasion not in NAMED_ONLY
        if (is_asked or route.id in told.routes) and not is_own:
            yield route


NAMED_ONLY = frozenset({"report"})
"""What is told by the routes that it names, and by no others."""

ENDPOINT = "notify/"
"""The name of a route's endpoint, where it is told to be lost, begins so."""


def ended(state: State, due: Due, policy: Policy) -> Outcome:
    """Take in that a lane is at its end. The timer of an earlier one of that name says nothing."""
    lane = state.lanes.get(due.lane)
    desk = _Desk(state, policy)
    if lane is None or lane.due_ms != due.due_ms:
        return desk.done()
    del desk.lanes[due.lane]
    name, _, kind = due.lane.partition(" ")
    route = next((one for one in policy.notify.routes if one.id == name), None)
    if route is None or not lane.held:
        return desk.done()
    quiet_ms = desk.quiet(route, due.due_ms)
    if kind != QUIET and quiet_ms is not None and not any(one.told.is_urgent for one in lane.held):
        desk.put(f"{name} {QUIET}", quiet_ms, lane.held, lane.more)
        return desk.done()
    desk.notices.append(Notice(route, lane.held, lane.more, due.due_ms, f"{due.lane} {due.due_ms}"))
    if kind != QUIET and route.group_s:
        desk.put(due.lane, due.due_ms + route.group_s * 1000, ())
    return desk.done()


def milliseconds(at: datetime) -> int:
    """Return a moment as a state holds it."""
    return round(at.timestamp() * 1000)


def moment(at_ms: int) -> datetime:
    """Return a moment of a state."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)


def policy_of(spec: Mapping[str, object]) -> Notify:
    """Return the policy of a stored version."""
    return msgspec.convert(spec, Notify)
