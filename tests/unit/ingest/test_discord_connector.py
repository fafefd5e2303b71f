from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.discord import SESSION, SIGNATURE, STAMP
from services.ingest.connectors.discord.kinds import ALL, APPLICATION, NOT_FACTS, NOT_KEPT, READ
from services.ingest.connectors.discord.text import plain
from services.ingest.connectors.payload import Payload
from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.discord_frames import (
    CASES,
    CHANNEL,
    GUILD,
    MESSAGE,
    RECORDED,
    Json,
    decode,
    edited,
    frame,
    reacted,
    said,
)
from tests.unit.ingest.hostile import NESTED, damaged, mutated, survives

DISCORD = CONNECTORS["discord"]
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = PRIVATE.public_key().public_bytes_raw().hex()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_every_kind_that_is_read_has_a_case_and_no_kind_is_both_read_and_refused() -> None:
    assert set(READ) <= {case.get("t") for case in CASES.values()}
    assert not set(READ) & (NOT_FACTS | NOT_KEPT)


@pytest.mark.parametrize("name", CASES)
def test_a_frame_of_another_session_an_hour_later_tells_the_same_fact(name: str) -> None:
    first = decode(CASES[name])
    again = decode(
        CASES[name] | {"s": 99}, recordedtime=RECORDED + timedelta(hours=1), connection="other", headers={SESSION: "s2"}
    )

    assert [event.id for event in first.told] == [event.id for event in again.told]
    assert [turn.thing for turn in first.turns] == [turn.thing for turn in again.turns]


def test_two_edits_are_two_facts_and_a_preview_after_an_edit_is_the_same() -> None:
    (first,), (second,) = (decode(edited(edited_timestamp=f"2026-03-01T12:0{n}:00+00:00")).events for n in (1, 2))
    (previewed,) = decode(edited(edited_timestamp="2026-03-01T15:01:00+03:00", embeds=[{"type": "link"}])).events

    assert first.id != second.id
    assert first.id == previewed.id


def test_an_emoji_that_lost_its_name_is_still_the_same_emoji() -> None:
    emojis = ({"id": "6", "name": "wave"}, {"id": "6", "name": None})

    (before,), (after,) = (decode(reacted("MESSAGE_REACTION_ADD", emoji=emoji)).turns for emoji in emojis)

    assert (before.event.id, before.thing) == (after.event.id, after.thing)


def test_the_guild_is_found_wherever_it_stands() -> None:
    def place(body: Json) -> str | None:
        return DISCORD.place(json.dumps(body).encode(), {})

    assert place(said()) == f"discord:{GUILD}"
    assert place({"type": 2, "guild_id": "5", "data": {}}) == "discord:5"
    assert place(said(guild_id=None)) is None
    assert place(frame("READY", {"guild_id": "x" * 30})) is None
    assert DISCORD.place(b"[", {}) is None


def test_marks_become_what_people_see() -> None:
    said_ = plain("<@1> <@!2>, <#3> <a:dance:4> </rank me:5> <t:1700000000> <@&6> <!> <@1", {"1": "Анна"}, ("1",))

    assert said_.text == "@Анна @2, #3 :dance: </rank me:5> 1700000000 @6 <!> <@1"
    assert said_.mentions == ("discord:1",)


def delivery(body: bytes, stamp: str | None = None, key: Ed25519PrivateKey = PRIVATE) -> Delivery:
    stamp = str(int(NOW.timestamp())) if stamp is None else stamp
    return Delivery({SIGNATURE: key.sign(stamp.encode() + body).hex(), STAMP: stamp}, body, NOW)


@pytest.mark.parametrize("keys", [(PUBLIC,), ("00" * 32, PUBLIC), ("not hexadecimal", PUBLIC)])
def test_a_request_signed_by_the_application_is_genuine(keys: tuple[str, ...]) -> None:
    assert DISCORD.verify(delivery(b"{}"), Keys(keys))


def test_a_request_that_is_not_signed_so_is_refused() -> None:
    good, keys = delivery(b"{}"), Keys((PUBLIC,))

    assert not DISCORD.verify(good, Keys())
    assert not DISCORD.verify(good._replace(body=b"{} "), keys)
    assert not DISCORD.verify(good._replace(headers={}), keys)
    assert not DISCORD.verify(good._replace(headers=dict(good.headers) | {SIGNATURE: "я"}), keys)
    assert not DISCORD.verify(good._replace(headers=dict(good.headers) | {STAMP: "1"}), keys)
    assert not DISCORD.verify(delivery(b"{}", key=Ed25519PrivateKey.from_private_bytes(b"x" * 32)), keys)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_recorded_request_cannot_be_sent_again_later(seconds: int) -> None:
    assert not DISCORD.verify(delivery(b"{}", str(int(NOW.timestamp()) + seconds)), Keys((PUBLIC,)))


def test_what_only_asks_whether_anybody_is_there_hears_so() -> None:
    def greeting(body: Json) -> Answer | None:
        return DISCORD.greeting(delivery(json.dumps(body).encode()), Keys())

    assert greeting({"version": 1, "application_id": "9", "type": 0}) == Answer(b"", status=204)
    assert greeting({"version": 1, "id": "5", "type": 1, "token": "t"}) == Answer(b'{"type":1}', "application/json")
    assert greeting(CASES["authorized"]) is None
    assert greeting({"version": 1, "id": "5", "type": 2, "data": {"name": "rank"}}) is None


def test_a_session_key_and_who_is_online_are_not_even_taken_in() -> None:
    assert {"READY", "PRESENCE_UPDATE", "VOICE_SERVER_UPDATE"} <= NOT_KEPT


def test_the_intents_are_those_that_discord_numbers_so() -> None:
    assert ALL == 0b1_0000_0000_1000_0110_0000_0111


KINDS = {*READ, *NOT_FACTS, *NOT_KEPT, *APPLICATION, "frame", "interaction", "other"}


@given(mutated(CASES))
def test_a_mutated_frame_never_crashes(found: Json) -> None:
    survives(lambda: decode(found), KINDS)


@given(damaged(CASES))
def test_a_frame_with_bytes_changed_never_crashes(body: bytes) -> None:
    survives(lambda: decode(body), KINDS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        NESTED,
        b'{"op":0,"t":"MESSAGE_CREATE","d":' + NESTED + b"}",
        json.dumps(said(id="-1")).encode(),
        json.dumps(said(id="9" * 21)).encode(),
        json.dumps(said(timestamp="2026-03-01T12:00:00")).encode(),
        json.dumps(said(author={"id": 71})).encode(),
        json.dumps(frame("MESSAGE_DELETE", {"id": MESSAGE, "channel_id": [CHANNEL]})).encode(),
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_an_id_beyond_any_time_is_no_crash() -> None:
    body: dict[str, Any] = frame("MESSAGE_CREATE", {"id": "9" * 20, "channel_id": CHANNEL, "content": "a"})

    (event,) = DISCORD.decode(
        Payload(body=json.dumps(body).encode(), brand="acme", connection="bot", recordedtime=RECORDED)
    ).events

    assert read(encode(event)) == event


def called(**fields: Any) -> Json:  # noqa: ANN401 - JSON
    base: Json = {
        "id": "900",
        "application_id": "9",
        "type": 2,
        "version": 1,
        "token": "t",
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "member": {"nick": "Аня", "user": {"id": "71", "username": "anna"}},
        "data": {"name": "rank"},
        "locale": "ru",
    }
    return base | fields


@pytest.mark.parametrize(
    ("data", "kind", "about", "text"),
    [
        ({"name": "rank"}, "community.question.asked", None, None),
        ({"name": "правила"}, "community.question.asked", None, None),
        ({"name": "appeal", "options": [{"name": "why", "value": "за что?"}]}, "community.appeal.made", None, "за что?"),
        ({"name": "Report message", "type": 3, "target_id": MESSAGE}, "community.content.flagged", MESSAGE, None),
    ],
)
def test_a_command_called_is_what_it_asks_for(data: Json, kind: str, about: str | None, text: str | None) -> None:
    (event,) = decode(called(data=data)).events

    told: Any = event.data  # type: ignore[attr-defined] # data of all of them
    assert event.__struct_config__.tag == kind
    assert told.content_id == (None if about is None else f"discord:{GUILD}:{CHANNEL}:{about}")
    assert (told.actor.name, told.text) == ("Аня", text)
    assert read(encode(event)) == event
    assert decode(called(data=data), connection="other").events[0].id == event.id
    assert decode(called(data=data, id="901")).events[0].id != event.id


@pytest.mark.parametrize(
    "body", [called(type=3), called(guild_id=None), called(data={"name": "dance"}), called(member=None, user={"id": "71"})]
)
def test_an_interaction_that_asks_for_nothing_is_refused(body: Json) -> None:
    assert not decode(body).told
    assert decode(body).refused


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (called(), "Спасибо"),
        (called(locale="en-GB"), "Thank you"),
        (called(data={"name": "dance"}, locale="de"), "not known"),
    ],
)
def test_a_member_hears_in_their_language_that_it_was_passed_on(body: Json, said: str) -> None:
    answer = DISCORD.answer(json.dumps(body).encode())

    assert answer.media_type == "application/json"
    assert said in json.loads(answer.body)["data"]["content"]
    assert json.loads(answer.body)["data"]["flags"] == 64
    assert DISCORD.answer(json.dumps(CASES["authorized"]).encode()) == Answer(b"", status=204)


def test_the_token_by_which_anybody_could_answer_is_not_kept() -> None:
    kept = DISCORD.keep(json.dumps(called(token="t0ken")).encode())

    assert b"t0ken" not in kept
    assert decode(kept) == decode(called())
    assert "INTERACTION_CREATE" in NOT_KEPT
