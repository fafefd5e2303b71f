"""Commands of engagement: which words give them, and what a button's line gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.handlers import with_what_it_asks
from services.ingest.rules.commands import WORDS, asked, privately
from services.ingest.rules.commands import Called as At
from services.ingest.rules.given import ENGAGEMENT, Pressed, pressed, russian
from shared.events import decode, encode
from shared.events.actions import COMMAND_BYTES_MAX
from shared.events.community import COMMAND_TEXT_CHARS_MAX, CommandGiven, ContentCreated
from shared.platforms.buttons import carried, command_in
from tests.builders import ANNA, CONTENT, PLACE, content_created
from tests.unit.ingest.telegram_updates import payload

BOT = "@acme_bot"
PRESS = Pressed("p1", PLACE, ANNA, "p1", message=f"{PLACE}:8")


def given_by(text: str, mentions: tuple[str, ...] | None = None) -> CommandGiven | None:
    """What a content gives, behind itself."""
    said = content_created(text=text, mentions=mentions)
    events = with_what_it_asks(said, BOT)
    found = events[-1]
    return found if isinstance(found, CommandGiven) else None


@pytest.mark.parametrize("word", ENGAGEMENT)
def test_every_word_gives_its_command_with_a_slash(word: str) -> None:
    for text in (f"/{word}", f"/{word.upper()}@Acme_Bot", f"@acme_bot, /{word}"):
        event = given_by(text, mentions=(BOT,))

        assert event is not None
        assert (event.data.name, event.data.text, event.data.message) == (ENGAGEMENT[word], None, CONTENT)
        assert event.data.language == (None if word.isascii() else "ru")
        assert event.data.actor == ANNA
        assert event.data.press is None
        assert decode(encode(event)) == event


def test_no_word_gives_two_commands() -> None:
    assert not ENGAGEMENT.keys() & WORDS.keys()


def test_what_is_said_with_it_goes_along_and_no_longer_than_the_contract_takes() -> None:
    event, long = given_by("/quiz  spring 2 b "), given_by("/quiz " + "б" * (COMMAND_TEXT_CHARS_MAX + 9))

    assert event is not None
    assert event.data.text == "spring 2 b"
    assert long is not None
    assert long.data.text == "б" * COMMAND_TEXT_CHARS_MAX
    assert decode(encode(long)) == long


@pytest.mark.parametrize("text", ["/quiz@other_bot", "/quizzes", "quiz", "@acme_bot я думаю", "@acme_bot help", "see /quiz"])
def test_what_is_talk_gives_nothing(text: str) -> None:
    assert given_by(text, mentions=(BOT,) if text.startswith("@") else None) is None


def test_the_content_is_told_as_well_and_is_no_talk() -> None:
    said = content_created(text="/me")

    content, _ = with_what_it_asks(said, BOT)

    assert isinstance(content, ContentCreated)
    assert (content.id, content.data.asks, content.data.command) == (said.id, True, None)


@pytest.mark.parametrize(
    ("line", "name", "text"),
    [
        ("quiz spring 2 b", "quiz", "spring 2 b"),
        ("ME", "me", None),
        ("anything_else ё", "anything_else", "ё"),
    ],
)
def test_a_button_gives_whatever_its_line_says(line: str, name: str, text: str | None) -> None:
    event = pressed(payload({}), line, PRESS)

    assert isinstance(event, CommandGiven)
    assert (event.data.name, event.data.text, event.data.press) == (name, text, "p1")
    assert event.data.message == event.subject == f"{PLACE}:8"
    assert decode(encode(event)) == event


@pytest.mark.parametrize("line", ["", " ", "/quiz", "quiz-2", "викторина", "a" * 33])
def test_a_line_that_is_none_gives_nothing(line: str) -> None:
    assert pressed(payload({}), line, PRESS) is None


def test_a_press_told_again_is_the_same_and_another_one_is_not() -> None:
    first, again = pressed(payload({}), "me", PRESS), pressed(payload({}, connection="other"), "me", PRESS)
    other = pressed(payload({}), "me", PRESS._replace(id="p2"))

    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    ("code", "language"), [("ru", "ru"), ("RU-ru", "ru"), ("en", None), ("rue", None), ("", None), (None, None)]
)
def test_the_language_of_a_client_is_russian_or_not_told(code: str | None, language: str | None) -> None:
    assert russian(code) == language


@pytest.mark.parametrize(("text", "is_heard"), [("/start ref_42", True), ("/rank", False), ("привет", False), (None, False)])
def test_between_two_a_command_alone_is_heard(text: str | None, is_heard: bool) -> None:  # noqa: FBT001 - a case
    event = privately(payload({}), text, At("42/7", PLACE, ANNA))

    assert (event is not None) is is_heard
    if event is not None:
        assert isinstance(event, CommandGiven)
        assert (event.data.name, event.data.text, event.data.message) == ("start", "ref_42", None)
        assert event.community == PLACE
    assert privately(payload({}, imported=True), text, At("42/7", PLACE, ANNA)) is None


@given(st.text(max_size=COMMAND_BYTES_MAX))
def test_what_a_button_carries_comes_back(command: str) -> None:
    assert command_in(carried(command)) == command
    assert len(carried("a" * COMMAND_BYTES_MAX).encode()) <= 64


@given(st.text(alphabet="/ qui z\n@якомупть_1", max_size=90))
def test_any_line_gives_a_command_that_fits_or_none(text: str) -> None:
    event = pressed(payload({}), text, PRESS)
    assert event is None or decode(encode(event)) == event
    assert asked(content_created(text=text or None), BOT) is None or given_by(text) is not None
