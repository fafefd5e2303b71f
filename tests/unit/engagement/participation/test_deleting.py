"""A thing whose document is deleted is not there: nothing is done any more, and no timer is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.engagement.rules.participation.commands import Due
from services.engagement.rules.participation.contests import SETTLE
from services.engagement.rules.participation.doings import Look
from services.engagement.rules.participation.play import CLOSE, OPEN, timer_id
from tests.unit.engagement.participation.stage import AT, WORDS, Stage

HOUR = timedelta(hours=1)


def test_its_timers_go() -> None:
    window: dict[str, Any] = {"from": (AT + HOUR).isoformat(), "until": (AT + 2 * HOUR).isoformat()}
    stage = Stage("Poll", options=[WORDS, WORDS], **window)
    assert set(stage.timers) == {timer_id("acme", "poll/spring", what) for what in (OPEN, CLOSE)}
    stage.delete()

    assert not stage.timers
    assert stage.member("telegram:1", Look()) == "unknown"


@pytest.mark.parametrize("what", [OPEN, CLOSE, "judged"])
def test_a_timer_that_had_fired_already_does_nothing_and_is_not_fired_again(what: str) -> None:
    stage = Stage("Poll", options=[WORDS, WORDS], community="telegram:-100", until=(AT + HOUR).isoformat())
    stage.delete()
    before = len(stage.acts)
    step = stage.fold.evolve(stage.state, stage.heard(Due(**stage.about("late"), what=what)))

    assert list(step.done_timers) == [timer_id("acme", "poll/spring", what)]
    assert not step.outputs
    assert len(stage.acts) == before


async def test_what_is_final_comes_back_as_it_was() -> None:
    enter: dict[str, Any] = {"enter": {"by": "form"}, "win": "points", "until": (AT + HOUR).isoformat()}
    stage = Stage("Contest", **enter)
    await stage.late(HOUR + SETTLE)
    order = stage.inner.order
    stage.delete()
    stage.define(**enter)

    assert stage.state is not None
    assert not stage.state.is_deleted
    assert stage.inner.order == order == ()
