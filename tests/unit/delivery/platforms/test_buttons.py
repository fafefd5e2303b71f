"""Buttons below messages, and answers to who presses them, in each platform's own words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.errands import shortened
from services.delivery.platforms.platform import Answer, Credential, Errand, Impossible, Lost, Repeat, Unsure
from services.delivery.rules.works import target_of
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from shared.events.actions import COMMAND_BYTES_MAX, Act, Button, NewPoll
from shared.events.community import CommandGiven
from simulated import discord, telegram, vk
from tests.builders import RECORDED
from tests.unit.delivery.platforms.asking import Executor, Played, Scripted, errand, fields, says

ROWS = (
    (Button(text="А", command="quiz spring 2 a"), Button(text="Б", command="quiz spring 2 b")),
    (Button(text="П" * 64, command="help " + "я" * 27),),
)
SPELLED = "А: /quiz spring 2 a\nБ: /quiz spring 2 b\n" + "П" * 64 + ": /help " + "я" * 27
DISCORD_PRESS = "800/aW50ZXJhY3Rpb24.t_0-k="
GONE = "Bad Request: query is too old and response timeout expired or query ID is invalid"
PLACES = {"telegram": "telegram:-100123", "vk": "vk:1", "discord": "discord:1"}
PRESSES = {"telegram": "4382", "vk": "2000000005/42/c5ae1a2b", "discord": DISCORD_PRESS}


async def called(platform: str, one: Errand, answer: object) -> dict[str, Any]:
    """The body of the one call that an errand is."""
    ask = Scripted(says(answer))
    await PLATFORMS[platform].carry_out(one, ask)
    (call,) = ask.calls
    return fields(call)


async def test_telegram_has_them_as_an_inline_keyboard() -> None:
    one = errand("publish", "telegram:-100123", text="Викторина", buttons=ROWS)

    body = await called("telegram", one, {"ok": True, "result": {"message_id": 7}})

    rows = body["reply_markup"]["inline_keyboard"]
    assert body["text"] == "Викторина"
    assert [[key["text"] for key in row] for row in rows] == [["А", "Б"], ["П" * 64]]
    assert rows[0][1]["callback_data"] == "v1:quiz spring 2 b"
    assert all(len(key["callback_data"].encode()) <= 64 for row in rows for key in row)


async def test_below_an_album_telegram_names_what_they_would_give() -> None:
    media = ("https://a.example/1.jpg", "https://a.example/2.jpg")
    one = errand("publish", "telegram:-100123", text="Викторина", media=media, buttons=ROWS)

    body = await called("telegram", one, {"ok": True, "result": [{"message_id": 7}, {"message_id": 8}]})

    assert body["media"][0]["caption"] == f"Викторина\n\n{SPELLED}"
    assert "reply_markup" not in body


async def test_vk_has_them_below_messages_and_names_them_in_posts_and_comments() -> None:
    chat = errand("publish", "vk:1", channel="vk:1:2000000005", text="Викторина", buttons=ROWS)
    sent: list[Any] = [{"peer_id": 2_000_000_005, "conversation_message_id": 3}]

    body = await called("vk", chat, {"response": sent})
    post = await called("vk", errand("publish", "vk:1", text="Викторина", buttons=ROWS), {"response": {"post_id": 7}})
    reply = errand("reply", "vk:1", content_id="vk:1:post-1_3", text="Викторина", buttons=ROWS)
    comment = await called("vk", reply, {"response": {"comment_id": 7}})

    keyboard = json.loads(body["keyboard"])
    first, other = keyboard["buttons"][0][0]["action"], keyboard["buttons"][1][0]["action"]
    assert keyboard["inline"] is True
    assert (first["type"], first["label"]) == ("callback", "А")
    assert json.loads(first["payload"]) == {"veche": "v1:quiz spring 2 a"}
    assert len(other["label"]) == 40
    assert len(other["payload"]) <= 255
    assert body["message"] == "Викторина"
    assert post["message"] == comment["message"] == f"Викторина\n\n{SPELLED}"


async def test_discord_has_them_as_components_and_one_of_two_that_are_the_same() -> None:
    rows = (*ROWS, (Button(text="again", command="quiz spring 2 a"),))
    one = errand("publish", "discord:1", channel="discord:1:2", text="Викторина", buttons=rows)

    body = await called("discord", one, {"id": "7"})

    assert [[key["custom_id"] for key in row["components"]] for row in body["components"]] == [
        ["v1:quiz spring 2 a", "v1:quiz spring 2 b"],
        ["v1:help " + "я" * 27],
    ]
    assert body["components"][0]["components"][0] == {"type": 2, "style": 2, "label": "А", "custom_id": "v1:quiz spring 2 a"}


async def test_slack_and_forums_name_what_they_would_give() -> None:
    slack = errand("publish", "slack:T1", channel="slack:T1:C1", text="Викторина", buttons=ROWS)
    forum = errand("reply", "discourse:f.example", content_id="discourse:f.example:12/1", text="Викторина", buttons=ROWS)

    said = await called("slack", slack, {"ok": True, "channel": "C1", "ts": "1.000100"})
    raw = await called("discourse", forum, {"topic_id": 12, "post_number": 2})

    assert said["text"] == raw["raw"] == f"Викторина\n\n{SPELLED}"


@pytest.mark.parametrize("platform", PLACES)
def test_buttons_stand_below_what_is_said_alone(platform: str) -> None:
    channel = {"channel": "discord:1:2"} if platform == "discord" else {}
    answer = PLATFORMS[platform].refusal(
        errand("answer", PLACES[platform], press=PRESSES[platform], text="hi", buttons=ROWS)
    )
    poll = NewPoll(options=("a", "b"))
    asked = PLATFORMS[platform].refusal(errand("publish", PLACES[platform], text="?", poll=poll, buttons=ROWS, **channel))

    assert answer is not None
    assert asked is not None
    assert answer.code == asked.code == "unsupported"


async def test_an_answer_to_a_press_is_a_documented_call() -> None:
    bodies = {
        name: await called(name, errand("answer", PLACES[name], press=press, text="Верно!", member=f"{name}:42"), ok)
        for (name, press), ok in zip(
            PRESSES.items(), ({"ok": True, "result": True}, {"response": 1}, {"id": "1"}), strict=True
        )
    }

    assert bodies["telegram"] == {"callback_query_id": "4382", "text": "Верно!", "show_alert": False}
    shown = {"type": "show_snackbar", "text": "Верно!"}
    assert json.loads(bodies["vk"].pop("event_data")) == shown
    assert bodies["vk"] == {"event_id": "c5ae1a2b", "user_id": 42, "peer_id": 2_000_000_005}
    assert bodies["discord"] == {"content": "Верно!", "allowed_mentions": {"parse": []}}


async def test_discord_is_answered_by_the_token_of_the_press_which_no_route_names() -> None:
    ask = Scripted(says({"id": "1"}))

    await PLATFORMS["discord"].carry_out(errand("answer", "discord:1", press=DISCORD_PRESS, text="hi"), ask)

    (call,) = ask.calls
    assert (call.method, call.path) == ("PATCH", "/webhooks/800/aW50ZXJhY3Rpb24.t_0-k%3D/messages/@original")
    assert "aW50" not in call.route
    assert all("aW50" not in bucket.key for bucket in call.buckets)


@pytest.mark.parametrize(("platform", "most"), [("telegram", 200), ("vk", 90), ("discord", 2_000)])
async def test_a_long_answer_is_cut_between_words(platform: str, most: int) -> None:
    text = "слово " * 1_000
    one = errand("answer", PLACES[platform], press=PRESSES[platform], text=text)
    body = await called(platform, one, {"ok": True, "response": 1, "id": "1"})

    said = body.get("text") or body.get("content") or json.loads(body["event_data"])["text"]
    assert most - 8 < len(said) <= most
    assert said.endswith("слово…")


@given(st.text(max_size=50), st.integers(2, 40))
def test_what_is_shortened_fits(text: str, most: int) -> None:
    cut = shortened(text, most)

    assert len(cut) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


@pytest.mark.parametrize(
    ("platform", "answer"),
    [
        ("telegram", says({"ok": False, "error_code": 400, "description": GONE}, 400)),
        ("vk", says({"error": {"error_code": 100, "error_msg": "One of the parameters specified was missing: event_id"}})),
        ("discord", says({"code": 50_027, "message": "Invalid Webhook Token"}, 401)),
        ("discord", says({"code": 10_015, "message": "Unknown Webhook"}, 404)),
    ],
)
async def test_a_press_that_the_platform_has_forgotten_is_too_late(platform: str, answer: Answer) -> None:
    with pytest.raises(Impossible) as refused:
        await PLATFORMS[platform].carry_out(
            errand("answer", PLACES[platform], press=PRESSES[platform], text="hi"), Scripted(answer)
        )

    assert refused.value.code == "late"
    assert "aW50" not in str(refused.value)


async def test_a_token_of_the_bot_that_is_refused_is_still_lost() -> None:
    unauthorized = says({"code": 0, "message": "401: Unauthorized"}, 401)
    with pytest.raises(Lost):
        await PLATFORMS["discord"].carry_out(
            errand("answer", "discord:1", press=DISCORD_PRESS, text="hi"), Scripted(unauthorized)
        )


@pytest.mark.parametrize(
    ("platform", "press"),
    [("vk", "5/42"), ("vk", "a/b/c"), ("discord", "800/../@me"), ("discord", "t0ken"), ("telegram", None)],
)
def test_a_press_of_another_shape_is_refused_unasked(platform: str, press: str | None) -> None:
    refusal = PLATFORMS[platform].refusal(errand("answer", PLACES[platform], press=press, text="hi"))

    assert refusal is not None
    assert refusal.code == "unsupported"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_answer_may_be_told_twice(platform: str) -> None:
    assert PLATFORMS[platform].repeat(errand("answer", "x", press="p", text="hi")) is Repeat.HARMLESS


def test_nothing_that_is_kept_shows_what_a_platform_needs_to_answer() -> None:
    first, second = (target_of("answer", Act(cause="e", press=press)) for press in (DISCORD_PRESS, "800/other"))

    assert first.startswith("press/")
    assert "aW50" not in first
    assert first != second


def pressing(platform: str) -> tuple[Any, Any]:
    """A world, and how a button of its newest message is pressed: returns what the platform tells."""
    if platform == "telegram":
        world: Any = telegram.Telegram(is_limited=False)
        return world, lambda made: world.press(-100123, int(made.rpartition(":")[2]), 1, 42)
    if platform == "vk":
        world = vk.Vk(is_limited=False)
        return world, lambda made: world.press("2000000005", int(made.rpartition("_")[2]), 1, "42", group=1)
    world = discord.Discord(is_limited=False)
    world.write("1", "2", "hello")
    return world, lambda made: world.press("2", int(made.rpartition(":")[2]), 1, "42")


TOKENS = {"telegram": telegram.TOKEN, "vk": vk.TOKEN, "discord": discord.TOKEN}
CHANNELS = {"telegram": None, "vk": "vk:1:2000000005", "discord": "discord:1:2"}


@pytest.mark.parametrize("platform", PLACES)
async def test_what_is_published_is_pressed_heard_and_answered(platform: str) -> None:
    world, press = pressing(platform)
    ask = Played(PLATFORMS[platform], world, Credential("", TOKENS[platform]))
    one = errand("publish", PLACES[platform], channel=CHANNELS[platform], text="Викторина", buttons=ROWS)

    made = await PLATFORMS[platform].carry_out(one, ask)
    pressed = press(made.content_id)
    body = msgspec.json.encode(pressed)
    if platform == "discord":
        world.heard(pressed["token"], json.loads(CONNECTORS["discord"].answer(body).body))
    told = CONNECTORS[platform].decode(Payload(body=body, brand="acme", connection="bot", recordedtime=RECORDED))
    (event,) = told.events
    assert isinstance(event, CommandGiven)
    answer = errand("answer", PLACES[platform], press=event.data.press, text="Верно!", member=f"{platform}:42")
    await PLATFORMS[platform].carry_out(answer, ask)

    assert (event.data.name, event.data.text, event.data.message) == ("quiz", "spring 2 b", made.content_id)
    (shown,) = world.ground.effects.of("answer")
    assert (shown.target.rpartition(":")[2], shown.text) == ("42", "Верно!")


FAULTS = st.lists(st.sampled_from(["well", "lost", "never", "broken", "away", "stormy"]), max_size=24)
SAID = st.lists(st.tuples(st.sampled_from(["Викторина", "Опрос"]), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=300)
@given(said=SAID, faults=FAULTS, chatter=st.integers(0, 2))
def test_telegram_finds_what_it_sent_with_buttons_and_leaves_them_there(
    said: list[tuple[str, bool]], faults: list[str], chatter: int
) -> None:
    world = telegram.Telegram(is_limited=False)
    question = world.write(-100123, "question")
    executor = Executor(PLATFORMS["telegram"], Played(PLATFORMS["telegram"], world, Credential("", telegram.TOKEN), faults))

    async def play() -> None:
        for number, (text, has_buttons) in enumerate(said):
            before = world.chats[-100123].newest
            for _ in range(chatter):
                world.write(-100123, "chatter")
            buttons = ROWS if has_buttons else None
            await executor.settle(
                errand("publish", "telegram:-100123", f"{number}", text=text, buttons=buttons), f"{before}"
            )

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    kept = world.chats[-100123].messages
    assert [effect.text for effect in seen] == [text for text, _ in said]
    assert [bool(kept[int(effect.id)].keyboard) for effect in seen] == [has_buttons for _, has_buttons in said]
    assert question not in {int(effect.id) for effect in seen}


async def test_a_search_that_was_killed_with_the_buttons_in_hand_puts_them_back() -> None:
    world = telegram.Telegram(is_limited=False)
    question = world.write(-100123, "question")
    ask = Played(PLATFORMS["telegram"], world, Credential("", telegram.TOKEN), ["lost"])
    executor = Executor(PLATFORMS["telegram"], ask)
    plain = world.write(-100123, "plain", is_ours=True)
    one = errand("publish", "telegram:-100123", text="Викторина", buttons=ROWS)
    message = world.chats[-100123].messages

    with pytest.raises(Unsure):
        await PLATFORMS["telegram"].carry_out(one, ask)
    sent = max(message)
    message[sent].keyboard = []  # the probe went out, and whoever probed was killed
    done = await executor._find(one, f"{question}")  # noqa: SLF001 - a search alone

    assert done is not None
    assert done.content_id == f"telegram:-100123:{sent}"
    assert [key["text"] for row in message[sent].keyboard for key in row] == ["А", "Б", "П" * 64]
    assert message[plain].keyboard == []


def test_the_longest_command_fits_every_platform() -> None:
    longest = Button(text="a", command="я" * (COMMAND_BYTES_MAX // 2))
    assert len(f"v1:{longest.command}".encode()) <= 64
    assert len(json.dumps({"veche": f"v1:{longest.command}"}, ensure_ascii=False)) <= 255
