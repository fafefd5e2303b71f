"""Members who ask how they stand, what they are answered, and whom messages don't reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.engagement.rules.answers import AGAIN_S, points
from shared.events import Envelope
from shared.events.actions import ActionMessage, ActionReply
from tests.builders import AT, CONTENT, MEMBER, action_done, action_failed, content_created, question_asked
from tests.unit.engagement.world import World

LATER = AT + timedelta(seconds=AGAIN_S)
called = question_asked(message=None)
"""Asked by a command of the platform's own: there is no content to answer."""
refused = action_failed(kind="message", member=MEMBER, code="refused", unreachable=True)
arrived = action_done(kind="message", member=MEMBER)


def test_a_member_who_asks_is_answered_where_they_asked() -> None:
    world = World().tell(content_created(), question_asked(message=f"{CONTENT}0", channel="7"))

    (reply,) = world.acts
    assert isinstance(reply, ActionReply)
    assert (reply.brand, reply.community, reply.data.content_id) == ("acme", question_asked().community, f"{CONTENT}0")
    assert (reply.data.channel, reply.data.text) == ("7", "You have 5 points.")
    assert reply.data.deadline == question_asked().recordedtime + timedelta(minutes=10)


def test_who_asks_by_a_command_of_the_platform_is_written_to() -> None:
    (message,) = World().tell(called).acts

    assert isinstance(message, ActionMessage)
    assert (message.data.member, message.data.text) == (MEMBER, "You have no points yet.")


def test_whom_messages_do_not_reach_is_not_written_to_before_one_arrived() -> None:
    world = World().tell(refused, called)
    assert world.acts == []
    assert not world.accounts[f"acme/{MEMBER}"].is_reached

    world.tell(question_asked())
    assert [type(act) for act in world.acts] == [ActionReply]

    world.tell(arrived, replace(called, id="again", time=LATER))
    assert [type(act) for act in world.acts] == [ActionReply, ActionMessage]


@pytest.mark.parametrize(
    "receipt",
    [
        action_failed(kind="message", member=MEMBER, code="late"),
        action_failed(kind="message", member=MEMBER, code="forbidden"),
        action_failed(kind="ban", member=MEMBER, code="refused", unreachable=True),
        action_failed(kind="message", member=MEMBER, code="refused", unreachable=True, imported=True),
        action_failed(kind="message", member=None, code="refused", unreachable=True),
    ],
    ids=["it came too late", "the bot lacks a right", "no message", "history", "nobody"],
)
def test_other_receipts_say_nothing_of_whom_messages_reach(receipt: Envelope) -> None:
    world = World().tell(receipt, called)

    assert len(world.acts) == 1


def test_who_asks_again_at_once_is_not_answered_again() -> None:
    soon = replace(question_asked(), id="soon", time=LATER - timedelta(seconds=1))
    world = World().tell(question_asked(), soon)
    assert len(world.acts) == 1

    world.tell(replace(question_asked(), id="later", time=LATER))
    assert len(world.acts) == 2


@pytest.mark.parametrize(
    "question",
    [
        question_asked(kind="rules"),
        question_asked(imported=True),
        question_asked(purpose="partner"),
        question_asked(actor=None),
    ],
    ids=["about something else", "of history", "in a community of others", "by nobody"],
)
def test_other_questions_are_not_answered(question: Envelope) -> None:
    assert World().tell(question).acts == []


@pytest.mark.parametrize(
    ("spec", "language", "text"),
    [
        ({}, None, "You have 5 points."),
        ({}, "ru", "У вас 5 баллов."),
        ({"language": "ru"}, None, "У вас 5 баллов."),
    ],
)
def test_the_answer_is_in_the_language_of_the_word_or_of_the_policy(spec: dict[str, str], language: str, text: str) -> None:
    (reply,) = World(spec).tell(content_created(), question_asked(language=language)).acts

    assert reply.data.text == text


@pytest.mark.parametrize(
    ("balance", "english", "russian"),
    [
        (0, "You have no points yet.", "У вас пока нет баллов."),
        (1, "You have 1 point.", "У вас 1 балл."),
        (2, "You have 2 points.", "У вас 2 балла."),
        (-1, "You have -1 point.", "У вас -1 балл."),
        (11, "You have 11 points.", "У вас 11 баллов."),
        (113, "You have 113 points.", "У вас 113 баллов."),
        (1_021, "You have 1021 points.", "У вас 1021 балл."),
    ],
)
def test_numbers_have_the_right_words_beside_them(balance: int, english: str, russian: str) -> None:
    assert (points(balance, "en"), points(balance, "ru")) == (english, russian)


def test_asking_earns_and_costs_nothing() -> None:
    asked, silent = World().tell(content_created(), question_asked(), refused), World().tell(content_created())

    assert asked.balance(MEMBER) == silent.balance(MEMBER) == 5
    assert asked.entries == silent.entries
