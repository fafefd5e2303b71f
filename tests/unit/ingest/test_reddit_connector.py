from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.rules.strict import accepted
from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode
from shared.events.community import ContentCreated, ContentDeleted, ContentFlagged
from tests.unit.ingest import histories
from tests.unit.ingest.hostile import VALUES, put, spots
from tests.unit.ingest.reddit_things import CASES, Json, action, comment, decode

REDDIT = CONNECTORS["reddit"]


@pytest.mark.parametrize("name", CASES)
def test_every_event_is_one_that_the_contract_and_the_api_know(name: str) -> None:
    for event in decode(CASES[name]).told:
        assert read(encode(event)) == event
        assert accepted(encode(event), event.recordedtime).id == event.id


def test_a_removal_is_one_fact_whether_the_thing_or_the_log_tells_it() -> None:
    second = 1_767_225_700
    seen = decode(comment(banned_by="Boss", banned_at_utc=second)).told[-1]
    (logged,) = decode(action("removecomment", target_fullname="t1_abc1", created_utc=second)).told

    assert isinstance(seen, ContentDeleted)
    assert (seen.id, seen.time) == (logged.id, logged.time)


def test_more_complaints_of_one_reason_are_new_ones() -> None:
    two, three = (decode(comment(user_reports=[["rude", count]])).told for count in (2, 3))

    assert {event.id for event in three} - {event.id for event in two} == {three[-1].id}


def test_a_complaint_of_a_moderator_whose_name_is_longer_than_any_is_nobodys() -> None:
    told = decode(comment(mod_reports=[["spam", "x" * 600]])).told

    assert [event.data.actor for event in told if isinstance(event, ContentFlagged)] == [None]
    assert all(read(encode(event)) == event for event in told)


def test_a_thing_without_its_fullname_has_the_same_id() -> None:
    bare = comment()
    del bare["data"]["name"]

    assert decode(bare).told[0].id == decode(comment()).told[0].id


@pytest.mark.parametrize("created", ["1767225600", 1767225600, 1767225600.0], ids=["string", "integer", "float"])
def test_times_are_read_as_every_year_of_the_archives_wrote_them(created: object) -> None:
    assert decode(comment(created_utc=created)) == decode(comment())


def test_nothing_that_comes_by_webhook_is_genuine() -> None:
    delivery = Delivery({"x-signature": "secret"}, b"{}", histories.RECORDED)

    assert not REDDIT.verify(delivery, Keys(("secret",), "secret"))


def test_a_thing_is_placed_in_its_subreddit_whatever_the_case() -> None:
    assert REDDIT.place(json.dumps(comment()).encode(), {}) == "reddit:woodshop"
    assert [REDDIT.place(body, {}) for body in (b"{}", b"[", b'{"data": {"subreddit": 5}}')] == [None] * 3


@given(st.sampled_from(sorted(CASES)), st.data())
def test_whatever_is_sent_becomes_events_or_a_refusal_or_cannot_be_read(name: str, data: st.DataObject) -> None:
    thing: Json = CASES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        thing = put(thing, data.draw(st.sampled_from(spots(thing))), data.draw(VALUES))

    try:
        told = decode(thing).told
    except Unprocessable:
        return

    assert all(read(encode(event)) == event for event in told)
    assert all(isinstance(event, ContentCreated) or event.community for event in told)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"kind": "t1"}', b'{"kind": "t1", "data": []}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_thing_cannot_be_read(body: bytes) -> None:
    with pytest.raises(Unprocessable, match="not a thing of Reddit"):
        decode(body)
