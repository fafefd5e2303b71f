from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.platforms.platform import Kind
from services.delivery.rules import works
from services.delivery.rules.states import decoded, encoded
from services.delivery.rules.works import AGE_MAX, REVERSED_MAX, Past, Target, Work
from shared.events.actions import Act, Code

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def work(kind: Kind, id_: str = "", cause: str = "decision-1", **more: object) -> Work:
    act = Act(cause=cause, content_id="telegram:-1:5", member="telegram:7", **more)  # type: ignore[arg-type]
    return Work(id_ or kind, kind, act, "telegram/acme", NOW, NOW, NOW)


def target(*some: Work, reversed_: tuple[str, ...] = ()) -> Target:
    return Target("acme", "telegram:-1", some, reversed_)


def code(found: works.Drop | None) -> str | None:
    return None if found is None else found.code


def test_an_act_whose_decision_was_taken_back_is_dropped() -> None:
    delete = work("delete")

    assert code(works.verdict(target(delete, reversed_=("decision-1",)), delete, NOW)) == "reversed"
    assert works.verdict(target(delete, reversed_=("decision-2",)), delete, NOW) is None


@pytest.mark.parametrize(("later", "found"), [(timedelta(minutes=5), None), (timedelta(minutes=10), "late")])
def test_an_act_is_late_at_its_deadline(later: timedelta, found: str | None) -> None:
    delete = work("delete", deadline=NOW + timedelta(minutes=10))

    assert code(works.verdict(target(delete), delete, NOW + later)) == found


def test_an_act_without_a_deadline_is_given_a_day() -> None:
    delete = work("delete")

    assert works.verdict(target(delete), delete, NOW + AGE_MAX - timedelta(seconds=1)) is None
    assert code(works.verdict(target(delete), delete, NOW + AGE_MAX)) == "late"


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        ("ban", "unban", "replaced"),
        ("mute", "unmute", "replaced"),
        ("delete", "restore", "replaced"),
        ("slow_mode", "slow_mode", "replaced"),
        ("mute", "mute", None),
        ("unban", "ban", None),
        ("restore", "delete", None),
    ],
)
def test_what_a_later_act_undoes_is_not_begun(first: Kind, then: Kind, found: str | None) -> None:
    before, after = work(first, "1"), work(then, "2", cause="decision-2")

    assert code(works.verdict(target(before, after), before, NOW)) == found
    assert works.verdict(target(before, after), after, NOW) is None


def test_an_act_that_comes_twice_is_there_once() -> None:
    delete = work("delete")

    assert works.added(works.added(target(), delete), delete).works == (delete,)


def test_reversals_are_remembered_up_to_a_limit_the_newest_kept() -> None:
    found = target()
    for number in range(REVERSED_MAX + 5):
        found = works.taken_back(found, f"decision-{number}")

    assert len(found.reversed) == REVERSED_MAX
    assert found.reversed[-1] == f"decision-{REVERSED_MAX + 4}"


def test_a_forgotten_reversal_leaves_nothing() -> None:
    assert works.forgotten(works.taken_back(target(), "decision-1"), "decision-1").is_empty


@pytest.mark.parametrize(
    ("past", "spared"),
    [
        ([], False),
        ([Past("delete", was_done=False)], True),
        ([Past("hide", was_done=True), Past("delete", was_done=False)], False),
        ([Past("delete", was_done=True), Past("restore", was_done=True), Past("delete", was_done=False)], True),
        ([Past("delete", was_done=True), Past("restore", was_done=True)], False),
        ([Past("hide", was_done=True), Past("restore", was_done=False), Past("delete", was_done=False)], False),
        ([Past("restore", was_done=False)], False),
        ([Past("restore", was_done=True), Past("delete", was_done=False), Past("restore", was_done=False)], True),
    ],
)
def test_what_was_never_taken_away_need_not_come_back(past: list[Past], *, spared: bool) -> None:
    assert works.was_spared(past) is spared


@pytest.mark.parametrize(
    ("kind", "code", "was_done"),
    [
        ("delete", None, True),
        ("delete", "uncertain", True),
        ("hide", "given_up", True),
        ("delete", "late", False),
        ("restore", None, True),
        ("restore", "uncertain", False),
    ],
)
def test_a_removal_counts_where_it_was_perhaps_done_and_a_return_where_it_surely_was(
    kind: Kind, code: Code | None, *, was_done: bool
) -> None:
    assert works.past(kind, code) == Past(kind, was_done)


def test_a_message_does_not_wait_for_a_mute_nor_a_removal_for_an_answer() -> None:
    kinds: list[Kind] = ["mute", "message", "delete", "reply", "publish", "slow_mode"]
    names = {works.target_of(kind, work(kind).act) for kind in kinds}

    assert len(names) == len(kinds)


@given(
    kinds=st.lists(st.sampled_from(sorted(works.TARGETS)), max_size=8), reversed_=st.lists(st.text(max_size=5), max_size=3)
)
def test_a_target_is_stored_and_read_back(kinds: list[Kind], reversed_: list[str]) -> None:
    found = target(*(work(kind, f"{n}") for n, kind in enumerate(kinds)), reversed_=tuple(reversed_))

    document = encoded(found)

    assert decoded(document) == found
    assert document["open"] == len(kinds)
