"""Polls and surveys: one answer a member, whoever asks for how often."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.participation.commands import Polled, Who
from services.engagement.rules.participation.doings import Begin, Look, Unvote, Vote
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.polls import MESSAGE_CHARS_MAX, Polls, counts
from shared.documents.things import Poll
from shared.errors import Misplaced
from tests.unit.engagement.participation.stage import AT, WORDS, Stage

THREE = {"options": [WORDS, WORDS, WORDS]}
HOUR = timedelta(hours=1)


def poll(**spec: Any) -> Stage:  # noqa: ANN401
    rewards = {"rules": [{"id": "answers", "for": "poll", "points": 5}]}
    return Stage("Poll", rewards, **(THREE | spec))


def results(stage: Stage) -> dict[str, Any]:
    return counts(_spec(stage), stage.inner)


def _spec(stage: Stage) -> Poll:

    assert stage.state is not None
    return msgspec.convert(stage.state.spec, Poll)


members = st.integers(0, 4).map("telegram:{}".format)
doings = st.one_of(st.integers(0, 2).map(lambda option: Vote(options=(option,))), st.just(Unvote()))


@given(st.lists(st.tuples(members, doings), max_size=30))
def test_the_last_answer_of_each_member_counts_and_each_is_rewarded_once(done: list[tuple[str, Vote | Unvote]]) -> None:
    stage, last, voted = poll(), dict[str, int | None](), set[str]()
    for member, does in done:
        stage.member(member, does)
        if isinstance(does, Vote):
            last[member] = does.options[0]
            voted.add(member)
        elif last.get(member) is not None:
            last[member] = None

    chosen = Counter(option for option in last.values() if option is not None)
    assert results(stage) == {
        "answers": sum(chosen.values()),
        "chosen": {str(option): chosen[option] for option in range(3)},
    }
    assert [grant.data.uncapped for grant in stage.grants] == [5] * len(voted)


@pytest.mark.parametrize(
    ("spec", "does", "outcome"),
    [
        ({}, Vote(options=(3,)), "no_option"),
        ({}, Vote(options=(0, 1)), "one_option"),
        ({}, Vote(), "no_option"),
        ({}, Unvote(), "not_answered"),
        ({}, Begin(), "misplaced"),
        ({}, Look(), "done"),
        ({"ask": "multiple"}, Vote(options=(0, 2)), "done"),
        ({"ask": "rating", "options": []}, Vote(options=(0,)), "no_option"),
        ({"ask": "rating", "options": []}, Vote(options=(5,)), "done"),
        ({"ask": "nps", "options": []}, Vote(options=(0,)), "done"),
        ({"ask": "nps", "options": []}, Vote(options=(11,)), "no_option"),
        ({"ask": "text", "options": []}, Vote(text="more cats"), "done"),
        ({"ask": "text", "options": []}, Vote(), "no_text"),
        ({"from": (AT + HOUR).isoformat()}, Vote(options=(0,)), "not_open"),
        ({"until": AT.isoformat()}, Vote(options=(0,)), "over"),
        ({"eligible": {"vip": True}}, Vote(options=(0,)), "not_vip"),
    ],
)
def test_what_counts(spec: dict[str, Any], does: Any, outcome: str) -> None:  # noqa: ANN401
    assert poll(**spec).member("telegram:1", does) == outcome


def test_who_is_sanctioned_has_no_vote() -> None:
    assert poll().member("telegram:1", Vote(options=(0,)), Who(sanctioned=True)) == "sanctioned"
    assert poll(eligible={"sanctioned": True}).member("telegram:1", Vote(options=(0,)), Who(sanctioned=True)) == "done"


def test_an_answer_for_good_is_neither_changed_nor_taken_back() -> None:
    stage = poll(changeable=False)
    stage.member("telegram:1", Vote(options=(0,)))

    assert stage.member("telegram:1", Vote(options=(1,))) == "answered"
    assert stage.member("telegram:1", Unvote()) == "answered"


def test_a_vote_on_the_platform_stands_in_the_place_of_the_member_s_answer() -> None:
    stage = poll()
    stage.member("telegram:1", Vote(options=(0,)))
    stage.do(Polled(**stage.about("polled:1"), member="telegram:1", options=(2,)))
    stage.do(Polled(**stage.about("polled:2"), member="telegram:2", options=(7,)))
    stage.do(Polled(**stage.about("polled:3"), member="telegram:3", options=()))

    assert results(stage)["chosen"] == {"0": 0, "1": 0, "2": 1}
    assert {grant.data.member for grant in stage.grants} == {"telegram:1"}, (
        "who took a vote back that nobody knows has given none"
    )


def test_net_promoter_score_and_mean() -> None:
    nps, rating = poll(ask="nps", options=[]), poll(ask="rating", options=[])
    for place, (score, stars) in enumerate(((10, 5), (9, 4), (8, 4), (6, 1))):
        nps.member(f"telegram:{place}", Vote(options=(score,)))
        rating.member(f"telegram:{place}", Vote(options=(stars,)))

    assert results(nps)["nps"] == 25  # two of four promote, one of four detracts
    assert results(rating)["mean"] == 3.5


async def test_results_are_announced_when_it_is_over() -> None:
    stage = poll(community="telegram:-100", until=(AT + HOUR).isoformat())
    stage.member("telegram:1", Vote(options=(1,)))
    await stage.late(HOUR)

    assert stage.acts[-1].data.text == "Spring\nAnswers: 1\nSpring: 0\nSpring: 1\nSpring: 0"


def test_secret_results_are_told_at_the_end_alone() -> None:
    stage = poll(secret=True, until=(AT + HOUR).isoformat())
    stage.member("telegram:1", Vote(options=(1,)))
    now, later = (Polls().shown(_spec(stage), stage.inner, Viewer(at, member="telegram:1")) for at in (AT, AT + HOUR))

    assert (now["own"], "results" in now) == ([1], False)
    assert later["results"]["answers"] == 1


@pytest.mark.parametrize("spec", [{"options": [WORDS]}, {"ask": "nps"}, {"ask": "text"}])
def test_what_is_no_poll(spec: dict[str, Any]) -> None:

    with pytest.raises(Misplaced):
        Polls().check(msgspec.convert({"title": WORDS} | THREE | spec, Poll))


def test_what_fits_into_a_message_with_any_results_is_a_poll() -> None:
    around = len("\nОтветов: 50000") + 10 * len("\n: 50000")
    chars = MESSAGE_CHARS_MAX - around - 10 * 150
    options = [{"en": "a", "ru": "б" * 150}] * 10
    fits, does_not = ({"title": {"en": "a", "ru": "б" * (chars + more)}, "options": options} for more in (0, 1))

    Polls().check(msgspec.convert(fits, Poll))
    with pytest.raises(Misplaced) as refused:
        Polls().check(msgspec.convert(does_not, Poll))
    assert refused.value.at == "$.spec.options"


def test_twenty_options_are_a_poll_and_twenty_long_ones_are_none() -> None:
    long = [{"en": "a" * 500, "ru": "б" * 500}] * 20
    with pytest.raises(Misplaced):
        Polls().check(msgspec.convert({"title": WORDS, "options": long}, Poll))
    Polls().check(msgspec.convert({"title": WORDS, "options": [WORDS] * 20}, Poll))


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"ask": "nps"}, "$.spec.ask"),
        ({"ask": "multiple", "options": ["a", "b", "c"]}, "$.spec.ask"),
        ({"options": ["b", "a", "c"]}, "$.spec.options"),
        ({"options": ["b", "c", "d"]}, "$.spec.options"),
        ({"options": ["a", "b"]}, "$.spec.options"),
        ({"options": ["a", "b", "c", "d"]}, None),
        ({"options": ["a", "b, mended", "c"]}, None),
        ({"options": ["a", "b", "c"], "changeable": False}, None),
    ],
)
def test_what_was_answered_is_not_counted_as_something_else(changed: dict[str, Any], at: str | None) -> None:
    def named(spec: dict[str, Any]) -> Poll:
        words = [{"en": one, "ru": one} for one in spec.get("options", ())]
        return msgspec.convert({"title": WORDS} | spec | {"options": words}, Poll)

    before, after = named({"options": ["a", "b", "c"]}), named(changed)

    if at is None:
        Polls().check_change(before, after)
    else:
        with pytest.raises(Misplaced, match="take another name") as refused:
            Polls().check_change(before, after)
        assert refused.value.at == at


@pytest.mark.parametrize(
    ("spec", "hint", "buttons"),
    [
        ({"ask": "multiple"}, "Write /poll spring and the numbers of your options, such as 1 3.", 0),
        ({"ask": "text", "options": []}, "Write /poll spring and your answer.", 0),
        ({"ask": "nps", "options": []}, "Write /poll spring and a number from 0 to 10.", 0),
        ({"ask": "single", "options": [WORDS] * 11}, "Write /poll spring and the number of your option.", 0),
        ({"ask": "single"}, None, 3),
        ({"ask": "rating", "options": []}, None, 5),
    ],
)
def test_what_has_no_buttons_says_how_it_is_answered(spec: dict[str, Any], hint: str | None, buttons: int) -> None:
    stage = poll(community="telegram:-1", **spec)

    (announced,) = stage.acts

    assert len([one for row in announced.data.buttons or () for one in row]) == buttons
    assert (announced.data.text.splitlines()[-1] == hint) if hint else "/poll" not in announced.data.text
