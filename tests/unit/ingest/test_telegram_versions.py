"""Telegram's clock tells seconds: what two facts of one second say tells them apart, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors.telegram import messages, reactions
from services.ingest.connectors.telegram.entities import Found
from services.ingest.connectors.telegram.media import Attachment
from shared.errors import Unprocessable
from shared.events.community import ReactionAdded, ReactionRemoved
from tests.unit.ingest.telegram_updates import CASES, DATE, IVAN, POLL, RECORDED, Json, decode, message, reacted, told

BOLD = {"type": "bold", "offset": 0, "length": 2}
LINK = {"type": "text_link", "offset": 0, "length": 2}
texts = st.sampled_from(["glue", "glue!", "win money", "клей"])
links = st.sampled_from([None, "https://a.example", "https://b.example"])
photos = st.sampled_from([None, "photo-1", "photo-2"])
emojis = st.lists(st.sampled_from("👍👎🎉"), unique=True, max_size=3)


def edit(text: str, link: str | None = None, photo: str | None = None, **fields: object) -> Json:
    entities = [] if link is None else [LINK | {"url": link}]
    words: Json = {"text": text, "entities": entities}
    if photo is not None:
        words = {"caption": text, "caption_entities": entities, "photo": [{"file_unique_id": photo, "file_id": "of-a-bot"}]}
    return told("edited_message", message(**words, edit_date=DATE + 60, **fields))


def ids(update: Json, **fields: object) -> list[str]:
    return [event.id for event in decode(update, **fields).events]


def liked(old: list[str], new: list[str]) -> Json:
    return reacted(*([{"type": "emoji", "emoji": emoji} for emoji in part] for part in (old, new)), user=IVAN)


@given(st.tuples(texts, links, photos), st.tuples(texts, links, photos))
def test_two_edits_of_one_second_are_one_fact_only_where_they_say_the_same(one: Any, other: Any) -> None:  # noqa: ANN401
    assert (ids(edit(*one)) == ids(edit(*other))) is (one == other)


@given(texts, links, photos, st.integers(1, 2**40), st.text("ab:", min_size=1))
def test_an_edit_is_the_same_fact_through_whichever_bot_and_however_often(
    text: str, link: str | None, photo: str | None, number: int, bot: str
) -> None:
    first, again = edit(text, link, photo), edit(text, link, photo) | {"update_id": number}
    renamed = edit(text, link, photo, **{"from": IVAN | {"id": 5_000_000_001, "first_name": bot}})

    assert ids(first) == ids(again, connection=bot, recordedtime=RECORDED.replace(hour=13)) == ids(renamed)


def edited_in_all_ways(bot: str) -> Json:
    """An edit with whatever an update can hold that is another's for another bot, or another day."""
    user = IVAN | {"first_name": f"Ivan, as {bot} sees him"}
    file = {"file_id": f"{bot}-1", "file_unique_id": "p", "thumbnail": {"file_id": f"{bot}-2", "file_unique_id": "t"}}
    poll = POLL | {"total_voter_count": len(bot)}
    entities = [{"type": "text_mention", "offset": 0, "length": 4, "user": user}]
    blocks = [{"type": "photo", "photo": [file]}, {"type": "paragraph", "text": "glue"}]
    words = {"text": "Ivan", "entities": entities, "caption_entities": entities, "rich_message": {"blocks": blocks}}
    return told("edited_message", message(**words, photo=[file], video=file, poll=poll, edit_date=DATE + 60))


def test_files_people_and_polls_of_an_edit_are_the_same_for_every_bot() -> None:
    assert ids(edited_in_all_ways("one")) == ids(edited_in_all_ways("another"))


def backwards(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return list(map(backwards, value))
    return {key: backwards(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


@pytest.mark.parametrize("name", ["edited_caption", "edited_rich", "edited_poll", "reaction_changed", "reaction_counts"])
def test_the_order_of_names_in_an_update_says_nothing(name: str) -> None:
    assert ids(CASES[name]) == ids(backwards(CASES[name]))


@pytest.mark.parametrize("name", ["edited", "edited_caption", "edited_rich", "edited_poll", "edited_post"])
def test_a_decoder_that_reads_an_edit_in_another_way_gives_it_the_same_id(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (today,) = decode(CASES[name]).events
    monkeypatch.setattr(messages, "attachment", lambda _: Attachment("file", None, "words"))
    monkeypatch.setattr(messages, "rich_shape", lambda _: ("words", Found(("https://z.example",)), "text", None))
    monkeypatch.setattr(messages, "find", lambda _, __: Found(mentions=("@mended",)))

    (mended,) = decode(CASES[name]).events

    assert mended != today
    assert mended.id == today.id


def test_a_decoder_that_reads_reactions_in_another_way_gives_them_the_same_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [CASES[name] for name in ("reaction_changed", "reaction_paid", "reaction_counts")]
    today = [event for change in changes for event in decode(change).events]
    monkeypatch.setattr(reactions, "named", lambda emoji: f"mended {emoji.type}")
    monkeypatch.setattr(reactions, "sender", lambda *_: None)
    monkeypatch.setattr(reactions, "TOTAL_MAX", 1)

    mended = [event for change in changes for event in decode(change).events]

    assert mended != today
    assert [event.id for event in mended] == [event.id for event in today]


def test_what_is_not_read_yet_tells_two_edits_of_one_second_apart() -> None:
    bold = edit("glue") | {"edited_message": message(text="glue", entities=[BOLD], edit_date=DATE + 60)}
    later = edit("glue") | {"edited_message": message(text="glue", entities=[BOLD | {"hue": 3}], edit_date=DATE + 60)}

    assert len({*ids(edit("glue")), *ids(bold), *ids(later)}) == 3


def test_reactions_that_are_not_told_apart_yet_make_different_versions() -> None:
    one, other = ([{"type": "hologram", "hologram_id": n}] for n in (1, 2))

    assert ids(reacted([], one, user=IVAN)) != ids(reacted([], other, user=IVAN))


@pytest.mark.parametrize("unread", [b"[" * 100_000, b'"\xff"', b"1" + b"0" * 10_000])
def test_an_edit_that_holds_what_cannot_be_read_is_no_crash(unread: bytes) -> None:
    body = json.dumps(edit("glue", game={"x": "unread"})).encode().replace(b'"unread"', unread)

    with pytest.raises(Unprocessable):
        decode(body)


def test_an_edit_to_spam_within_the_second_of_a_harmless_one_is_seen() -> None:
    harmless, spam = (decode(edit(text)).events[0] for text in ("glue!", "win money"))

    assert harmless.id != spam.id
    assert harmless.time == spam.time


def test_an_edit_that_brings_back_what_its_second_has_said_is_taken_for_the_first() -> None:
    there, between, back = (ids(edit(text)) for text in ("glue", "win money", "glue"))

    assert there == back != between


@given(emojis, emojis, emojis, emojis)
def test_changes_of_one_second_differ_where_what_was_before_or_after_does(
    old: list[str], new: list[str], older: list[str], newer: list[str]
) -> None:
    one, other = set(ids(liked(old, new))), set(ids(liked(older, newer)))

    same = (sorted(old), sorted(new)) == (sorted(older), sorted(newer))
    assert one == other if same else not one & other


def test_a_reaction_that_comes_back_from_another_one_within_its_second_counts() -> None:
    changes = [liked([], ["👍"]), liked(["👍"], ["🎉"]), liked(["🎉"], ["👍"])]

    added = [event.id for change in changes for event in decode(change).events if isinstance(event, ReactionAdded)]

    assert len(set(added)) == 3


def test_of_a_like_its_end_and_a_like_within_one_second_the_third_is_taken_for_the_first() -> None:
    first, second, third = (decode(change).events for change in (liked([], ["👍"]), liked(["👍"], []), liked([], ["👍"])))

    assert isinstance(second[0], ReactionRemoved)
    assert first[0].id == third[0].id


def test_two_totals_of_one_second_are_two_facts() -> None:
    totals = (CASES["reaction_counts"]["message_reaction_count"] | {"reactions": [{"total_count": n}]} for n in (5, 6, 6))

    five, six, again = (ids(told("message_reaction_count", total)) for total in totals)

    assert five != six == again
