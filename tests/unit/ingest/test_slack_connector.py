"""Slack's callbacks, made up by us: who is believed, what Slack hears, what each kind becomes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.payload import Decoded, Payload, Reason
from shared.errors import Unprocessable
from shared.events.community import (
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    MemberJoined,
    ReactionAdded,
    ReactionRemoved,
)
from tests.unit.ingest import slack_callbacks
from tests.unit.ingest.slack_callbacks import LATER, RECORDED, SLACK, TS, Json, callback, digest_of, said

NOW = RECORDED
KEYS = Keys(("old", "new"))


def decode(event: Json, **outer: object) -> Decoded:
    return slack_callbacks.decode(callback(event, **outer))


def signed(body: bytes, secret: str, at: datetime = NOW) -> Delivery:
    stamp = str(int(at.timestamp()))
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": digest_of(body, secret, stamp)}
    return Delivery(headers, body, NOW)


def test_either_of_two_secrets_signs() -> None:
    assert SLACK.verify(signed(b"{}", "old"), KEYS)
    assert SLACK.verify(signed(b"{}", "new"), KEYS)


@pytest.mark.parametrize(
    "delivery",
    [
        signed(b"{}", "else"),
        signed(b"{}", "new", NOW - timedelta(minutes=6)),
        signed(b"{}", "new", NOW + timedelta(minutes=6)),
        signed(b"{}", "new")._replace(body=b"{ }"),
        signed(b"{}", "new")._replace(headers={}),
        signed(b"{}", "new")._replace(headers={"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0="}),
        signed(b"{}", ""),
    ],
)
def test_anything_else_or_old_is_not_genuine(delivery: Delivery) -> None:
    assert not SLACK.verify(delivery, KEYS)
    assert not SLACK.verify(delivery, Keys(("",)))


def test_slack_hears_its_challenge_and_nothing_else_is_greeted() -> None:
    asks = Delivery({}, b'{"type": "url_verification", "challenge": "3eZ"}', NOW)

    assert SLACK.greeting(asks, KEYS) == Answer(b"3eZ")
    assert SLACK.greeting(Delivery({}, callback(said()), NOW), KEYS) is None
    assert SLACK.greeting(Delivery({}, b"[" * 5_000, NOW), KEYS) is None


@pytest.mark.parametrize(("body", "place"), [(callback(said()), "slack:T1"), (b"{}", None), (b"nothing", None)])
def test_the_place_is_the_workspace(body: bytes, place: str | None) -> None:
    assert SLACK.place(body, {}) == place


def test_a_message_and_the_mention_in_it_are_one_content() -> None:
    (event,) = decode(said(text="<@U2> look: <https://a.example|this>", thread_ts="1767225500.000000")).told
    (mention,) = decode(said(type="app_mention", text="<@U2> look")).told

    assert isinstance(event, ContentCreated)
    assert event.id == mention.id
    assert (event.community, event.data.channel) == ("slack:T1", "slack:T1:C1")
    assert (event.data.content_id, event.data.thread) == (f"slack:T1:C1:{TS}", "slack:T1:C1:1767225500.000000")
    assert (event.data.links, event.data.mentions) == (("https://a.example",), ("slack:U2",))


def test_an_edit_and_a_deletion_name_the_content() -> None:
    inner = {"type": "message", "user": "U1", "text": "Hello", "ts": TS, "edited": {"user": "U1", "ts": LATER}}
    before = inner | {"text": "Hi"}
    (edit,) = decode(said(subtype="message_changed", message=inner, previous_message=before, ts=LATER)).told
    (gone,) = decode(said(subtype="message_deleted", deleted_ts=TS, previous_message=before, ts=LATER)).told

    assert isinstance(edit, ContentEdited)
    assert (edit.data.content_id, edit.data.text) == (f"slack:T1:C1:{TS}", "Hello")
    assert isinstance(gone, ContentDeleted)
    assert gone.data.content_id == f"slack:T1:C1:{TS}"


def test_a_preview_is_no_edit() -> None:
    same = {"type": "message", "user": "U1", "text": "Hi", "ts": TS}

    told = decode(said(subtype="message_changed", message=same, previous_message=same, ts=LATER))

    assert told.refused[0].reason is Reason.NOTHING_CHANGED


def test_a_reaction_and_its_end_name_the_content_and_its_author() -> None:
    item = {"type": "message", "channel": "C1", "ts": TS}
    reacted = {"user": "U2", "item": item, "item_user": "U1", "reaction": "+1::skin-tone-3", "event_ts": LATER}
    (added,) = decode({"type": "reaction_added"} | reacted).told
    (removed,) = decode({"type": "reaction_removed"} | reacted).told

    assert isinstance(added, ReactionAdded)
    assert isinstance(removed, ReactionRemoved)
    assert (added.data.content_author, added.data.value) == ("slack:U1", 1)
    assert added.id != removed.id


def test_whoever_comes_into_a_channel_or_the_workspace_joins_once() -> None:
    (channel,) = decode({"type": "member_joined_channel", "user": "U1", "channel": "C1"}).told
    (other,) = decode({"type": "member_joined_channel", "user": "U1", "channel": "C2"}).told
    (team,) = decode({"type": "team_join", "user": {"id": "U1"}}).told

    assert isinstance(team, MemberJoined)
    assert channel.id == other.id == team.id


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (said(channel_type="im"), Reason.PRIVATE_CHAT),
        (said(channel_type="mpim"), Reason.PRIVATE_CHAT),
        (said(subtype="channel_topic"), Reason.NO_CONTENT),
        (said(channel=None), Reason.NO_COMMUNITY),
        ({"type": "member_left_channel", "user": "U1"}, Reason.NOT_A_FACT),
        ({"type": "something_new"}, Reason.UNKNOWN_KIND),
        ({}, Reason.UNKNOWN_KIND),
    ],
)
def test_the_rest_is_refused_with_its_reason(event: Json, why: Reason) -> None:
    told = decode(event)

    assert not told.told
    assert told.refused[0].reason is why


def test_a_callback_of_no_workspace_has_no_place() -> None:
    assert decode(said(), team_id=None).refused[0].reason is Reason.NO_COMMUNITY


WITHOUT_A_STAMP = callback({"type": "message", "channel": "C1", "ts": "x"})
CHANGED_INTO_A_LIST = callback(said(subtype="message_changed", message=[], previous_message={"ts": TS}, ts=LATER))


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 5_000, WITHOUT_A_STAMP, CHANGED_INTO_A_LIST])
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        SLACK.decode(Payload(body=body, brand="acme", connection="hook", recordedtime=NOW))


@pytest.mark.parametrize("spoiled", [{"type": None}, {"type": 7}, {"challenge": []}])
def test_a_callback_is_placed_where_it_is_read_whatever_else_is_wrong_with_it(spoiled: Json) -> None:
    body = callback(said(), **spoiled)

    (event,) = slack_callbacks.decode(body).told

    assert SLACK.place(body, {}) == event.community == "slack:T1"
