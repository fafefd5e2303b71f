"""`/rules`: over the fold that judges, for the answer is made of the policy that is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.moderation.handlers.judge import Moderation
from services.moderation.pages.asked import TEXT_CHARS_MAX, answer
from services.moderation.pages.conduct import Article, conduct
from services.moderation.rules.notices import Links
from shared.events import Actor, Envelope, encode
from shared.events.actions import ActionMessage, ActionReply
from shared.said import Said
from shared.topics import EVENTS
from tests.builders import MEMBER, PLACE, RECORDED, question_asked
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


def test_what_is_remembered_of_the_member_stays() -> None:
    fold = Moderation(book(), links=PAGES)
    event = question_asked(kind="rules")
    (item,) = fold.read(FakeRecord(EVENTS.name, 0, 0, 0, b"", encode(event), ()))
    (judged,) = fold.read(FakeRecord(EVENTS.name, 0, 0, 0, b"", encode(event), ()))

    assert item.key == judged.key == f"acme/{PLACE}/{MEMBER}"
    assert fold.evolve(None, item.event).state is None
    assert msgspec.structs.asdict(fold.evolve(None, item.event).outputs[0].event)["brand"] == "acme"  # type: ignore[arg-type]
