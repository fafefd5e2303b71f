"""Activities: never more registered than there are places, who came first is let in first, each is reminded once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.chat import Meant, Told, meant
from services.engagement.rules.commands import Say
from services.engagement.rules.participation.activities import TRIERS_MAX, Activities
from services.engagement.rules.participation.activity_letters import TOLD_AT_ONCE
from services.engagement.rules.participation.commands import Due, ReplyTo, Take, Who
from services.engagement.rules.participation.doings import Attended, ByMember, CheckIn, Drawn, Join, Leave, Look, Vote
from services.engagement.rules.participation.guests import (
    ALPHABET,
    AROUND,
    CODE_CHARS,
    GUESTS_MAX,
    IN,
    TRIES_MAX,
    WAITS,
    WALKED_IN,
    Guest,
    Guests,
    code_of,
    line,
)
from services.engagement.rules.participation.mechanism import Viewer, packed
from shared.documents.activities import CAPACITY_MAX, WAITING_MAX, Activity
from shared.errors import Misplaced
from shared.events.actions import ActionMessage, ActionPublish
from shared.fold.limits import STATE_BYTES_MAX
from shared.said import Language
from tests.unit.engagement.participation.stage import AT, KEY, KNOWN, WORDS, Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS = AT + 2 * DAY
REWARDS = {"rules": [{"id": "there", "for": "activity", "points": 50}]}
BOT = "telegram:-100"
ANNA, OLEG, EVA = "telegram:1", "telegram:2", "telegram:3"
CODE = code_of(KEY, "acme", "spring")
PLACE = {"place": {"en": "Red Square", "ru": "Красная площадь"}, "link": "https://acme.example/live"}


def activity(**spec: Any) -> Stage:  # noqa: ANN401
    window = {"starts": STARTS.isoformat(), "ends": (STARTS + 2 * HOUR).isoformat()}
    return Stage("Activity", REWARDS, **(window | {"community": BOT} | spec))


def spec_of(stage: Stage) -> Activity:
    assert stage.state is not None
    return msgspec.convert(stage.state.spec, Activity)


def who(stage: Stage, state: int) -> list[str]:
    return [member for member, guest in stage.inner.guests.items() if guest.state == state]


def messages(stage: Stage, begins: str) -> list[str]:
    texts = [act for act in stage.acts if isinstance(act, ActionMessage) and (act.data.text or "").startswith(begins)]
    return [act.data.member or "" for act in texts]


def shown(stage: Stage, member: str | None = None) -> dict[str, Any]:
    return Activities().shown(spec_of(stage), stage.inner, Viewer(stage.clock.now(), Language.EN, member))


members = st.integers(0, 5).map("telegram:{}".format)
moves = st.lists(st.tuples(members, st.booleans()), max_size=60)


@given(moves, st.integers(1, 3), st.integers(0, 3))
def test_never_too_many_are_registered_and_who_waits_longest_is_let_in_first(
    done: list[tuple[str, bool]], capacity: int, waiting: int
) -> None:
    stage = activity(capacity=capacity, waiting=waiting)
    registered, waits, told = list[str](), list[str](), list[str]()
    for member, joins in done:
        outcome = stage.member(member, Join() if joins else Leave())
        known = member in registered or member in waits
        if joins and not known:
            fits = len(registered) < capacity or len(waits) < waiting
            assert outcome == ("done" if fits else "full")
            if fits:
                (registered if len(registered) < capacity else waits).append(member)
        elif not joins:
            assert outcome == ("done" if known else "not_in")
            registered, waits = ([one for one in some if one != member] for some in (registered, waits))
        if waits and len(registered) < capacity:
            told.append(waits[0])
            registered.append(waits.pop(0))
        assert Counter(who(stage, IN)) == Counter(registered)
        assert len(registered) <= capacity
        assert list(line(stage.inner)) == waits

    assert messages(stage, "Spring: a place is free") == told


moved = st.one_of(moves.map(lambda found: found[:3]), st.just("late"))


@given(st.lists(moved, max_size=12), st.integers(1, 6))
async def test_who_is_registered_is_reminded_once_each_time(done: list[Any], hours: int) -> None:
    stage = activity(capacity=3, reminders=["24h", "1h"])
    for one in done:
        if one == "late":
            await stage.late(timedelta(hours=hours))
            continue
        for member, joins in one:
            stage.member(member, Join() if joins else Leave())
    stays = set(who(stage, IN))
    now = stage.clock.now()
    before = Counter(messages(stage, "Spring begins"))
    await stage.late(max(timedelta(), STARTS + HOUR - now))

    to_come = sum(now < STARTS - ago for ago in (24 * HOUR, HOUR))
    reminded = Counter(messages(stage, "Spring begins"))
    assert {member: reminded[member] - before[member] for member in stays} == dict.fromkeys(stays, to_come)
    assert max(reminded.values(), default=0) <= 2
    assert len({act.id for act in stage.acts}) == len(stage.acts)


async def test_a_thousand_are_reminded_in_steps() -> None:
    stage = activity(reminders=["1h"], **PLACE)
    many = 3 * TOLD_AT_ONCE + 1
    for number in range(many):
        stage.member(f"telegram:{number}", Join())
    stage.clock.at = STARTS - HOUR - timedelta(seconds=1)
    sizes = []
    while stage.timers:
        before = len(stage.acts)
        await _one_timer(stage)
        sizes.append(len(stage.acts) - before)

    assert sizes == [TOLD_AT_ONCE] * 3 + [1]
    assert sorted(messages(stage, "Spring begins")) == sorted(f"telegram:{number}" for number in range(many))
    assert (
        stage.acts[-1].data.text
        == "Spring begins at 2026-03-04 12:00 UTC.\nPlace: Red Square\nLink: https://acme.example/live"
    )
    assert stage.acts[-1].data.deadline == STARTS + 2 * HOUR


async def _one_timer(stage: Stage) -> None:
    """Let the time come of the next timer, and of no other."""
    due, name = min((timer.due, name) for name, timer in stage.timers.items())
    timer = stage.timers.pop(name)
    stage.clock.at = max(stage.clock.at, due)
    await stage.fold.prepare()
    stage.do(msgspec.json.decode(timer.command, type=Due))


async def test_one_checks_in_by_the_code_and_counts_once() -> None:
    stage = activity()
    assert CODE is not None
    stage.member(ANNA, Join())
    assert stage.member(ANNA, CheckIn(code=CODE)) == "no_check_in"
    await stage.late(2 * DAY - AROUND)
    assert stage.member(OLEG, CheckIn(code=CODE)) == "not_in"
    assert stage.member(ANNA, CheckIn()) == "no_code"
    assert stage.member(ANNA, CheckIn(code=f" {CODE.lower()} ")) == "done"
    assert stage.member(ANNA, CheckIn(code=CODE)) == "attended"
    assert stage.staff(Attended(member=ANNA)) == "done"
    assert stage.member(ANNA, Leave()) == "attended"

    assert [event.data.member for event in stage.told] == [ANNA]
    assert stage.points(ANNA) == 50


async def test_who_guesses_is_let_in_by_staff_alone() -> None:
    stage = activity()
    stage.member(ANNA, Join())
    await stage.late(2 * DAY)
    guesses = [stage.member(ANNA, CheckIn(code=f"AAAAA{digit}")) for digit in range(2, 2 + TRIES_MAX)]
    stage.member(ANNA, Leave())
    stage.member(ANNA, Join())

    assert guesses == ["wrong_code"] * TRIES_MAX
    assert stage.member(ANNA, CheckIn(code=CODE)) == "tries"
    assert stage.staff(Attended(member=ANNA)) == "done"
    assert stage.points(ANNA) == 50


async def test_when_many_guessed_staff_check_in_others_who_do() -> None:
    stage = activity()
    stage.member(ANNA, Join())
    stage.member(OLEG, Join())
    stage.put(tries={OLEG: 1} | {f"vk:{number}": 1 for number in range(1, TRIERS_MAX)})
    await stage.late(2 * DAY)

    assert stage.member(ANNA, CheckIn(code="AAAAAA")) == "tries"
    assert stage.member(OLEG, CheckIn(code="AAAAAA")) == "wrong_code"


def test_no_more_come_than_fit() -> None:
    stage = activity()
    stage.put(guests={f"vk:{number}": Guest(number, WALKED_IN, has_attended=True) for number in range(GUESTS_MAX)})
    stage.clock.at = STARTS

    assert stage.member(ANNA, Join()) == "full"
    assert stage.staff(Attended(member=ANNA)) == "full"


async def test_nobody_is_reminded_of_what_has_begun() -> None:
    stage = activity(reminders=["1h"])
    stage.member(ANNA, Join())
    stage.clock.at = STARTS
    await _one_timer(stage)

    assert messages(stage, "Spring begins") == []


async def test_staff_let_in_who_waits_or_just_came_without_a_place() -> None:
    stage = activity(capacity=1)
    for member in (ANNA, OLEG):
        stage.member(member, Join())
    assert stage.staff(Attended(member=OLEG)) == "no_check_in"
    await stage.late(2 * DAY)
    assert [stage.staff(Attended(member=member)) for member in (OLEG, EVA, EVA)] == ["done"] * 3

    assert (shown(stage)["registered"], shown(stage)["waiting"], shown(stage)["attended"]) == (1, 0, 2)
    assert [event.data.member for event in stage.told] == [OLEG, EVA]


def test_a_code_is_of_one_activity_of_one_brand_under_one_key() -> None:
    codes = {code_of(key, brand, name) for key in (KEY, KEY[::-1]) for brand in ("a", "b") for name in ("c", "d")}

    assert len(codes) == 8
    assert all(code and len(code) == CODE_CHARS and set(code) <= set(ALPHABET) for code in codes)
    assert code_of(b"", "a", "c") is None


def test_where_it_is_is_told_to_those_who_are_registered() -> None:
    stage = activity(capacity=1, **PLACE)
    for member in (ANNA, OLEG):
        stage.member(member, Join())
    cards = {
        member: repr(Activities().card("spring", spec_of(stage), stage.inner, Viewer(AT, Language.EN, member)))
        for member in (ANNA, OLEG, EVA)
    }

    told = {member: (repr(shown(stage, member)), cards[member]) for member in cards}
    assert all("Red Square" in text and "https://" in text for text in told[ANNA])
    assert not any("Red Square" in text or "https://" in text for member in (OLEG, EVA) for text in told[member])
    assert not any("Red Square" in repr(one) for one in (stage.acts, stage.entries))


def test_the_page_asks_for_the_code_when_it_counts() -> None:
    stage = activity()
    stage.member(ANNA, Join())
    keys = [
        [key.command for key in Activities().card("spring", spec_of(stage), stage.inner, Viewer(at, Language.EN, ANNA)).keys]
        for at in (STARTS - AROUND - timedelta(seconds=1), STARTS - AROUND, STARTS + 2 * HOUR)
    ]

    assert keys == [["leave spring"], ["checkin spring", "leave spring"], []]


def test_announced_with_a_button_that_registers() -> None:
    stage = activity()
    (act,) = stage.acts

    assert isinstance(act, ActionPublish)
    assert act.data.text == "Spring\nMeet-up, 2026-03-04 12:00 UTC"
    assert [button.command for row in act.data.buttons or () for button in row] == ["join spring"]


async def test_who_comes_is_told_that_it_is_cancelled_and_again_when_it_is_not() -> None:
    stage = activity(capacity=TOLD_AT_ONCE)
    many = TOLD_AT_ONCE + 5
    for number in range(many):
        stage.member(f"telegram:{number}", Join())
    stage.delete()
    assert stage.member("telegram:1", Join()) == "unknown"
    await stage.late(timedelta(minutes=1))
    assert len(messages(stage, "Spring is cancelled")) == many
    assert not stage.timers, "neither reminders nor anything else is left"
    stage.define(starts=STARTS.isoformat(), ends=(STARTS + HOUR).isoformat(), community=BOT)
    await stage.late(3 * DAY)

    assert len(messages(stage, "Spring takes place after all")) == many
    assert shown(stage)["registered"] == many
    assert len(messages(stage, "Spring begins")) == 2 * many


async def test_a_move_is_told_and_reminded_of_anew() -> None:
    stage = activity(reminders=["1h"])
    stage.member(ANNA, Join())
    await stage.late(2 * DAY - HOUR)
    later = STARTS + DAY
    stage.define(starts=later.isoformat(), ends=(later + HOUR).isoformat(), community=BOT, reminders=["1h"])
    await stage.late(3 * DAY)

    texts = [act.data.text for act in stage.acts if isinstance(act, ActionMessage)]
    assert texts == [
        "Spring begins at 2026-03-04 12:00 UTC.",
        "Spring was moved. It begins at 2026-03-05 12:00 UTC.",
        "Spring begins at 2026-03-05 12:00 UTC.",
    ]


async def test_more_places_let_in_who_waits_in_steps() -> None:
    stage = activity(capacity=1)
    many = 2 * TOLD_AT_ONCE
    for number in range(many):
        stage.member(f"telegram:{number}", Join())
    stage.define(starts=STARTS.isoformat(), ends=(STARTS + HOUR).isoformat(), community=BOT, capacity=many - 10)
    assert len(who(stage, IN)) == 1 + TOLD_AT_ONCE
    stage.member("vk:1", Join())
    await stage.late(timedelta(minutes=1))

    assert len(who(stage, IN)) == many - 10
    assert list(line(stage.inner)) == [f"telegram:{number}" for number in range(many - 10, many)] + ["vk:1"]
    assert messages(stage, "Spring: a place") == [f"telegram:{number}" for number in range(1, many - 10)]


def test_a_member_is_written_to_where_they_registered() -> None:
    stage = activity(capacity=1)
    stage.member(ANNA, Join())
    reply = ReplyTo(community="vk:501", source="vk", press="p1")
    stage.do(Take(**stage.about("vk"), member="vk:7", does=Join(), who=KNOWN, reply=reply))
    stage.member(ANNA, Leave())

    assert (stage.acts[-1].data.member, stage.acts[-1].community) == ("vk:7", "vk:501")


async def test_nobody_registers_or_leaves_when_it_is_over_but_leaves_when_registration_is() -> None:
    stage = activity(until=(AT + HOUR).isoformat(), capacity=1)
    for member in (ANNA, OLEG):
        stage.member(member, Join())
    await stage.late(HOUR)
    assert stage.member(EVA, Join()) == "over"
    assert stage.member(ANNA, Leave()) == "done"
    assert who(stage, IN) == [OLEG]
    await stage.late(2 * DAY + HOUR)

    assert stage.member(OLEG, Leave()) == "over"


@pytest.mark.parametrize(
    ("spec", "does", "person", "outcome"),
    [
        ({"from": (AT + HOUR).isoformat()}, Join(), KNOWN, "not_open"),
        ({}, Join(), Who(sanctioned=True), "sanctioned"),
        ({"eligible": {"vip": True}}, Join(), KNOWN, "not_vip"),
        ({"capacity": 1, "waiting": 0}, Join(), KNOWN, "full"),
        ({}, Vote(options=(0,)), KNOWN, "misplaced"),
        ({}, Look(), KNOWN, "done"),
    ],
)
def test_who_may_come(spec: dict[str, Any], does: ByMember, person: Who, outcome: str) -> None:
    stage = activity(**spec)
    stage.member(OLEG, Join())

    assert stage.member(ANNA, does, person) == outcome
    assert stage.staff(Drawn(round=1, signature="0" * 96)) == "misplaced"


@pytest.mark.parametrize(
    ("verb", "words", "does"),
    [
        ("join", "", Join()),
        ("leave", "", Leave()),
        ("events", "", Look()),
        ("events", "x", None),
        ("checkin", "", CheckIn()),
        ("checkin", "ABC", CheckIn(code="ABC")),
    ],
)
def test_what_members_mean(verb: str, words: str, does: ByMember | None) -> None:
    assert Activities().meant(spec_of(activity()), verb, words) == does


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ({"ends": STARTS.isoformat()}, "ends"),
        ({"until": (STARTS + DAY).isoformat()}, "until"),
        ({"from": (STARTS + DAY).isoformat()}, "from"),
    ],
)
def test_what_is_no_activity(spec: dict[str, Any], at: str) -> None:
    window = {"title": WORDS, "starts": STARTS.isoformat(), "ends": (STARTS + HOUR).isoformat()}
    with pytest.raises(Misplaced) as wrong:
        Activities().check(msgspec.convert(window | spec, Activity))

    assert wrong.value.at == f"$.spec.{at}"


def test_pages_show_it_until_it_has_ended_and_not_until_registration_has() -> None:
    stage = activity(until=(AT + HOUR).isoformat())
    assert stage.state is not None

    assert stage.fold.encode(stage.state)["ends"] == STARTS + 2 * HOUR


def test_a_state_of_as_many_as_may_come_fits() -> None:
    guests = {f"telegram:{10**11 + number}": Guest(10**6 + number, WAITS, 999, True) for number in range(GUESTS_MAX)}
    largest = Guests(
        guests, 10**6, tuple(f"telegram:-100{10**9 + n}" for n in range(1_000)), dict.fromkeys(list(guests)[:5_000], 5)
    )
    usual = Guests({f"telegram:{10**9 + number}": Guest(number) for number in range(GUESTS_MAX)})

    assert CAPACITY_MAX + WAITING_MAX <= GUESTS_MAX
    assert len(packed(largest)) < STATE_BYTES_MAX
    assert len(packed(largest)) / GUESTS_MAX < 45
    assert len(packed(usual)) / GUESTS_MAX < 30


@pytest.mark.parametrize(("at", "told"), [(AT, True), (STARTS, True), (STARTS + 2 * HOUR, False), (AT - DAY, False)])
def test_it_is_named_until_it_ends_by_a_button_that_tells_of_it(at: datetime, told: bool) -> None:  # noqa: FBT001
    spec = spec_of(activity(**{"from": AT.isoformat()}, until=(AT + HOUR).isoformat()))
    reply = ReplyTo(community=BOT, source="telegram")
    about: dict[str, Any] = {"brand": "acme", "member": ANNA, "at": at, "reply": reply}
    found = meant(Say(id="1", name="events", **about), {"activity": {"spring": spec}})

    assert isinstance(found, Told)
    assert [key.command for key in found.keys] == ["events spring"] * told
    assert meant(Say(id="2", name="events", text="spring", **about), {"activity": {"spring": spec}}) == Meant(
        "activity/spring", Look()
    )


def test_who_would_have_to_wait_is_told_before_they_press() -> None:
    stage = activity(capacity=1, waiting=1)

    def looked() -> tuple[str, list[str]]:
        card = Activities().card("spring", spec_of(stage), stage.inner, Viewer(AT, Language.EN, "telegram:9"))
        return card.lines[-1].en, [key.text.en for key in card.keys]

    assert looked() == ("Registered: 0 of 1.", ["Take part"])
    stage.member("telegram:1", Join())
    assert looked() == ("All places are taken; waiting for one: 0.", ["Wait for a place"])
    stage.member("telegram:2", Join())
    assert looked() == ("All places are taken, and no more can wait.", [])
