"""`/rules`: over the fold that judges, for the answer is made of the policy that is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.moderation.handlers.judge import Moderation
from services.moderation.pages.asked import TEXT_CHARS_MAX, answer
from services.moderation.pages.conduct import Article, conduct
from services.moderation.rules.case import Member
from services.moderation.rules.notices import Links
from shared.events import Actor, Envelope, encode
from shared.events.actions import ActionMessage, ActionReply
from shared.said import Said
from shared.topics import EVENTS
from tests.builders import AT, MEMBER, PLACE, RECORDED, question_asked
from tests.fakes import FakeRecord
from tests.unit.moderation.world import book

PAGES = Links("https://staff.example.org/")


def answers(event: Envelope, links: Links = PAGES) -> list[Any]:
    """What the fold puts out."""
    fold = Moderation(book(), links=links)
    record = FakeRecord(EVENTS.name, 0, 0, 0, b"", encode(event), ())
    return [output.event for item in fold.read(record) for output in fold.evolve(None, item.event).outputs]


def test_who_asks_in_the_community_is_answered_there_with_the_page_of_the_rules() -> None:
    (act,) = answers(question_asked(kind="rules", language="ru"))

    assert isinstance(act, ActionReply)
    assert act.data.text == f"Правила поведения: https://staff.example.org/rules/acme/{PLACE}"
    assert (act.data.content_id, act.community) == (f"{PLACE}:8", PLACE)
    assert act.data.deadline == RECORDED + timedelta(minutes=10)


def test_who_asks_by_a_command_of_the_platform_is_written_to() -> None:
    (act,) = answers(question_asked(kind="rules", message=None))

    assert isinstance(act, ActionMessage)
    assert act.data.member == MEMBER
    assert (act.data.text or "").startswith("Rules of conduct · Правила поведения: https://")


def test_without_a_public_address_the_rules_themselves_are_told() -> None:
    (english,) = answers(question_asked(kind="rules"), Links())
    (russian,) = answers(question_asked(kind="rules", language="ru"), Links())

    assert english.data.text.startswith("Rules of conduct:\n— ")
    assert russian.data.text.startswith("Правила поведения:\n— ")


def test_long_rules_are_cut_between_lines_and_none_are_said_to_be_none() -> None:
    made = conduct(book().at("acme", PLACE, RECORDED), PLACE)
    article = Article(Said("x" * 400, "x" * 400), Said("", ""))

    long = answer(made._replace(articles=[article] * 9), None, "ru")

    assert len(long) <= TEXT_CHARS_MAX
    assert long.endswith("x \n…")
    assert answer(made._replace(articles=[]), None, None) == "No rules were written down here."


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "rank"},
        {"kind": "rules", "imported": True},
        {"kind": "rules", "purpose": "partner"},
        {"kind": "rules", "actor": Actor(id="telegram:9", bot=True)},
        {"kind": "rules", "actor": None},
    ],
)
def test_other_questions_are_not_answered_here(changed: dict[str, Any]) -> None:
    assert answers(question_asked(**changed)) == []


def test_who_asks_again_at_once_is_not_answered_again_and_what_is_remembered_stays() -> None:
    fold, state = Moderation(book(), links=PAGES), Member(messages=7, joined_ms=1)
    told: list[int] = []

    for seconds in (0, 5, 29, 30):
        event = question_asked(kind="rules", time=AT + timedelta(seconds=seconds))
        (item,) = fold.read(FakeRecord(EVENTS.name, 0, 0, 0, b"", encode(event), ()))
        assert item.key == f"acme/{PLACE}/{MEMBER}"
        step = fold.evolve(fold.decode(fold.encode(state)), item.event)
        told.append(len(step.outputs))
        assert isinstance(step.state, Member)
        state = step.state

    assert told == [1, 0, 0, 1]
    assert (state.messages, state.joined_ms) == (7, 1)
