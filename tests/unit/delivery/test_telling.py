"""Who is told what, and when: routes, groups, quiet hours, and ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.rules.notices.occasions import Told
from services.delivery.rules.notices.telling import OPEN_MAX, Due, Held, Policy, State, ended, evolve, milliseconds
from services.delivery.rules.notices.words import LINES_MAX
from shared.documents.outward import Notify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
QUIET = {"from": "22:00", "to": "08:00"}
CHAT = {"community": "telegram:-1"}


def policy(*routes: dict[str, Any], zone: str = "UTC") -> Policy:
    spec = {"routes": [{"id": f"r{place}", "chat": CHAT} | route for place, route in enumerate(routes or ({},))]}
    return Policy(msgspec.convert(spec, Notify), zone)


def told(number: int = 1, at: datetime = NOON, **fields: Any) -> Told:  # noqa: ANN401 - a field may be anything
    about: dict[str, Any] = {
        "occasion": "incident",
        "severity": "medium",
        "subject": f"incident {number}",
        "cause": f"event-{number}-{fields.get('over', False)}",
        "brand": "acme",
        "community": "telegram:-100",
        "at_ms": milliseconds(at),
    }
    return Told(**about | fields)


class Desk:
    """A state whose timers fire in the order of their time."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.state, self.timers = policy, State(), list[Due]()
        self.sent: list[tuple[str, datetime, list[int], int]] = []
        """By which route, when, which subjects, and how many more."""
        self.held: list[Sequence[Held]] = []

    def tell(self, *events: Told) -> Desk:
        for event in events:
            self.wait(event.at_ms - 1)
            self._take(evolve(self.state, event, self.policy))
        return self

    def wait(self, until_ms: int) -> Desk:
        while due := sorted((one for one in self.timers if one.due_ms <= until_ms), key=lambda one: one.due_ms)[:1]:
            self.timers.remove(due[0])
            self._take(ended(self.state, due[0], self.policy))
        return self

    def rest(self) -> Desk:
        return self.wait(milliseconds(NOON + timedelta(days=30)))

    def _take(self, outcome: Any) -> None:  # noqa: ANN401 - an outcome
        self.state = outcome.state
        self.timers += outcome.timers
        for notice in outcome.notices:
            numbers = [int(held.told.subject.split()[1]) for held in notice.held]
            at = datetime.fromtimestamp(notice.at_ms / 1000, UTC)
            self.sent.append((notice.route.id, at, numbers, notice.more))
            self.held.append(notice.held)


def test_each_route_is_told_once_what_it_asked_for() -> None:
    desk = Desk(
        policy(
            {},
            {"severity": "high"},
            {"occasions": ["brake"]},
            {"communities": ["telegram:-100"]},
            {"communities": ["vk:-5"]},
        )
    )

    desk.tell(told(), told()).rest()

    assert [(route, numbers) for route, _, numbers, _ in desk.sent] == [("r0", [1]), ("r3", [1])]


def test_a_report_is_told_by_the_routes_that_its_schedule_names_and_by_no_other() -> None:
    desk = Desk(policy({}, {"occasions": ["report"]}, {"occasions": ["incident"], "severity": "critical"}))

    desk.tell(told(1, occasion="report", severity="low"), told(2, occasion="report", severity="low", routes=("r2",))).rest()

    assert [(route, numbers) for route, _, numbers, _ in desk.sent] == [("r2", [2])]


def test_the_first_is_told_at_once_and_those_that_follow_together() -> None:
    desk = Desk(policy({"group_s": 300}))

    desk.tell(*(told(number, NOON + timedelta(seconds=number)) for number in range(16))).rest()

    first, rest = desk.sent
    assert first == ("r0", NOON, [0], 0)
    assert rest == ("r0", NOON + timedelta(seconds=300), list(range(1, LINES_MAX + 1)), 15 - LINES_MAX)
    assert desk.state.lanes == {}


def test_what_is_of_another_kind_is_not_held_up() -> None:
    desk = Desk(policy({"group_s": 300}))

    desk.tell(told(1), told(2, occasion="brake"), told(3)).wait(milliseconds(NOON))

    assert [numbers for _, _, numbers, _ in desk.sent] == [[1], [2]]


def test_what_is_critical_waits_for_nothing_that_is_less() -> None:
    desk = Desk(policy({"group_s": 86_400}))

    desk.tell(told(1), told(2, NOON + timedelta(seconds=9), severity="critical"))

    assert [(at, numbers) for _, at, numbers, _ in desk.sent] == [(NOON, [1]), (NOON + timedelta(seconds=9), [2])]


def test_a_critical_one_behind_many_is_told_though_the_night_has_begun() -> None:
    evening = datetime(2026, 3, 2, 21, 58, tzinfo=UTC)
    desk = Desk(policy({"quiet": QUIET, "group_s": 300}))

    desk.tell(*(told(number, evening) for number in range(LINES_MAX + 2)))
    desk.tell(told(99, evening + timedelta(seconds=60), severity="critical")).rest()

    assert (evening + timedelta(seconds=60), [99]) in [(at, numbers) for _, at, numbers, _ in desk.sent]


def test_of_more_than_there_are_lines_for_the_most_severe_are_told_in_their_order() -> None:
    desk = Desk(policy({"quiet": QUIET}))

    desk.tell(*(told(number, NIGHT, severity="low") for number in range(LINES_MAX)))
    desk.tell(told(98, NIGHT, severity="high"), told(99, NIGHT)).rest()

    ((_, at, numbers, more),) = desk.sent
    assert (at, numbers, more) == (MORNING, [*range(LINES_MAX - 2), 98, 99], 2)


def test_without_a_group_each_is_told_by_itself() -> None:
    desk = Desk(policy({"group_s": 0})).tell(told(1), told(2), told(3))

    assert [numbers for _, _, numbers, _ in desk.sent] == [[1], [2], [3]]
    assert desk.timers == []


def test_a_flood_is_one_notice_a_window_as_long_as_it_lasts() -> None:
    desk = Desk(policy({"group_s": 60}))

    desk.tell(*(told(number, NOON + timedelta(seconds=10 * number)) for number in range(31))).rest()

    assert len(desk.sent) == 6
    assert sum(len(numbers) + more for _, _, numbers, more in desk.sent) == 31


def test_at_night_what_can_wait_is_told_together_in_the_morning_and_what_is_critical_at_once() -> None:
    desk = Desk(policy({"quiet": QUIET}))

    desk.tell(
        told(1, NIGHT),
        told(2, NIGHT + timedelta(hours=1), occasion="brake", severity="high"),
        told(3, NIGHT + timedelta(hours=2), severity="critical"),
    ).rest()

    assert [(at, numbers) for _, at, numbers, _ in desk.sent] == [(NIGHT + timedelta(hours=2), [3]), (MORNING, [1, 2])]


def test_what_was_being_collected_as_the_night_began_waits_for_the_morning_too() -> None:
    evening = datetime(2026, 3, 2, 21, 58, tzinfo=UTC)
    desk = Desk(policy({"quiet": QUIET, "group_s": 300}))

    desk.tell(told(1, evening), told(2, evening + timedelta(seconds=60)), told(3, NIGHT)).rest()

    assert [(at, numbers) for _, at, numbers, _ in desk.sent] == [(evening, [1]), (MORNING, [2, 3])]


def test_the_brands_zone_says_when_it_is_night() -> None:
    desk = Desk(policy({"quiet": QUIET}, zone="Asia/Tokyo"))

    desk.tell(told(1, datetime(2026, 3, 2, 14, tzinfo=UTC))).rest()

    assert [at for _, at, _, _ in desk.sent] == [datetime(2026, 3, 2, 23, tzinfo=UTC)]


def test_who_was_told_is_told_that_it_is_over_and_nobody_else() -> None:
    desk = Desk(policy({}, {"severity": "high"}, {"quiet": QUIET}))

    desk.tell(told(1), told(1, NOON + timedelta(hours=1), over=True, severity="critical")).rest()

    assert [(route, held[0].told.over) for (route, _, _, _), held in zip(desk.sent, desk.held, strict=True)] == [
        ("r0", False),
        ("r2", False),
        ("r0", True),
        ("r2", True),
    ]
    assert desk.state == State()


def test_what_began_and_ended_in_the_night_is_told_in_the_morning_as_over() -> None:
    desk = Desk(policy({"quiet": QUIET}))

    desk.tell(told(1, NIGHT), told(1, NIGHT + timedelta(hours=1), over=True)).rest()

    (held,) = desk.held
    assert [(one.told.over, one.is_over) for one in held] == [(False, True)]


def test_an_end_in_the_night_waits_even_where_the_beginning_was_critical() -> None:
    desk = Desk(policy({"quiet": QUIET}))

    desk.tell(
        told(1, NIGHT, severity="critical"), told(1, NIGHT + timedelta(hours=1), over=True, severity="critical")
    ).rest()

    assert [at for _, at, _, _ in desk.sent] == [NIGHT, MORNING]


def test_the_end_of_what_nobody_was_told_of_is_told_to_nobody() -> None:
    assert Desk(policy()).tell(told(1, over=True)).rest().sent == []


def test_a_route_that_the_playbook_names_is_told_of_what_it_tells_of_otherwise_not() -> None:
    asked = policy(
        {"id": "all", "group_s": 0}, {"id": "night", "occasions": ["brake"], "severity": "critical", "group_s": 0}
    )

    by_rules = Desk(asked).tell(told(1, occasion="incident", severity="low"))
    by_playbook = Desk(asked).tell(told(2, occasion="incident", severity="low", routes=("night",)))

    assert [route for route, *_ in by_rules.sent] == ["all"]
    assert [route for route, *_ in by_playbook.sent] == ["all", "night"]


def test_a_route_is_not_told_by_itself_that_it_is_dead() -> None:
    desk = Desk(policy({"id": "hook"}, {"id": "chat"}))

    desk.tell(told(occasion="connection_lost", values={"connection": "notify/hook"}))

    assert [route for route, _, _, _ in desk.sent] == ["chat"]


def test_a_route_that_is_gone_by_then_is_not_told_what_waited() -> None:
    desk = Desk(policy({"quiet": QUIET})).tell(told(1, NIGHT))

    desk.policy = policy({"id": "another"})
    desk.rest()

    assert desk.sent == []
    assert desk.state.lanes == {}


def test_the_timer_of_an_earlier_lane_says_nothing() -> None:
    desk = Desk(policy({"quiet": QUIET})).tell(told(1, NIGHT))
    early = Due(desk.timers[0].lane, desk.timers[0].due_ms - 1)

    outcome = ended(desk.state, early, desk.policy)

    assert (outcome.state, list(outcome.notices)) == (desk.state, [])


def test_beyond_a_limit_the_oldest_end_is_told_to_nobody() -> None:
    desk = Desk(policy({"group_s": 0}))
    desk.tell(*(told(number) for number in range(OPEN_MAX + 1)))

    desk.tell(told(0, over=True), told(1, over=True))

    assert [numbers for _, _, numbers, _ in desk.sent][OPEN_MAX + 1 :] == [[1]]
    assert len(desk.state.open) == OPEN_MAX - 1


@pytest.mark.parametrize("over", [False, True])
def test_a_state_is_packed_and_read_back(*, over: bool) -> None:
    state = Desk(policy({"quiet": QUIET})).tell(told(1, NIGHT), told(1, NIGHT + timedelta(hours=1), over=over)).state

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=State) == state


happenings = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3 * 86_400), st.booleans(), st.sampled_from(["low", "high", "critical"])),
    max_size=30,
)


@given(happenings, st.sampled_from([0, 60, 3_600]), st.booleans())
def test_nothing_is_lost_nothing_is_told_twice_and_nights_are_quiet(
    found: list[tuple[int, int, bool, str]],
    group_s: int,
    is_quiet: bool,  # noqa: FBT001 - drawn
) -> None:
    desk = Desk(policy({"group_s": group_s} | ({"quiet": QUIET} if is_quiet else {})))
    began, expected = set[int](), 0
    for number, after_s, over, severity in sorted(found, key=lambda one: one[1]):
        expected += not over and number not in began
        began = began - {number} if over else began | {number}
        desk.tell(told(number, NOON + timedelta(seconds=after_s), over=over, severity=severity, cause=f"{after_s}/{over}"))
    desk.rest()

    begins = [held for notice in desk.held for held in notice if not held.told.over]
    ends = [held for notice in desk.held for held in notice if held.told.over]
    more = sum(more for _, _, _, more in desk.sent)
    assert len(begins) <= expected <= len(begins) + more
    assert len(ends) + sum(held.is_over for held in begins) <= expected
    assert desk.state.lanes == {}
    for (_, at, _, _), notice in zip(desk.sent, desk.held, strict=True):
        assert not is_quiet or 8 <= at.hour < 22 or any(held.told.is_urgent for held in notice)
