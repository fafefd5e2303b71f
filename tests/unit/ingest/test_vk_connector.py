"""VK's callbacks, made up by us: who is believed, what VK hears, what is told apart and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer, Delivery, Keys, Unreadable
from services.ingest.connectors.vk.text import plain
from tests.unit.ingest.vk_callbacks import (
    ANNA,
    ATTACHMENTS,
    CASES,
    GROUP,
    HANDSHAKE,
    ON_WALL,
    RECORDED,
    SECRET,
    comment,
    decode,
    message,
    told,
)

VK = CONNECTORS["vk"]
KEYS = Keys((SECRET, "new"), HANDSHAKE)
BOM = b"\xef\xbb\xbf"


def delivery(callback: object) -> Delivery:
    return Delivery({}, callback if isinstance(callback, bytes) else json.dumps(callback).encode(), RECORDED)


def the(name: str, **fields: object) -> Any:  # noqa: ANN401 - an event of any type
    (event,) = decode(CASES[name] | fields).told
    return event


def id_of(callback: object, **fields: object) -> str:
    (event,) = decode(callback, **fields).told
    return event.id


def confirmation(**outer: object) -> dict[str, object]:
    return {"type": "confirmation", "group_id": GROUP} | outer


def test_either_of_two_secrets_is_believed() -> None:
    assert VK.verify(delivery(CASES["message"]), KEYS)
    assert VK.verify(delivery(CASES["message"] | {"secret": "new"}), KEYS)
    assert VK.verify(delivery(BOM + json.dumps(CASES["message"]).encode()), KEYS)


@pytest.mark.parametrize("secret", ["", "else", "sesam", None, 7, [SECRET], {"a": SECRET}, "се́зам", "\x00"])
@pytest.mark.parametrize("kind", ["message_new", "like_add"])
def test_anything_else_is_not_genuine(secret: object, kind: str) -> None:
    forged = delivery({"type": kind, "group_id": GROUP, "secret": secret})

    assert not VK.verify(forged, KEYS)
    assert not VK.verify(forged, Keys(("",), HANDSHAKE))
    assert not VK.verify(forged, Keys())


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b"[" * 5_000, b'{"type": 7, "secret": "sesame"}'])
def test_what_cannot_be_read_is_not_genuine(body: bytes) -> None:
    assert not VK.verify(delivery(body), KEYS)
    assert VK.greeting(delivery(body), KEYS) is None
    assert VK.place(body, {}) is None


def test_a_confirmation_is_believed_without_a_secret_but_not_with_a_wrong_one() -> None:
    assert VK.verify(delivery(confirmation()), KEYS)
    assert VK.verify(delivery(confirmation(secret=SECRET)), KEYS)
    assert not VK.verify(delivery(confirmation(secret="else")), KEYS)
    assert not VK.verify(delivery(confirmation(secret="")), KEYS)
    assert not VK.verify(delivery(confirmation()), Keys((SECRET,)))
    assert not VK.verify(delivery(confirmation()), Keys((SECRET,), ""))


def test_vk_hears_the_connections_own_string_and_nothing_else_is_greeted() -> None:
    assert VK.greeting(delivery(confirmation()), KEYS) == Answer(HANDSHAKE.encode(), "text/plain")
    assert VK.greeting(delivery(confirmation()), Keys((SECRET,))) is None
    assert VK.greeting(delivery(confirmation()), Keys((SECRET,), "")) is None
    assert VK.greeting(delivery(CASES["message"]), KEYS) is None


def test_a_mark_before_the_body_does_no_harm() -> None:
    body = BOM + json.dumps(CASES["message"]).encode()

    VK.check(body)
    assert VK.place(body, {}) == f"vk:{GROUP}"
    assert id_of(body) == id_of(CASES["message"])


def test_a_body_that_is_no_object_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        VK.check(b"[]")


def test_both_shapes_of_a_message_are_one_fact() -> None:
    assert the("message") == the("message_of_old_shape")


def test_a_like_and_what_it_is_put_on_name_the_same_content() -> None:
    assert the("like").data.content_id == the("post").data.content_id
    assert the("like_of_a_comment").data.content_id == the("comment").data.content_id


@pytest.mark.parametrize("place", ["comment", "photo_comment", "video_comment", "market_comment", "board_post"])
def test_all_that_happens_to_a_comment_names_the_same_content(place: str) -> None:
    changes = [the(name) for name in (place, f"{place}_edited", f"{place}_deleted", f"{place}_restored")]

    assert len({change.data.content_id for change in changes}) == 1
    assert len({change.id for change in changes}) == 4


def test_a_like_and_its_end_turn_the_same_thing() -> None:
    (put,), (back,) = decode(CASES["like"]).turns, decode(CASES["like_taken_back"]).turns

    assert put.event.id != back.event.id
    assert (put.thing, put.on, back.on) == (back.thing, True, False)
    assert put.telling == "e1"


def test_the_end_of_a_subscription_is_told_once() -> None:
    assert the("expired").id == the("cancelled").id


def test_two_edits_of_a_comment_are_two_facts_whatever_changed() -> None:
    texts = [comment(**ON_WALL, text=text) for text in ("один", "два")]
    photos = [comment(**ON_WALL, attachments=ATTACHMENTS[:count]) for count in (1, 2, 3)]

    assert len({id_of(told("wall_reply_edit", found)) for found in (*texts, *photos)}) == 5


def test_what_changes_by_itself_in_an_attachment_makes_no_other_edit() -> None:
    photo = ATTACHMENTS[0]["photo"] | {"access_key": "other", "sizes": []}
    first, again = (
        comment(**ON_WALL, attachments=[{"type": "photo", "photo": p}]) for p in (ATTACHMENTS[0]["photo"], photo)
    )

    assert id_of(told("wall_reply_edit", first)) == id_of(told("wall_reply_edit", again))


def test_two_edits_of_a_message_within_a_second_are_two_facts() -> None:
    one, two = (told("message_edit", message(text=text, update_time=5)) for text in ("один", "два"))

    assert id_of(one) != id_of(two)


def test_who_comes_again_into_a_chat_is_told_again() -> None:
    action = {"type": "chat_invite_user", "member_id": ANNA}
    first, second = (told("message_new", message(action=action, conversation_message_id=number)) for number in (5, 6))

    assert id_of(first) != id_of(second)


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "[id1|" * 10_000, "#" * 50_000, "[id1:" + "x" * 50_000, "https://" * 6_000, "[id999|\n]"]
)
def test_no_text_holds_up_the_reader(text: str) -> None:
    plain(text)


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_tells_the_same_without_the_secret(name: str) -> None:
    body = json.dumps(CASES[name]).encode()

    assert SECRET.encode() not in VK.keep(BOM + body)
    assert decode(VK.keep(body)) == decode(body)


def test_what_holds_no_secret_is_kept_as_it_came() -> None:
    body = b'{ "type" : "wall_post_new","group_id":501 }'

    assert VK.keep(body) == body


def test_a_callback_is_placed_where_it_is_read_whatever_else_is_wrong_with_it() -> None:
    spoiled = CASES["joined"] | {"secret": 7}
    (turn,) = decode(spoiled).turns

    assert VK.place(json.dumps(spoiled).encode(), {}) == turn.event.community == f"vk:{GROUP}"
