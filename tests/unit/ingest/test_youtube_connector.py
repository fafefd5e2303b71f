"""YouTube's feeds and resources, made up by us: who is believed, what the hub hears, what is told apart and what is not."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.payload import Reason
from shared.errors import Unprocessable
from tests.unit.ingest.doors import Door
from tests.unit.ingest.youtube_payloads import (
    AT_ONCE,
    CASES,
    CHANNEL,
    LATER,
    OTHER,
    RECORDED,
    SECRET,
    SOON,
    TOKEN,
    TOPIC,
    YOUTUBE,
    bytes_of,
    comment,
    decode,
    feed,
    reply,
    thread,
    tombstone,
    video,
)

KEYS = Keys((SECRET, "new"))
ASKED = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c7", "hub.lease_seconds": "432000"}
LEAVING = ASKED | {"hub.mode": "unsubscribe"}
LISTED, UNLISTED = (f"youtube:{CHANNEL}",), (f"youtube:{OTHER}",)


def signature(body: bytes, secret: str = SECRET, method: str = "sha1") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def delivery(body: bytes, header: str) -> Delivery:
    return Delivery({"x-hub-signature": header}, body, RECORDED)


def types(sent: object) -> list[str]:
    return [str(event.__struct_config__.tag).rpartition(".")[2] for event in decode(sent).events]


def ids(sent: object) -> dict[str, str]:
    return {str(event.__struct_config__.tag).rpartition(".")[2]: event.id for event in decode(sent).events}


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_either_of_two_secrets_signs_by_any_method_of_websub(method: str) -> None:
    body = feed(video())

    assert YOUTUBE.verify(delivery(body, signature(body, SECRET, method)), KEYS)
    assert YOUTUBE.verify(delivery(body, signature(body, "new", method)), KEYS)
    assert not YOUTUBE.verify(delivery(body + b" ", signature(body, SECRET, method)), KEYS)


@pytest.mark.parametrize("header", ["", "sha1=", "sha1", signature(b"", "else"), signature(b"", SECRET, "md5"), "sha224=00"])
def test_anything_else_is_not_genuine(header: str) -> None:
    assert not YOUTUBE.verify(delivery(b"", header), KEYS)
    assert not YOUTUBE.verify(delivery(b"", header), Keys())


@pytest.mark.parametrize(
    ("asked", "keys", "is_answered"),
    [
        (ASKED, Keys((SECRET,), None, LISTED), True),
        (ASKED, Keys((SECRET,), None, UNLISTED), False),
        (ASKED, Keys((SECRET,)), True),
        (ASKED, Keys((SECRET,), TOKEN, LISTED), False),
        (ASKED | {"hub.verify_token": TOKEN}, Keys((SECRET,), TOKEN, LISTED), True),
        (ASKED | {"hub.verify_token": TOKEN}, Keys((SECRET,), TOKEN, UNLISTED), False),
        (ASKED | {"hub.verify_token": "guess"}, Keys((SECRET,), TOKEN), False),
        (ASKED, Keys((SECRET,), "", LISTED), False),
        (ASKED | {"hub.verify_token": ""}, Keys((SECRET,), "", LISTED), False),
        (LEAVING, Keys((SECRET,), None, LISTED), False),
        (LEAVING, Keys((SECRET,)), False),
        (LEAVING, Keys((SECRET,), None, UNLISTED), True),
        (LEAVING, Keys((SECRET,), TOKEN, UNLISTED), False),
        (LEAVING | {"hub.verify_token": TOKEN}, Keys((SECRET,), TOKEN, LISTED), True),
        (ASKED | {"hub.mode": "denied"}, Keys((SECRET,)), False),
        (ASKED | {"hub.topic": "https://evil.example/feeds/videos.xml?channel_id=UCglue"}, Keys((SECRET,)), False),
        (ASKED | {"hub.topic": TOPIC + "&x=1"}, Keys((SECRET,)), False),
        (ASKED | {"hub.challenge": ""}, Keys((SECRET,)), False),
        ({}, Keys((SECRET,)), False),
    ],
)
def test_a_hub_hears_its_challenge_for_what_the_connection_wants(
    asked: dict[str, str],
    keys: Keys,
    is_answered: bool,  # noqa: FBT001 - what is expected
) -> None:
    assert YOUTUBE.handshake(asked, keys) == (Answer(b"c7") if is_answered else None)


async def test_the_edge_answers_for_a_channel_that_the_connection_lists() -> None:
    door = Door("youtube", SECRET, communities=LISTED)
    asked = {"hub_mode": "subscribe", "hub_topic": TOPIC, "hub_challenge": "c7"}

    greeted, refused = await door.get(**asked), await door.get(**asked | {"hub_topic": TOPIC.replace(CHANNEL, OTHER)})

    assert (greeted.status_code, greeted.text) == (200, "c7")
    assert refused.status_code == 403


async def test_a_feed_is_kept_as_it_came_under_its_channel() -> None:
    door, body = Door("youtube", SECRET), feed(video())

    answer = await door.post(body, x_hub_signature=signature(body))

    (record,) = door.kept
    assert answer.status_code == 200
    assert (record.key, record.value) == (f"acme/youtube:{CHANNEL}".encode(), body)


HOSTILE = (
    b"",
    b"<feed/>",
    b"<rss></rss>",
    b"<feed xmlns='http://www.w3.org/2005/Atom'>",
    b"\xff\xfe",
    b"<?xml version='1.0' encoding='utf-7'?><feed xmlns='http://www.w3.org/2005/Atom'/>",
    b"<?xml version='1.0' encoding='no-such'?><feed xmlns='http://www.w3.org/2005/Atom'/>",
    b"<!DOCTYPE feed><feed xmlns='http://www.w3.org/2005/Atom'/>",
    b"<!DOCTYPE f [<!ENTITY a 'b'>]><feed xmlns='http://www.w3.org/2005/Atom'>&a;</feed>",
    b"<!DOCTYPE f [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><feed xmlns='http://www.w3.org/2005/Atom'>&a;</feed>",
    b"<!DOCTYPE f SYSTEM 'http://evil.example/x.dtd'><feed xmlns='http://www.w3.org/2005/Atom'/>",
)


@pytest.mark.parametrize("body", HOSTILE)
async def test_what_is_no_plain_feed_is_answered_400_and_kept_nowhere(body: bytes) -> None:
    door = Door("youtube", SECRET)

    answer = await door.post(body, x_hub_signature=signature(body))

    assert answer.status_code == 400
    assert door.kept == []
    assert YOUTUBE.place(body, {}) is None
    with pytest.raises(Unprocessable):
        decode(body)


async def test_a_resource_of_the_api_is_not_taken_from_the_hub() -> None:
    door, body = Door("youtube", SECRET), bytes_of(comment())

    assert (await door.post(body, x_hub_signature=signature(body))).status_code == 400


def test_a_feed_nested_ever_so_deeply_does_no_harm() -> None:
    body = feed("<a>" * 100_000 + "</a>" * 100_000)

    YOUTUBE.check(body)
    assert decode(body).refused


def test_a_new_video_is_one_fact_however_often_and_late_it_is_told() -> None:
    tellings = [feed(video(updated=updated)) for updated in (AT_ONCE, "2026-01-01T00:00:31+00:00", SOON)]

    assert len({ids(told)["created"] for told in tellings}) == 1
    assert types(tellings[0]) == ["created"]


def test_a_changed_video_is_told_as_changed_and_an_old_one_as_nothing_else() -> None:
    assert types(feed(video(updated=SOON))) == ["created", "edited"]
    assert types(feed(video(updated=LATER))) == ["edited"]
    assert ids(feed(video("Иначе", updated=LATER)))["edited"] == ids(feed(video(updated=LATER)))["edited"]
    assert ids(feed(video(updated=LATER)))["edited"] != ids(feed(video(updated=SOON)))["edited"]


def test_a_feed_of_two_channels_is_a_dead_letter_of_no_place() -> None:
    body = feed(video(), video(channel=OTHER))

    assert YOUTUBE.place(body, {}) is None
    with pytest.raises(Unprocessable):
        decode(body)


def test_a_feed_may_hold_several_entries_of_its_channel() -> None:
    assert types(feed(video(), tombstone())) == ["created", "deleted"]


@pytest.mark.parametrize(
    "entry",
    [
        "<entry/>",
        video(published="yesterday"),
        video(published="2026-02-30T00:00:00Z"),
        video(published="0001-01-01T00:00:00+05:00"),
        video(channel="UC glue"),
        video("x" * 100_001),
        tombstone().replace("yt:video:v1", "v 1"),
        tombstone().replace("when=", "then="),
    ],
)
def test_an_entry_that_cannot_be_read_is_unprocessable(entry: str) -> None:
    with pytest.raises(Unprocessable):
        decode(feed(entry))


def test_a_page_of_the_api_is_a_payload_for_each_of_its_resources() -> None:
    page = {"kind": "youtube#commentThreadListResponse", "nextPageToken": "n", "items": [thread(), thread(reply()), 7]}

    first, second, broken = YOUTUBE.parts(bytes_of(page))

    assert decode(first) == decode(thread())
    assert decode(second) == decode(thread(reply()))
    assert YOUTUBE.place(first, {}) == f"youtube:{CHANNEL}"
    with pytest.raises(Unprocessable):
        decode(broken)


@pytest.mark.parametrize(
    "sent", [comment(), thread(), {"kind": "youtube#commentListResponse"}, CASES["page_of_nothing"], feed()]
)
def test_what_is_no_page_is_one_part_as_it_came(sent: object) -> None:
    assert YOUTUBE.parts(bytes_of(sent)) == (bytes_of(sent),)


def test_a_comment_is_one_fact_in_its_thread_and_alone() -> None:
    assert decode(thread()).events == decode(comment()).events
    assert decode(thread(reply(channelId=None, videoId=None))).events[1:] == decode(reply()).events


def test_a_listed_comment_is_told_anew_only_where_it_changed() -> None:
    first, liked = ids(comment(likeCount=3)), ids(comment(likeCount=4))
    edited = ids(comment(likeCount=4, updatedAt="2026-01-02T00:00:00Z", textOriginal="Где?"))
    again = ids(comment(likeCount=4, updatedAt="2026-01-03T00:00:00Z", textOriginal="Когда?"))

    assert first["created"] == liked["created"] == edited["created"]
    assert first["measured"] != liked["measured"] == edited["measured"]
    assert edited["edited"] != again["edited"]


def test_a_reply_that_is_held_back_does_not_hold_back_its_thread() -> None:
    assert types(thread(reply(moderationStatus="rejected"))) == ["created"]


def test_a_comment_of_no_channel_is_refused() -> None:
    (refusal,) = decode(CASES["comment_of_no_channel"]).refused

    assert refusal.reason is Reason.NO_COMMUNITY


def the(sent: object) -> Any:  # noqa: ANN401 - an event of any type
    return decode(sent).events[0]


def test_the_owner_of_the_channel_speaks_for_it() -> None:
    assert the(reply()).data.actor.role == "community"
    assert the(comment()).data.actor.role is None
