"""Discourse's deliveries, made up by us: who is believed, what is kept, what is told apart and what is not."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from services.ingest.connectors.delivery import Answer, Delivery, Keys, Unreadable
from services.ingest.connectors.discourse.deliveries import READ, REFUSED
from services.ingest.connectors.discourse.forum import community_of
from services.ingest.connectors.discourse.text import links, mentions
from services.ingest.connectors.payload import Reason
from shared.errors import Unprocessable
from tests.unit.ingest.discourse_deliveries import (
    CASES,
    DISCOURSE,
    EMAIL,
    FIRST,
    LATER,
    RECORDED,
    SECRET,
    bytes_of,
    chat,
    decode,
    headers,
    payload,
    posted,
    told,
)
from tests.unit.ingest.doors import Door

KEYS = Keys((SECRET, "new-forum-secret"))


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def delivery(body: bytes, header: str, **others: str) -> Delivery:
    return Delivery({"x-discourse-event-signature": header} | others, body, RECORDED)


def the(name: str) -> Any:  # noqa: ANN401 - an event of any type
    (event,) = told(name).events
    return event


def id_of(case: tuple[str, object], **fields: Any) -> str:  # noqa: ANN401 - of a payload
    (event,) = decode(*case, **fields).events
    return event.id


def test_either_of_two_secrets_signs_the_very_bytes() -> None:
    body = b'{ "post":{} }'

    assert DISCOURSE.verify(delivery(body, signature(body)), KEYS)
    assert DISCOURSE.verify(delivery(body, signature(body, "new-forum-secret")), KEYS)
    assert not DISCOURSE.verify(delivery(body.replace(b" ", b""), signature(body)), KEYS)
    assert not DISCOURSE.verify(delivery(body, signature(body, "else")), KEYS)
    assert not DISCOURSE.verify(Delivery({}, body, RECORDED), KEYS)


async def test_a_ping_is_answered_and_kept_nowhere() -> None:
    door, body = Door("discourse", SECRET), b'{"ping":"OK"}'
    asked = {"x_discourse_event_signature": signature(body), "x_discourse_event_type": "ping"}

    answer = await door.post(body, **asked)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert door.kept == []
    assert DISCOURSE.greeting(delivery(body, "", **{"x-discourse-event-type": "post"}), KEYS) is None
    assert DISCOURSE.greeting(delivery(body, "", **{"x-discourse-event-type": "ping"}), KEYS) == Answer()


async def test_a_delivery_is_kept_with_its_kind_and_its_forum_and_without_personal_data() -> None:
    door, body = Door("discourse", SECRET), bytes_of(CASES["member"].body)
    named = {name.replace("-", "_"): value for name, value in headers("user_created").items()}

    await door.post(body, x_discourse_event_signature=signature(body), x_discourse_event_id="7", **named)

    (record,) = door.kept
    assert record.key == b"acme/discourse:forum.example"
    assert {name: value for name, value in record.headers if name.startswith("kept-")} == {
        "kept-x-discourse-instance": b"https://forum.example",
        "kept-x-discourse-event": b"user_created",
    }
    assert set(json.loads(record.value)["user"]) == {"id", "username", "created_at", "trust_level"}


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_tells_the_same_and_nothing_that_is_nobodys_business(name: str) -> None:
    event, body = CASES[name]
    kept = DISCOURSE.keep(bytes_of(body))

    assert decode(event, kept) == told(name)
    for secret in (EMAIL, "a@b.example", "+7 900", "тайна", "Анна К."):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    "body",
    [
        {"group": {"id": 1, "incoming_email": EMAIL, "members": [{"id": 2, "email": EMAIL}]}},
        {"post": {"id": 1, "raw_email": EMAIL, "user": {"ip_address": "10.0.0.1"}}},
        {"assign": {"topic_id": 1, "assigned_to": {"id": 2, "custom_fields": {"phone": EMAIL}}}},
        [{"email": EMAIL}],
        {"user": [{"email": EMAIL}]},
    ],
)
def test_personal_data_is_dropped_wherever_it_stands(body: object) -> None:
    kept = DISCOURSE.keep(bytes_of(body))

    assert EMAIL.encode() not in kept
    assert b"10.0.0.1" not in kept
    assert DISCOURSE.keep(kept) == kept


def test_where_there_is_nothing_to_drop_the_bytes_are_kept_as_they_came() -> None:
    body = '{ "post" : {"id":1,"raw":"\\u0431б","score":1.10,"big":123456789012345678901234567890} }'.encode()

    assert DISCOURSE.keep(body) == body


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 5_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000])
def test_what_cannot_be_searched_for_personal_data_is_not_kept(body: bytes) -> None:
    with pytest.raises(Unreadable):
        DISCOURSE.keep(body)


@pytest.mark.parametrize("depth", range(50, 1_000, 50))
def test_however_deep_it_is_it_is_searched_or_not_kept(depth: int) -> None:
    body = b'{"a":' * depth + b'{"email":"e@e"}' + b"}" * depth

    try:
        assert b"e@e" not in DISCOURSE.keep(body)
    except Unreadable:
        assert depth > 100


@pytest.mark.parametrize(
    ("instance", "community"),
    [
        ("https://Forum.Example", "discourse:forum.example"),
        ("https://forum.example/", "discourse:forum.example"),
        ("http://forum.example:3000", "discourse:forum.example:3000"),
        ("https://acme.example/Talk/", "discourse:acme.example/Talk"),
        ("", None),
        ("forum.example", None),
        ("https://", None),
        ("https://fo rum.example", None),
        ("https://forum.example\n", None),
        ("https://forum.example/?a", None),
        ("https://u:p@forum.example", None),
        ("ftp://forum.example", None),
    ],
)
def test_a_forum_is_known_by_its_address(instance: str, community: str | None) -> None:
    assert community_of(instance) == community
    assert DISCOURSE.place(b"{}", headers("ping", instance)) == community


def test_a_delivery_of_no_forum_is_refused() -> None:
    refusals = [decode(*CASES["post"], instance="").refused, DISCOURSE.decode(payload("", {}, headers={})).refused]

    assert [refusal.reason for (refusal,) in refusals] == [Reason.NO_COMMUNITY] * 2


def test_a_kind_is_read_or_refused_but_not_both() -> None:
    assert not set(READ) & set(REFUSED)
    assert set(READ) <= {case.event for case in CASES.values()}


def test_the_same_post_of_two_forums_is_two_facts() -> None:
    assert id_of(CASES["post"]) != id_of(CASES["post"], instance="https://other.example")


def test_all_that_happens_to_a_post_names_it_and_is_a_fact_of_its_own() -> None:
    names = ("post", "post_edited", "post_deleted", "post_taken_back", "post_recovered", "like", "solution", "flag")
    found = [the(name) for name in names]

    assert {event.data.content_id for event in found} == {"discourse:forum.example:15/2"}
    assert len({event.id for event in found}) == len(names)


def test_a_topic_is_told_once_by_its_first_post() -> None:
    assert the("first_post").data.text.startswith("Какой клей взять\n\n")
    assert the("post").data.thread == the("solution").data.question == the("first_post").data.content_id
    assert not told("topic").events


def test_each_edit_is_a_fact_whatever_changed() -> None:
    one = posted("post_edited", version=2)
    edits = [
        one,
        posted("post_edited", version=3),
        posted("post_edited", version=2, updated_at=LATER),
        posted("post_edited", version=2, raw="Иначе"),
        posted("post_edited", version=2, topic_title="Иначе"),
    ]

    assert len({id_of(edit) for edit in edits}) == len(edits)
    assert id_of(one) == id_of(posted("post_edited", version=2, reads=5, score=2.5))


def test_a_post_that_is_deleted_a_second_time_is_told_again() -> None:
    first, second = (posted("post_destroyed", deleted_at=f"2026-01-0{day}T00:00:00.000Z") for day in (1, 2))

    assert id_of(first) != id_of(second)


def test_two_edits_of_a_chat_message_are_two_facts() -> None:
    assert id_of(chat("chat_message_edited", message="раз")) != id_of(chat("chat_message_edited", message="два"))


def test_a_first_post_without_title_or_words_says_nothing() -> None:
    (event,) = decode(*posted(**FIRST, raw=None, topic_title=None)).events

    assert event.data.text is None  # type: ignore[attr-defined] # a content


@pytest.mark.parametrize("stamp", ["2026-13-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "2026-01-01T99:99:99Z"])
def test_a_time_that_is_none_is_unprocessable(stamp: str) -> None:
    with pytest.raises(Unprocessable):
        decode(*posted(created_at=stamp))


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("[a](https://a.example/x).", ("https://a.example/x",)),
        ("https://a.example/x_(y) и <https://b.example>", ("https://a.example/x_(y)", "https://b.example")),
        ("нет", None),
    ],
)
def test_links_are_found_in_markdown(raw: str, found: tuple[str, ...] | None) -> None:
    assert links(raw) == found


def test_an_address_or_code_is_no_mention() -> None:
    assert mentions("a@b.example `@code` /@x @ann. @юля") == ("@ann", "@юля")


@pytest.mark.parametrize("text", ["![" * 50_000, "@" * 100_000, "@a" * 50_000, "https://" * 12_000, "](" * 50_000])
def test_no_text_holds_up_the_reader(text: str) -> None:
    decode(*posted(raw=text))
