"""Quizzes: each member is counted once, by their first answers, the best attempt and the time that they took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.participation.commands import ReplyTo, Take, Who
from services.engagement.rules.participation.doings import Answer, Begin, Look, Vote
from services.engagement.rules.participation.mechanism import Viewer, packed
from services.engagement.rules.participation.quiz_players import Player, most, order
from services.engagement.rules.participation.quizzes import (
    COUNTED_AT_ONCE,
    PLAYERS_MAX,
    POPUP_CHARS,
    SETTLE,
    Players,
    Quizzes,
)
from shared.documents.quizzes import QUESTIONS_MAX, Quiz
from shared.errors import Misplaced
from shared.events.actions import BUTTONS_MAX, ActionAnswer, ActionMessage
from shared.fold.limits import STATE_BYTES_MAX
from shared.said import Language
from tests.unit.engagement.participation.stage import AT, KNOWN, WORDS, Stage

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
REWARDS = {"rules": [{"id": "quiz", "for": "quiz", "each": 1, "points": 1}]}
WHY = {"en": "Because spring.", "ru": "Потому что весна."}
TIMED = {"ask": WORDS, "options": [WORDS] * 3, "right": [2], "seconds": 20, "points": 10, "bonus": 8, "explanation": WHY}
SLOW = {"ask": WORDS, "options": [WORDS] * 4, "right": [1, 3]}
ANNA, OLEG = "telegram:1", "telegram:2"


def quiz(*questions: Mapping[str, Any], **spec: Any) -> Stage:  # noqa: ANN401
    return Stage("Quiz", REWARDS, questions=list(questions or (TIMED, SLOW)), **spec)


def spec_of(stage: Stage) -> Quiz:
    assert stage.state is not None
    return msgspec.convert(stage.state.spec, Quiz)


def scores(stage: Stage) -> list[tuple[str, int]]:
    return [(event.data.member, event.data.score) for event in stage.told]


def shown(stage: Stage, member: str | None = None) -> dict[str, Any]:
    return Quizzes().shown(spec_of(stage), stage.inner, Viewer(stage.clock.now(), Language.EN, member))


def page(stage: Stage, member: str = ANNA) -> tuple[str, list[str]]:
    card = Quizzes().card("spring", spec_of(stage), stage.inner, Viewer(stage.clock.now(), Language.EN, member))
    return "\n".join(line.en for line in card.lines), [key.command for key in card.keys]


members = st.sampled_from((ANNA, OLEG, "vk:3"))
doings = st.one_of(
    st.just(Begin()),
    st.just(Look()),
    st.builds(Answer, question=st.integers(0, 3), options=st.lists(st.integers(0, 3), max_size=3).map(tuple)),
)
steps = st.lists(st.tuples(members, doings, st.integers(0, 15_000)), max_size=40)


class Model:
    """What a member has, told again by hand: the last moment at which each question was asked, and its first answer."""

    def __init__(self, attempts: int) -> None:
        self.attempts, self.bests = attempts, list[int]()
        self.left, self.asked, self.score = list[int](), None, 0  # type: tuple[list[int], tuple[int, int] | None, int]

    def ask(self, now: int) -> None:
        """Ask what is next, after what has run out was wrong."""
        if self.asked is not None:
            place, since = self.asked
            if place != 0 or now - since <= 20_000:
                return
            self.asked, self.left = None, self.left[1:]
            if not self.left:
                self.bests.append(self.score)
                return
        if not self.left:
            if len(self.bests) >= self.attempts:
                return
            self.left, self.score = [0, 1, 2], 0
        self.asked = self.left[0], now

    def answer(self, place: int, options: tuple[int, ...], now: int) -> None:
        """Take in the first answer to what is asked."""
        if self.asked is None or self.asked[0] != place or any(option >= (3, 4, 4)[place] for option in options):
            return
        since = self.asked[1]
        if place == 0 and set(options) == {1} and now - since <= 20_000:
            self.score += 10 + 8 * (20_000 - (now - since)) // 20_000
        if place != 0 and set(options) == {0, 2}:
            self.score += 1
        self.asked, self.left = None, self.left[1:]
        if self.left:
            self.asked = self.left[0], now  # those without a limit are asked at once
        else:
            self.bests.append(self.score)

    @property
    def result(self) -> int:
        """Return the best, what was not finished included."""
        return max([*self.bests, self.score if self.left else 0])


@given(steps, st.integers(1, 3))
async def test_each_who_began_is_counted_once_by_the_best_of_first_answers(
    done: list[tuple[str, Begin | Look | Answer, int]], attempts: int
) -> None:
    stage, now = quiz(TIMED, SLOW, SLOW, until=(AT + HOUR).isoformat(), attempts=attempts), 0
    models = dict[str, Model]()
    for member, does, ms in done:
        now += ms
        stage.clock.at = AT + timedelta(milliseconds=now)
        stage.member(member, does)
        if isinstance(does, Begin):
            models.setdefault(member, Model(attempts)).ask(now)
        elif isinstance(does, Answer) and member in models:
            models[member].answer(does.question, does.options, now)
    assert all(len(models[member].bests) == attempts for member, _ in scores(stage)), "counted before they were through"
    await stage.late(2 * HOUR)

    assert sorted(scores(stage)) == sorted((member, model.result) for member, model in models.items())
    assert all(0 <= score <= most(spec_of(stage)) for _, score in scores(stage))
    assert all(stage.points(member) == model.result for member, model in models.items())


def test_a_second_answer_counts_no_more_and_a_question_that_is_not_asked_not_at_all() -> None:
    stage = quiz(SLOW, SLOW)
    assert stage.member(ANNA, Answer(question=0, options=(0, 2))) == "not_asked"
    stage.member(ANNA, Begin())
    assert stage.member(ANNA, Answer(question=1, options=(0, 2))) == "not_asked"
    assert stage.member(ANNA, Answer(question=0, options=(0, 9))) == "no_option"
    assert stage.member(ANNA, Answer(question=0, options=(1,))) == "done"
    assert stage.member(ANNA, Answer(question=0, options=(0, 2))) == "answered"
    assert stage.member(ANNA, Answer(question=1, options=(2, 0))) == "done"

    assert scores(stage) == [(ANNA, 1)]
    assert stage.member(ANNA, Begin()) == "no_attempt"
    assert stage.member(ANNA, Vote(options=(0,))) == "misplaced"


@pytest.mark.parametrize(
    ("after", "score"),
    [(timedelta(), 18), (10 * SECOND, 14), (20 * SECOND, 10), (timedelta(milliseconds=20_001), 0), (-SECOND, 18)],
)
def test_a_right_answer_is_worth_more_the_sooner_it_comes(after: timedelta, score: int) -> None:
    stage = quiz(TIMED)
    stage.member(ANNA, Begin())
    stage.clock.forward(after)
    stage.member(ANNA, Answer(question=0, options=(1,)))

    assert scores(stage) == [(ANNA, score)]


def test_the_time_of_a_question_does_not_begin_again() -> None:
    stage = quiz(TIMED)
    stage.member(ANNA, Begin())
    stage.clock.forward(10 * SECOND)
    stage.member(ANNA, Begin())
    stage.clock.forward(10 * SECOND)
    stage.member(ANNA, Answer(question=0, options=(1,)))

    assert scores(stage) == [(ANNA, 10)]


async def test_who_could_try_again_is_counted_with_their_best_at_the_end() -> None:
    stage = quiz(SLOW, attempts=3, until=(AT + HOUR).isoformat(), community="telegram:-100")
    for options in ((0, 2), (1,)):
        stage.member(ANNA, Begin())
        stage.member(ANNA, Answer(question=0, options=options))
    assert not stage.told
    await stage.late(HOUR + SETTLE)

    assert scores(stage) == [(ANNA, 1)]
    assert stage.acts[-1].data.text == "Spring: it is over. 1 took part, the best has 1 points."
    assert stage.member(ANNA, Begin()) == "over"


async def test_an_answer_that_comes_when_it_is_closed_counts_no_more_whenever_it_was_given() -> None:
    stage = quiz(SLOW, until=(AT + HOUR).isoformat())
    stage.member(ANNA, Begin())
    await stage.late(HOUR + SETTLE)
    stage.clock.at = AT + HOUR - SECOND

    assert stage.member(ANNA, Answer(question=0, options=(0, 2))) == "over"
    assert scores(stage) == [(ANNA, 0)]


def test_no_more_play_than_fit() -> None:
    stage = quiz(SLOW)
    stage.put(players={f"telegram:{number}": Player(1) for number in range(PLAYERS_MAX)})

    assert stage.member("vk:1", Begin()) == "full"
    assert stage.member(f"telegram:{PLAYERS_MAX - 1}", Begin()) == "no_attempt"


async def test_many_are_counted_at_the_end_in_steps() -> None:
    stage = quiz(SLOW, until=(AT + HOUR).isoformat())
    many = 2 * COUNTED_AT_ONCE + 1
    for number in range(many):
        stage.member(f"telegram:{number}", Begin())
    stage.clock.at = AT + HOUR
    before = len(stage.told)
    await stage.late(SETTLE)

    assert before == 0
    assert {member for member, _ in scores(stage)} == {f"telegram:{number}" for number in range(many)}
    assert len(stage.told) == many
    assert not stage.timers


@given(st.integers(1, QUESTIONS_MAX), st.text("abc", min_size=1), st.integers(1, 3))
def test_each_member_has_an_order_of_their_own_that_stays(many: int, member: str, attempt: int) -> None:
    spec = spec_of(quiz(*[SLOW] * many, shuffled=True))
    there = order(spec, "spring", member, attempt)

    assert sorted(there) == list(range(many))
    assert there == order(spec, "spring", member, attempt)
    assert many < 40 or there != order(spec, "spring", f"{member}!", attempt)


def test_what_is_right_is_told_after_the_answer_and_not_before() -> None:
    option = {"en": "in March", "ru": "в марте"}
    stage = quiz({**TIMED, "options": [WORDS, option]}, SLOW, attempts=1)
    stage.member(ANNA, Begin())
    before = [page(stage)[0], repr(shown(stage, ANNA)), page(stage, OLEG)[0], repr(stage.entries)]
    stage.member(ANNA, Answer(question=0, options=(0,)))

    assert not any("Because" in told or "Right" in told or "'right'" in told for told in before)
    assert page(stage)[0].startswith("Wrong.\nRight: in March.\nBecause spring.\n")
    assert "Because" not in page(stage, OLEG)[0]
    assert not any("Because" in repr(told) for told in (shown(stage, ANNA), stage.entries))


def test_who_can_try_again_is_not_told_what_would_have_been_right() -> None:
    stage = quiz(TIMED, attempts=2, until=(AT + HOUR).isoformat())
    stage.member(ANNA, Begin())
    stage.member(ANNA, Answer(question=0, options=(0,)))

    assert page(stage)[0] == "Wrong.\nYour best result: 0 points."
    assert page(stage)[1] == ["quiz spring begin"]


def test_the_page_leads_through_the_quiz() -> None:
    stage = quiz(TIMED, SLOW, TIMED)
    assert page(stage)[1] == ["quiz spring begin"]
    stage.member(ANNA, Begin())
    assert page(stage)[1] == ["quiz spring 1 1", "quiz spring 1 2", "quiz spring 1 3"]
    assert page(stage)[0] == "Question 1 of 3. Spring\nYou have 20 s."
    stage.clock.forward(21 * SECOND)
    assert page(stage) == ("The time is over.", ["quiz spring begin"])
    stage.member(ANNA, Begin())
    assert page(stage)[1] == ["quiz spring 2", "quiz spring 2 -"]
    stage.member(ANNA, Answer(question=1, options=(0, 2)))
    assert page(stage)[0] == "Right: +1."
    stage.member(ANNA, Begin())
    stage.member(ANNA, Answer(question=2, options=(1,)))

    assert page(stage) == ("Right: +18.\nBecause spring.\nYour best result: 19 points.", [])
    assert shown(stage, ANNA)["own"] == {"attempt": 1, "playing": False, "score": 19, "ms": 20_000}


def said(stage: Stage, does: Begin | Answer) -> Any:  # noqa: ANN401
    """Have Anna press a button; return what she is answered."""
    reply = ReplyTo(community="telegram:-100", source="telegram", press="p1")
    id_ = f"press:{len(stage.acts)}"
    stage.do(Take(**stage.about(id_), member=ANNA, does=does, who=KNOWN, reply=reply))
    return stage.acts[-1]


def test_questions_come_as_messages_with_buttons_and_the_end_as_a_popup() -> None:
    stage = quiz(TIMED, TIMED)
    asked = said(stage, Begin())
    told = said(stage, Answer(question=0, options=(1,)))
    said(stage, Begin())
    last = said(stage, Answer(question=1, options=(2,)))

    assert isinstance(asked, ActionMessage)
    assert [row[0].command for row in asked.data.buttons or ()] == ["quiz spring 1 1", "quiz spring 1 2", "quiz spring 1 3"]
    assert isinstance(told, ActionMessage)
    assert told.data.text == "Right: +18.\nBecause spring."
    assert isinstance(last, ActionAnswer)
    assert last.data.text == "Wrong.\nRight: Spring.\nBecause spring.\nThat was all. You have 18 points."


def test_who_asks_for_the_next_question_too_late_is_told_so() -> None:
    stage = quiz(TIMED, SLOW)
    said(stage, Begin())
    stage.clock.forward(21 * SECOND)

    assert said(stage, Begin()).data.text.startswith(
        "The time is over.\nRight: Spring.\nBecause spring.\nQuestion 2 of 2. Spring\n1. Spring\n"
    )


def test_what_is_too_long_for_a_popup_is_a_message() -> None:
    long = {"en": "x" * POPUP_CHARS, "ru": "x"}
    stage = quiz({**TIMED, "explanation": long})
    said(stage, Begin())

    assert isinstance(said(stage, Answer(question=0, options=(1,))), ActionMessage)


@pytest.mark.parametrize(
    ("words", "does"),
    [
        ("", Look()),
        ("begin", Begin()),
        ("Начать", Begin()),
        ("2 b", Answer(question=1, options=(1,))),
        ("2 б", Answer(question=1, options=(1,))),
        ("2 1, 3", Answer(question=1, options=(0, 2))),
        ("1 -", Answer(question=0, options=())),
        ("1", None),
        ("3 1", None),
        ("0 1", None),
        ("1 11", None),
        ("1 ٣", None),
        ("1 99999999999", None),
        ("what", None),
        (",", None),
    ],
)
def test_what_members_mean(words: str, does: Begin | Answer | Look | None) -> None:
    assert Quizzes().meant(spec_of(quiz()), "quiz", words) == does


@pytest.mark.parametrize(
    ("spec", "who", "outcome"),
    [
        ({"from": (AT + HOUR).isoformat()}, KNOWN, "not_open"),
        ({"until": AT.isoformat()}, KNOWN, "over"),
        ({}, Who(sanctioned=True), "sanctioned"),
        ({"eligible": {"vip": True}}, KNOWN, "not_vip"),
    ],
)
def test_who_may_not_play(spec: dict[str, Any], who: Who, outcome: str) -> None:
    assert quiz(**spec).member(ANNA, Begin(), who) == outcome


@pytest.mark.parametrize(
    ("questions", "spec", "at"),
    [
        ([SLOW | {"right": [5]}], {}, "$.spec.questions[0].right"),
        ([TIMED, SLOW | {"bonus": 3}], {}, "$.spec.questions[1].bonus"),
        ([SLOW], {"bonus": 3}, "$.spec.bonus"),
        ([SLOW], {"attempts": 2}, "$.spec.until"),
        ([SLOW | {"options": [{"en": "x" * 300, "ru": "x"}] * 3}], {}, "$.spec.questions[0].ask"),
    ],
)
def test_what_is_no_quiz(questions: list[dict[str, Any]], spec: dict[str, Any], at: str) -> None:
    with pytest.raises(Misplaced) as wrong:
        Quizzes().check(msgspec.convert({"title": WORDS, "questions": questions} | spec, Quiz))

    assert wrong.value.at == at


def test_the_best_ten_stand_by_score_and_then_by_time() -> None:
    stage = quiz(TIMED)
    for number in range(12):
        member = f"telegram:{number}"
        stage.member(member, Begin())
        stage.clock.forward(number * SECOND)
        stage.member(member, Answer(question=0, options=(1 if number != 3 else 0,)))

    leaders = shown(stage)["leaders"]
    assert [one["member"] for one in leaders] == [f"telegram:{number}" for number in (0, 1, 2, 4, 5, 6, 7, 8, 9, 10)]
    assert [(one["score"], one["ms"]) for one in leaders[:3]] == [(18, 0), (17, 1000), (17, 2000)]


def test_a_changed_document_asks_what_is_not_answered_yet() -> None:
    stage = quiz(SLOW, SLOW, SLOW)
    stage.member(ANNA, Begin())
    stage.member(ANNA, Answer(question=0, options=(0, 2)))
    stage.define(questions=[SLOW])

    assert stage.member(ANNA, Answer(question=1, options=(0, 2))) == "not_asked"
    assert stage.member(ANNA, Begin()) == "done"
    assert scores(stage) == [(ANNA, 1)]


def test_a_state_of_as_many_as_may_play_fits() -> None:
    playing = Player(10, is_playing=True, answered=2**QUESTIONS_MAX - 1, asked=49, asked_ms=2**41, score=10**5)
    playing = msgspec.structs.replace(playing, spent_ms=2**32, best=10**5, best_ms=2**32, last=49, gained=2_000)
    largest = Players({f"telegram:{10**11 + number}": playing for number in range(PLAYERS_MAX)})
    usual = Players({f"telegram:{10**9 + number}": Player(1, best=9, best_ms=60_000) for number in range(PLAYERS_MAX)})
    option = {"en": "x" * 60, "ru": "я" * 60}
    question = {"ask": option, "options": [option] * 10, "right": [1], "explanation": {"en": "x" * 500, "ru": "я" * 500}}
    spec = len(msgspec.msgpack.encode(msgspec.convert({"title": WORDS, "questions": [question] * QUESTIONS_MAX}, Quiz)))

    assert len(packed(largest)) / PLAYERS_MAX < 80
    assert len(packed(usual)) / PLAYERS_MAX < 45
    assert len(packed(largest)) + spec < STATE_BYTES_MAX
    assert max(len(question["options"]), 1) <= BUTTONS_MAX


def test_before_it_begins_members_are_told_when_and_cannot_begin() -> None:
    begins = AT + timedelta(days=120)
    stage = quiz(**{"from": begins.isoformat()})
    reply = ReplyTo(community="telegram:-1", source="telegram/bot-1", message="telegram:-1:7")
    told = f"It begins at {begins:%Y-%m-%d %H:%M} UTC."

    for does in (Look(), Begin()):
        stage.do(Take(**stage.about(f"early {does}"), member=ANNA, does=does, who=KNOWN, reply=reply))

        assert told in stage.acts[-1].data.text
        assert stage.acts[-1].data.buttons is None
    assert [entry.get("code") for entry in stage.entries] == [None, "not_open"]
    assert shown(stage)["phase"] == "planned"


def test_who_has_not_played_is_told_so() -> None:
    stage = quiz()

    assert shown(stage, ANNA)["own"] == {"attempt": 0, "playing": False}
    assert "own" not in shown(stage)
