"""Presses of buttons and commands in private talks, as Telegram, VK and Discord tell them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Reason
from services.ingest.connectors.urgency import Urgency
from services.ingest.sources.telegram import UPDATES
from services.ingest.store import Connected, Intake, Piece
from shared.clock import SetClock
from shared.documents.directory import Community, Connection
from shared.errors import Unprocessable
from shared.events.community import CommandGiven
from tests.builders import RECORDED
from tests.unit.ingest import discord_frames as discord
from tests.unit.ingest import telegram_updates as telegram
from tests.unit.ingest import vk_callbacks as vk
from tests.unit.ingest.doors import FakePublisher

Json = dict[str, Any]
HOME = "telegram:-1001234567890"
DISCORD_REFUSAL: Json = {"code": 0, "retry_after": 1.5, "global": False}
PRIVATE: Json = {"id": 5_000_000_001, "type": "private"}


def the(decoded: Decoded) -> CommandGiven:
    (event,) = decoded.events
    assert isinstance(event, CommandGiven)
    return event


def why(decoded: Decoded) -> Reason:
    assert not decoded.told
    (refusal,) = decoded.refused
    return refusal.reason


def test_a_press_on_telegram_is_a_command_of_whoever_pressed() -> None:
    event = the(telegram.decode(telegram.pressed("v1:quiz spring 2 b")))

    assert (event.data.name, event.data.text) == ("quiz", "spring 2 b")
    assert (event.data.press, event.data.message) == ("4382bfdwdsb323b2d9", f"{HOME}:70")
    assert (event.community, event.time, event.data.language) == (HOME, telegram.RECORDED, "ru")
    assert event.data.actor is not None
    assert event.data.actor.id == "telegram:5000000001"


def test_telegram_is_asked_for_presses_and_they_go_first() -> None:
    body = json.dumps(telegram.pressed("v1:me")).encode()

    assert "callback_query" in UPDATES
    assert CONNECTORS["telegram"].place(body, {}) == HOME
    assert CONNECTORS["telegram"].urgency(body, {}) is Urgency.HIGH


def test_a_press_in_a_topic_names_it() -> None:
    message = {"message_id": 70, "chat": telegram.FORUM, "date": 0, "message_thread_id": 3, "is_topic_message": True}

    assert the(telegram.decode(telegram.pressed("v1:me", message=message))).data.channel == f"{HOME}:3"


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (telegram.pressed("quiz spring"), Reason.NOT_A_FACT),
        (telegram.pressed(None), Reason.NOT_A_FACT),
        (telegram.pressed("v1:-"), Reason.UNKNOWN_KIND),
        (telegram.pressed("v1:me", message=None), Reason.NO_COMMUNITY),
        (telegram.pressed("v1:me", message={"message_id": 1, "chat": PRIVATE, "date": 0}), Reason.PRIVATE_CHAT),
    ],
)
def test_what_is_no_button_of_ours_in_a_community_is_refused(update: Json, reason: Reason) -> None:
    assert why(telegram.decode(update)) is reason


def test_a_private_chat_is_of_the_one_community_that_its_connection_is_for() -> None:
    start = telegram.said(chat=PRIVATE, text="/start ref_42")
    press = telegram.pressed("v1:me", message={"message_id": 1, "chat": PRIVATE, "date": 0})

    event, button = the(telegram.decode(start, community=HOME)), the(telegram.decode(press, community=HOME))

    assert (event.data.name, event.data.text, event.community) == ("start", "ref_42", HOME)
    assert (button.community, button.data.message, button.data.press) == (HOME, None, "4382bfdwdsb323b2d9")
    for text in ("/report", "личное", "/start@other me"):
        told = telegram.decode(telegram.said(chat=PRIVATE, text=text), community=HOME)
        assert [event.data.name for event in told.events if isinstance(event, CommandGiven)] == (
            ["start"] if text.startswith("/start") else []
        )
    assert why(telegram.decode(start)) is why(telegram.decode(start, community="telegram:5000000001")) is Reason.PRIVATE_CHAT


@pytest.mark.parametrize(
    ("listed", "wanted"), [((HOME,), HOME), ((), "telegram:5000000001"), ((HOME, "telegram:-1002"), "telegram:5000000001")]
)
async def test_the_edge_takes_a_private_chat_for_the_only_community_that_is_listed(
    listed: tuple[str, ...], wanted: str
) -> None:
    publisher = FakePublisher()
    intake = Intake(publisher, SetClock(RECORDED))  # type: ignore[arg-type] # a fake
    spec = Connection(platform="telegram", mode="poll", communities=tuple(Community(id=id_) for id_ in listed))
    body = json.dumps(telegram.said(chat=PRIVATE, text="/start")).encode()

    await intake.pieces(Connected("bot-1", "acme", spec, ()), [Piece(body)])

    ((record,),) = publisher.sent
    assert (record.key, dict(record.headers)["community"]) == (f"acme/{wanted}".encode(), wanted.encode())


def test_a_press_on_vk_is_a_command_and_holds_what_an_answer_needs() -> None:
    event = the(vk.decode(vk.pressed({"veche": "v1:quiz spring 2 b"})))
    as_text = the(vk.decode(vk.pressed(json.dumps({"veche": "v1:quiz spring 2 b"}))))

    assert (event.data.name, event.data.text, event.community) == ("quiz", "spring 2 b", f"vk:{vk.GROUP}")
    assert event.data.press == f"{vk.CHAT}/{vk.ANNA}/c5ae1a2b"
    assert (event.data.channel, event.data.message) == (f"vk:{vk.GROUP}:{vk.CHAT}", f"vk:{vk.GROUP}:message{vk.CHAT}_12")
    assert as_text == event


def test_between_two_vk_tells_presses_and_commands_and_nothing_else() -> None:
    press = the(vk.decode(vk.pressed({"veche": "v1:me"}, peer_id=vk.ANNA)))
    event = the(vk.decode(vk.said(peer_id=vk.ANNA, text="/магазин")))

    assert (press.data.channel, press.data.message, press.data.press) == (None, None, f"{vk.ANNA}/{vk.ANNA}/c5ae1a2b")
    assert (event.data.name, event.data.language, event.community) == ("shop", "ru", f"vk:{vk.GROUP}")
    for text in ("привет", "/report", "магазин"):
        assert why(vk.decode(vk.said(peer_id=vk.ANNA, text=text))) is Reason.PRIVATE_CHAT


@pytest.mark.parametrize(
    "payload", [{}, {"veche": 5}, {"veche": "me"}, {"button": "v1:me"}, [], "v1:me", "{", None, 7, {"veche": "v1:-"}]
)
def test_what_is_no_button_of_ours_on_vk_is_refused(payload: object) -> None:
    assert why(vk.decode(vk.pressed(payload))) in {Reason.NOT_A_FACT, Reason.UNKNOWN_KIND}


def test_a_press_on_discord_is_a_command_and_the_bot_is_seen_to_think() -> None:
    body = discord.pressed("v1:quiz spring 2 b")

    event = the(discord.decode(body))
    answer = CONNECTORS["discord"].answer(json.dumps(body).encode())

    assert (event.data.name, event.data.text, event.data.press) == ("quiz", "spring 2 b", "800/t0ken")
    assert event.data.message == f"discord:{discord.GUILD}:{discord.CHANNEL}:70"
    assert (event.data.channel, event.data.language) == (f"discord:{discord.GUILD}:{discord.CHANNEL}", "ru")
    assert json.loads(answer.body) == {"type": 5, "data": {"flags": 64}}


def test_the_token_of_a_press_of_ours_is_kept_and_no_other() -> None:
    def kept(custom_id: str) -> bytes:
        return CONNECTORS["discord"].keep(json.dumps(discord.pressed(custom_id)).encode())

    assert b"t0ken" in kept("v1:me")
    assert b"t0ken" not in kept("their-button")


def test_another_button_on_discord_is_refused_and_nobody_waits() -> None:
    body = discord.pressed("their-button")

    assert why(discord.decode(body)) is Reason.NOT_A_FACT
    assert why(discord.decode(discord.pressed("v1:-"))) is Reason.UNKNOWN_KIND
    assert json.loads(CONNECTORS["discord"].answer(json.dumps(body).encode()).body) == {"type": 6}


@pytest.mark.parametrize("changed", [{"token": None}, {"application_id": None}, {"token": "t" * 510}])
def test_a_press_that_nobody_could_answer_is_refused(changed: Json) -> None:
    assert why(discord.decode(discord.pressed("v1:me", **changed))) is Reason.UNKNOWN_KIND


def test_discord_s_own_commands_between_two_are_those_of_engagement_alone() -> None:
    alone: Json = {"guild_id": None, "member": None, "user": {"id": "71"}, "type": 2}
    shop, rank = (discord.pressed("", **alone, data={"name": name}) for name in ("shop", "rank"))

    assert the(discord.decode(shop, community=f"discord:{discord.GUILD}")).data.name == "shop"
    assert why(discord.decode(rank, community=f"discord:{discord.GUILD}")) is Reason.PRIVATE_CHAT


def test_a_message_that_is_none_spoils_nothing_but_a_press() -> None:
    refused = DISCORD_REFUSAL | {"message": "You are being rate limited."}

    assert discord.decode(refused).refused
    with pytest.raises(Unprocessable):
        discord.decode(discord.pressed("v1:me", message="words"))


def test_between_two_discord_is_of_the_one_community_that_its_connection_is_for() -> None:
    alone: Json = {"guild_id": None, "member": None, "user": {"id": "71", "username": "anna"}}
    press, home = discord.pressed("v1:me", **alone), f"discord:{discord.GUILD}"

    event = the(discord.decode(press, community=home))

    assert (event.community, event.data.channel, event.data.message) == (home, None, None)
    assert CONNECTORS["discord"].place(json.dumps(press).encode(), {}) == "discord:@me"
    assert not CONNECTORS["discord"].is_public("discord:@me")
    assert why(discord.decode(press, community="discord:@me")) is why(discord.decode(press)) is Reason.PRIVATE_CHAT


def test_discord_s_own_commands_give_those_of_engagement_too() -> None:
    body = discord.pressed("v1:me", type=2, data={"name": "shop", "options": []})

    event = the(discord.decode(body))

    assert (event.data.name, event.data.press, event.data.message) == ("shop", None, None)
    assert b"passed on" in CONNECTORS["discord"].answer(json.dumps(body | {"locale": "en"}).encode()).body
