"""What members are told of a contest: how to enter, that they are in, and, each alone, their code in the draw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.engagement.api.proofs import Found, proven
from services.engagement.rules.draws.entrants import code_of
from services.engagement.rules.draws.secrets import secrets_of
from services.engagement.rules.participation.commands import ReplyTo, Take, Who
from services.engagement.rules.participation.contests import SETTLE, Contests
from services.engagement.rules.participation.doings import ByMember, Join, Look
from services.engagement.rules.participation.mechanism import Card, Viewer
from shared.events.actions import ActionAnswer, ActionMessage, ActionReply
from shared.http.problems import Problem
from shared.said import Language
from tests.unit.engagement.participation.stage import AT, KEY, KNOWN, Stage
from tests.unit.engagement.participation.test_contests import BOT, HOUR, _spec, contest, drawn_contest

ANNA = "telegram:1"
CODE = code_of(secrets_of(KEY, "acme", "spring").salt, ANNA).hex()


def asks(stage: Stage, does: ByMember, press: str | None = None) -> list[Any]:
    """Return how a member is answered in a chat."""
    reply = ReplyTo(community=BOT, source="telegram/bot-1", message=f"{BOT}:1", press=press)
    before = len(stage.acts)
    stage.do(Take(**stage.about(f"asks:{before}:{press}"), member=ANNA, does=does, who=KNOWN, reply=reply))
    return stage.acts[before:]


def page(stage: Stage, member: str = ANNA, language: Language = Language.EN) -> Card:
    viewer = Viewer(stage.clock.now(), language, member, "acme", KEY)
    return Contests().card("spring", _spec(stage), stage.inner, viewer)


def lines(stage: Stage, member: str = ANNA, language: Language = Language.EN) -> str:
    return "\n".join(line.by(language) for line in page(stage, member, language).lines)


async def test_who_is_in_a_draw_is_told_their_code_alone() -> None:
    stage = drawn_contest(community=BOT)
    stage.has(ANNA, entries=1)
    for closes in (False, True):
        if closes:
            await stage.late(HOUR)
        answer, apart = asks(stage, Look())
        assert (type(answer), type(apart), apart.subject) == (ActionReply, ActionMessage, ANNA)
        assert CODE not in answer.data.text
        assert CODE in apart.data.text
        assert "You are in." in lines(stage)
        assert CODE in lines(stage)
        assert "Ваш код" in lines(stage, language=Language.RU)
        assert "code" not in lines(stage, "telegram:2")

    pressed, apart = asks(stage, Look(), press="p1")
    assert (type(pressed), CODE in pressed.data.text, CODE in apart.data.text) == (ActionAnswer, False, True)
    assert "You are not in the closed list." in lines(stage, "telegram:2")


async def test_who_may_not_win_is_told_that_they_are_not_in_and_no_code() -> None:
    stage = drawn_contest(eligible={"vip": True})
    stage.has(ANNA, entries=1, who=Who())
    await stage.late(HOUR)

    assert "You are not in the closed list." in lines(stage)
    assert "code" not in lines(stage)


@pytest.mark.parametrize(("win", "said"), [("votes", "is won by votes: nobody is drawn"), ("draw", "is not drawn yet")])
async def test_what_has_no_proof_says_why(win: str, said: str) -> None:
    stage = contest(win=win)
    stage.has(ANNA, entries=1)
    await stage.late(HOUR + SETTLE)

    with pytest.raises(Problem) as refused:
        proven("spring", Found(_spec(stage), stage.inner), KEY)

    assert (refused.value.status, said in refused.value.detail) == (404, True)


async def test_what_is_no_draw_has_no_code() -> None:
    stage = contest(win="votes", per_member=3)
    stage.has(ANNA, entries=2, score=7)

    assert lines(stage) == "You are in. Entries: 2. Score: 7."
    assert len(asks(stage, Look())) == 1


def test_a_score_is_told_where_there_is_one() -> None:
    stage = drawn_contest()
    stage.has(ANNA, entries=1)

    assert asks(stage, Look())[0].data.text == "You are in."


async def test_it_is_announced_with_all_that_members_need() -> None:
    prizes = [{"en": f"Prize {n}", "ru": f"Приз {n}"} for n in (1, 2)]
    stage = contest(community=BOT, enter={"by": "form"}, winners=3, prizes=prizes)

    (announced,) = stage.acts

    assert announced.data.text.split("\n") == [
        "Spring",
        "To enter, write /join spring and your entry after it, or send it on your page: /me",
        f"Until {AT + HOUR:%Y-%m-%d %H:%M} UTC.",
        "Winners: 3.",
        "Place 1: Prize 1",
        "Place 2: Prize 2",
        "Place 3: Prize 2",
    ]
    ((button,),) = announced.data.buttons
    assert button.command == "contests spring"


@pytest.mark.parametrize(
    ("verb", "words", "does"),
    [
        ("join", "my poem", Join(text="my poem")),
        ("join", "", Look()),
        ("contests", "", Look()),
        ("contests", "my poem", Look()),
    ],
)
def test_an_entry_by_form_has_a_text(verb: str, words: str, does: ByMember) -> None:
    stage = contest(enter={"by": "form"}, win="jury")

    assert Contests().meant(_spec(stage), verb, words) == does
    assert "write /join spring" in asks(stage, Look())[0].data.text
    assert [key.command for key in page(stage).keys] == ["join spring"]


async def test_an_entry_by_form_stays_in_until_it_is_decided() -> None:
    stage = contest(enter={"by": "form"}, win="jury", judged_until=(AT + 3 * HOUR).isoformat())
    stage.member(ANNA, Join(text="my poem"))
    await stage.late(HOUR + SETTLE + timedelta(seconds=1))

    assert lines(stage) == "Entries are closed.\nYou are in."
    assert page(stage).keys == ()
