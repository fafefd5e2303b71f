from __future__ import annotations

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from shared.events import Envelope
from shared.events.community import PollRetracted, PollVoted
from tests.unit.ingest.telegram_updates import ANNA, CASES, RECORDED, decode, payload, reacted, said, told

TELEGRAM = CONNECTORS["telegram"]
FAMILY, ROCKET = "👨‍👩‍👧", "🚀"


def only(update: object, **fields: object) -> Envelope:
    (event,) = decode(update, **fields).events
    return event


def test_the_same_fact_has_the_same_id_through_whichever_connection() -> None:
    first, second = only(CASES["text"]), only(CASES["text"], connection="bot-2", recordedtime=RECORDED.replace(hour=13))

    assert first.id == second.id
    assert second.source == "telegram/bot-2"


def test_a_join_told_twice_has_one_id() -> None:
    told_to_admins = only(CASES["joined_by_link"])
    told_to_all = decode(CASES["service_joined"]).events[0]

    assert told_to_admins.id == told_to_all.id


def test_a_leave_told_twice_has_one_id() -> None:
    assert only(CASES["left"]).id == only(CASES["service_left"]).id


def test_each_edit_is_a_fact_of_its_own() -> None:
    part = {"message_id": 7, "chat": {"id": -1, "type": "group"}, "date": 1, "text": "a"}
    first, second = (only(told("edited_message", part | {"edit_date": second})) for second in (2, 3))

    assert first.id != second.id


def test_history_keeps_its_mark() -> None:
    assert only(CASES["text"], imported=True).imported


@pytest.mark.parametrize(("options", "make"), [([0, 2], PollVoted), ([], PollRetracted)])
def test_a_vote_whose_community_is_known_is_an_event_at_its_receipt(options: list[int], make: type[Envelope]) -> None:
    event = only(told("poll_answer", {"poll_id": "5001", "user": ANNA, "option_ids": options}), community="telegram:-1")

    assert isinstance(event, make)
    assert (event.community, event.time) == ("telegram:-1", RECORDED)


@pytest.mark.parametrize("before", ["", "я ", ROCKET, FAMILY, ROCKET * 3 + " é "])
def test_entities_are_found_behind_any_character(before: str) -> None:
    link = "https://e.example/ы"
    entity = {"type": "url", "offset": len(before.encode("utf-16-le")) // 2, "length": len(link)}

    event = only(said(text=f"{before}{link} end", entities=[entity]))

    assert event.data.links == (link,)  # type: ignore[attr-defined] # a content


def test_an_entity_that_halves_a_character_or_leaves_the_text_does_no_harm() -> None:
    halved = {"type": "url", "offset": 1, "length": 1}
    outside = {"type": "hashtag", "offset": 90_000, "length": 5}

    event = only(said(text=ROCKET, entities=[halved, outside]))

    assert event.data.links == ("\ufffd",)  # type: ignore[attr-defined] # a content
    assert event.data.tags is None  # type: ignore[attr-defined] # a content


def test_two_reactions_of_one_member_are_two_facts() -> None:
    emojis = [{"type": "emoji", "emoji": emoji} for emoji in "🎉🔥"]

    assert len({event.id for event in decode(reacted([], emojis, user=ANNA)).events}) == 2


@pytest.mark.parametrize("name", CASES)
def test_the_place_found_cheaply_is_the_community_of_the_events(name: str) -> None:
    for event in decode(CASES[name]).events:
        assert TELEGRAM.place(payload(CASES[name]).body, {}) == event.community


@pytest.mark.parametrize("body", [b"", b"[]", b'{"update_id":1}', b'{"message":{"chat":{"id":"x"}}}', b"[" * 5000])
def test_where_no_place_is_named_there_is_none(body: bytes) -> None:
    assert TELEGRAM.place(body, {}) is None


@pytest.mark.parametrize(
    ("sent", "secrets", "genuine"),
    [
        ("new", ["old", "new"], True),
        ("old", ["old", "new"], True),
        ("else", ["old", "new"], False),
        ("", [""], False),
        ("", [], False),
        ("ключ", ["ключ"], True),
    ],
)
def test_a_webhook_is_genuine_with_either_secret(sent: str, secrets: list[str], *, genuine: bool) -> None:
    delivery = Delivery({"x-telegram-bot-api-secret-token": sent}, b"{}", RECORDED)

    assert TELEGRAM.verify(delivery, Keys(secrets)) is genuine
