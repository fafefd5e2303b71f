"""Meta's requests, made up by us: who is believed, what Meta hears, what is told apart and what is not."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from services.ingest.connectors.delivery import Answer, Delivery, Keys, Unreadable
from services.ingest.connectors.meta.page import FIELDS, REFUSED, SETTINGS
from services.ingest.connectors.meta.wire import CHANGES_MAX
from shared.errors import Unprocessable
from tests.unit.ingest.doors import Door
from tests.unit.ingest.meta_requests import (
    ACCOUNT,
    CASES,
    FACEBOOK,
    INSTAGRAM,
    PAGE,
    RECORDED,
    SECRET,
    TOKEN,
    TOLD,
    Json,
    bytes_of,
    comment,
    decode,
    feed,
    payload,
    post,
    reaction,
    request,
)

KEYS = Keys((SECRET, "new"), TOKEN)
ASKED = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def delivery(body: bytes, header: str) -> Delivery:
    return Delivery({"x-hub-signature-256": header}, body, RECORDED)


def the(sent: object, **fields: object) -> Any:  # noqa: ANN401 - an event of any type
    (event,) = decode(sent, **fields).events
    return event


def test_either_of_two_secrets_signs_the_very_bytes() -> None:
    body = '{ "object":"page", "entry": [], "x": "é\\u00e9" }'.encode()

    assert FACEBOOK.verify(delivery(body, signature(body)), KEYS)
    assert INSTAGRAM.verify(delivery(body, signature(body, "new")), KEYS)
    assert not FACEBOOK.verify(delivery(json.dumps(json.loads(body)).encode(), signature(body)), KEYS)


UNNAMED = signature(b"{}").removeprefix("sha256=")


@pytest.mark.parametrize("header", ["", "sha256=", "sha1=0", signature(b"{}", "else"), UNNAMED])
def test_anything_else_is_not_genuine(header: str) -> None:
    assert not FACEBOOK.verify(delivery(b"{}", header), KEYS)


def test_the_older_signature_alone_is_not_believed() -> None:
    old = "sha1=" + hmac.new(SECRET.encode(), b"{}", hashlib.sha1).hexdigest()

    assert not FACEBOOK.verify(Delivery({"x-hub-signature": old}, b"{}", RECORDED), KEYS)
    assert not FACEBOOK.verify(delivery(b"{}", old), KEYS)


def test_meta_hears_its_challenge() -> None:
    assert FACEBOOK.handshake(ASKED, KEYS) == Answer(b"1158201444", "text/plain")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        ASKED | {"hub.verify_token": "guess"},
        ASKED | {"hub.verify_token": ""},
        ASKED | {"hub.mode": "unsubscribe"},
        {name: value for name, value in ASKED.items() if name != "hub.challenge"},
    ],
)
def test_any_other_handshake_is_refused(asked: dict[str, str]) -> None:
    assert FACEBOOK.handshake(asked, KEYS) is None
    assert FACEBOOK.handshake(ASKED, Keys((SECRET,))) is None
    assert FACEBOOK.handshake(asked | {"hub.verify_token": ""}, Keys((SECRET,), "")) is None


async def test_the_edge_answers_a_handshake_in_plain_text_and_forbids_another() -> None:
    door = Door("facebook", SECRET, TOKEN)
    asked = {"hub_mode": "subscribe", "hub_verify_token": TOKEN, "hub_challenge": "<b>7</b>"}

    greeted, forged = await door.get(**asked), await door.get(**asked | {"hub_verify_token": "guess"})

    assert (greeted.status_code, greeted.text) == (200, "<b>7</b>")
    assert greeted.headers["content-type"].startswith("text/plain")
    assert forged.status_code == 403
    assert "7" not in forged.json()["detail"]


MIXED: Json = {
    "object": "page",
    "entry": [
        {"id": PAGE, "time": TOLD, "changes": [*post()["entry"][0]["changes"], {"field": "hours"}]},
        {"id": 702, "time": TOLD, "changes": comment()["entry"][0]["changes"]},
        {"id": PAGE, "time": TOLD + 1, "changes": reaction()["entry"][0]["changes"]},
    ],
}


async def test_a_request_about_two_pages_is_a_record_for_each_change_under_the_key_of_its_page() -> None:
    door, body = Door("facebook", SECRET), bytes_of(MIXED)

    answer = await door.post(body, x_hub_signature_256=signature(body))

    assert answer.status_code == 200
    assert len(door.publisher.sent) == 1
    assert [record.key.decode() for record in door.kept] == [f"acme/facebook:{page}" for page in (PAGE, PAGE, "702", PAGE)]


def part(entry: Json, change: Json) -> Json:
    return {"object": "page", "entry": [entry | {"changes": [change]}]}


def test_a_request_in_parts_tells_the_same_as_its_changes_one_by_one() -> None:
    alone = [part(entry, change) for entry in MIXED["entry"] for change in entry["changes"]]

    assert [decode(found) for found in FACEBOOK.parts(bytes_of(MIXED))] == [decode(one) for one in alone]


async def test_none_of_a_request_is_accepted_where_kafka_does_not_have_it_all() -> None:
    door, body = Door("facebook", SECRET), bytes_of(MIXED)
    door.publisher.is_away = True

    assert (await door.post(body, x_hub_signature_256=signature(body))).status_code == 503


def test_a_part_that_cannot_be_read_does_not_take_the_others_along() -> None:
    broken = request(post()["entry"][0]["changes"][0], feed("status", post_id=["x"]), {"field": "hours"})
    broken["entry"].append(7)

    first, second, third, last = FACEBOOK.parts(bytes_of(broken))

    assert decode(first).events
    assert decode(third).refused
    for part in (second, last):
        with pytest.raises(Unprocessable):
            decode(part)


def test_one_change_alone_is_kept_as_it_came() -> None:
    body = b'{ "entry" : [ {"id":"1","changes":[{ "field":"hours" }]} ], "object":"page" }'

    assert FACEBOOK.keep(body) == body
    assert FACEBOOK.parts(body) == (body,)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 5_000, b'{"entry": 7}', b"{}", b'{"entry": []}'])
def test_what_cannot_be_split_is_one_part_of_no_place(body: bytes) -> None:
    assert FACEBOOK.parts(body) == (body,)
    assert FACEBOOK.place(body, {}) is None


def test_more_changes_than_meta_sends_are_one_dead_letter() -> None:
    body = bytes_of(request(*[{"field": "hours"}] * CHANGES_MAX))
    assert len(FACEBOOK.parts(body)) == CHANGES_MAX

    body = bytes_of(request(*[{"field": "hours"}] * (CHANGES_MAX + 1)))
    assert FACEBOOK.parts(body) == (body,)
    with pytest.raises(Unprocessable):
        decode(body)


def test_what_cannot_be_searched_for_private_talks_is_not_kept() -> None:
    for body in (b"\xff", b'{"entry": ' + b"[" * 5_000):
        with pytest.raises(Unreadable):
            FACEBOOK.keep(body)


def test_the_place_is_the_page_or_the_account_whatever_type_its_id_has() -> None:
    assert FACEBOOK.place(bytes_of(CASES["comment"]), {}) == f"facebook:{PAGE}"
    assert FACEBOOK.place(bytes_of(request(account=701)), {}) == f"facebook:{PAGE}"  # type: ignore[arg-type] # numbers come too
    assert FACEBOOK.place(bytes_of(CASES["instagram_comment"]), {}) == f"instagram:{ACCOUNT}"
    assert FACEBOOK.place(bytes_of(CASES["other_object"]), {}) is None


def test_both_shapes_of_an_author_and_of_an_id_are_one_fact() -> None:
    assert the(CASES["comment"]) == the(CASES["comment_of_a_flat_sender"])
    assert the(CASES["like"]) == the(CASES["like_as_a_reaction"])


def test_all_that_happens_to_a_content_names_it_and_is_a_fact_of_its_own() -> None:
    for what in ("status", "comment"):
        found = [the(CASES[f"{what}{change}"]) for change in ("", "_edited", "_hidden", "_shown_again", "_removed")]

        assert len({event.data.content_id for event in found}) == 1
        assert len({event.id for event in found}) == 5


def test_a_post_hidden_a_second_time_is_told_again() -> None:
    first, second = (post("status", "hide"), post("status", "hide"))
    second["entry"][0]["time"] += 60

    assert the(first).id != the(second).id


def test_an_edit_that_brings_back_earlier_words_is_told() -> None:
    first, back = comment("edited", message="Где?"), comment("edited", message="Где?")
    back["entry"][0]["time"] += 60

    assert the(first).id != the(back).id


def test_two_edits_within_a_second_are_two_facts() -> None:
    assert the(comment("edited", message="Где?")).id != the(comment("edited", message="Когда?")).id


def test_a_reaction_put_again_is_told_again() -> None:
    assert the(reaction()).id != the(reaction(created_time=TOLD)).id


def test_words_told_another_time_are_the_same_creation() -> None:
    later = comment(message="Где?")
    later["entry"][0]["time"] += 60

    assert the(later).id == the(CASES["comment"]).id


def test_a_change_without_any_time_has_that_of_its_receipt() -> None:
    timeless = post("status", "hide", created_time=None)
    del timeless["entry"][0]["time"]

    assert (the(timeless).time, the(timeless).data.time_source) == (RECORDED, "receipt")


def test_a_time_in_milliseconds_is_understood() -> None:
    told = post("status", "hide")
    told["entry"][0]["time"] *= 1000

    assert the(told).time == the(CASES["status_hidden"]).time


@pytest.mark.parametrize("name", ["talks", "talk_as_a_change", "instagram_talk"])
async def test_what_was_said_to_the_page_alone_is_kept_nowhere(name: str) -> None:
    door, body = Door("facebook", SECRET), bytes_of(CASES[name])

    await door.post(body, x_hub_signature_256=signature(body))

    (record,) = door.kept
    assert "тайна".encode() not in record.value
    assert FACEBOOK.decode(payload(record.value)) == decode(CASES[name])


def test_no_item_or_field_is_both_read_and_refused() -> None:
    assert not set(FIELDS["feed"]) & set(REFUSED)
    assert not set(FIELDS) & SETTINGS


@pytest.mark.parametrize("name", CASES)
def test_either_connector_reads_what_the_app_delivers(name: str) -> None:
    assert INSTAGRAM.decode(payload(CASES[name])) == decode(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_what_is_kept_of_a_request_tells_the_same(name: str) -> None:
    kept = FACEBOOK.keep(payload(CASES[name]).body)

    assert decode(kept) == decode(CASES[name])
    assert "тайна".encode() not in kept
