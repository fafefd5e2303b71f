from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.ingest.rules.commands import WORDS, asked, following, marked
from shared.events import Actor, decode, encode
from shared.events.community import AppealMade, ContentFlagged, QuestionAsked
from tests.builders import CONTENT, PLACE, content_created, content_edited

BOT = "@acme_bot"


def command(text: str, bot: str | None = BOT, mentions: tuple[str, ...] | None = None) -> tuple[str, str | None] | None:
    found = asked(content_created(text=text, mentions=mentions), bot)
    return None if found is None else (found.command, found.text)


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_a_command_with_a_slash_and_by_a_mention(word: str) -> None:
    wanted = (WORDS[word], None)

    assert command(f"/{word}") == command(f"/{word.upper()}@Acme_Bot") == wanted
    assert command(f"@acme_bot {word}!", mentions=(BOT,)) == wanted
    assert command(f"Лавка, {word}", bot="vk:-501", mentions=("vk:-501",)) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/report spam, again", ("report", "spam, again")),
        ("/жалоба\nтретий раз за день", ("report", "третий раз за день")),
        ("  /rules  ", ("rules", None)),
        ("/report@acme_bot: he", None),
    ],
)
def test_what_is_said_with_a_command_goes_along(text: str, said: tuple[str, str | None] | None) -> None:
    assert command(text) == said


@pytest.mark.parametrize(
    "text",
    ["report", "see /report", "/reporting", "/starting", "/", "//rank", "/report@other_bot", "какие правила?", "/rank/2"],
)
def test_what_is_no_command_is_talk(text: str) -> None:
    assert command(text) is None


def test_a_mention_counts_only_of_our_bot_and_only_near_its_name() -> None:
    assert command("@acme_bot, покажи, пожалуйста, мои баллы", mentions=(BOT,)) == ("rank", None)
    assert command("@anna правила", mentions=("@anna",)) is None
    assert command("@acme_bot правила", bot=None, mentions=(BOT,)) is None
    assert command("@acme_bot спасибо, всё ясно, теперь понимаю, что говорят правила", mentions=(BOT,)) is None


def test_a_bot_another_bot_s_command_and_history_ask_nothing() -> None:
    said = content_created(text="/rank")

    assert asked(replace(said, imported=True), BOT) is None
    assert asked(replace(said, purpose="partner"), BOT) is None
    assert asked(content_created(text="/rank", actor=Actor(id="telegram:9", bot=True)), BOT) is None
    assert asked(content_created(text="/rank", actor=Actor(id=PLACE, role="community")), BOT) is None
    assert asked(content_edited(text="/rank"), BOT) is None


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("/report spam", ContentFlagged, f"{PLACE}:1"),
        ("/appeal", AppealMade, f"{PLACE}:1"),
        ("/rank", QuestionAsked, None),
        ("/rules", QuestionAsked, None),
    ],
)
def test_a_command_becomes_what_it_asks_for(text: str, kind: type, about: str | None) -> None:
    said = content_created(text=text, parent=f"{PLACE}:1")
    found = asked(said, BOT)
    assert found is not None

    event = following(said, found)

    assert type(event) is kind
    assert decode(encode(event)) == event
    assert (event.data.content_id, event.data.message) == (about, CONTENT)  # type: ignore[attr-defined] # data of all three
    assert event.id != said.id
    assert following(marked(said, found), found).id == event.id
    assert marked(said, found).data.command == found.command


@pytest.mark.parametrize(("text", "language"), [("/rank", None), ("/ранг", "ru"), ("/RULES", None), ("/Баллы", "ru")])
def test_a_russian_word_asks_for_an_answer_in_russian(text: str, language: str | None) -> None:
    said = content_created(text=text)
    found = asked(said, BOT)
    assert found is not None

    event = following(said, found)

    assert isinstance(event, QuestionAsked)
    assert event.data.language == language


@given(st.text(alphabet="/@ _aAжЖ\n.report", max_size=80), st.sampled_from([None, BOT, "vk:-5"]))
def test_any_text_is_a_command_or_is_not(text: str, bot: str | None) -> None:
    said = content_created(text=text or None, mentions=(BOT,))
    found = asked(said, bot)

    if found is not None:
        assert decode(encode(following(said, found))) == following(said, found)


def test_a_long_line_of_slashes_takes_no_time() -> None:
    assert command("/" * 100_000) is None
    assert command("/a" + " " * 99_000 + "b") is None
