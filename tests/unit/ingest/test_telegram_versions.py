"""Telegram's clock tells seconds: what two facts of one second say tells them apart, and nothing else does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.events.community import ReactionAdded, ReactionRemoved
from tests.unit.ingest.telegram_updates import CASES, DATE, IVAN, RECORDED, Json, decode, message, reacted, told

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
