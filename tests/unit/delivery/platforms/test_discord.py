from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.delivery.platforms.discord import Discord
from services.delivery.platforms.platform import (
    Answer,
    Attempt,
    Away,
    Busy,
    Credential,
    Impossible,
    Kind,
    Lost,
    Repeat,
    Unknowable,
    Unsure,
)
from shared.events.actions import NewPoll
from tests.unit.delivery.platforms.asking import BEGAN, Scripted, errand, fields, says

GUILD = "discord:1"
CHANNEL = f"{GUILD}:2"
CONTENT = f"{CHANNEL}:3"
ANNA = "discord:42"
DISCORD = Discord()
NOW = {"date": "Mon, 02 Mar 2026 09:30:00 GMT"}
NOTHING = Answer(204, {}, b"")


def refused(status: int, code: int, message: str = "No") -> Answer:
    return says({"code": code, "message": message}, status)


@pytest.mark.parametrize(
    ("kind", "act", "method", "path", "body"),
    [
        ("delete", {"content_id": CONTENT}, "DELETE", "/channels/2/messages/3", None),
        ("hide", {"content_id": CONTENT}, "DELETE", "/channels/2/messages/3", None),
        ("unmute", {"member": ANNA}, "PATCH", "/guilds/1/members/42", {"communication_disabled_until": None}),
        ("ban", {"member": ANNA}, "PUT", "/guilds/1/bans/42", {}),
        ("unban", {"member": ANNA}, "DELETE", "/guilds/1/bans/42", None),
        ("pin", {"content_id": CONTENT}, "PUT", "/channels/2/messages/pins/3", None),
        ("slow_mode", {"channel": CHANNEL, "delay_s": 30}, "PATCH", "/channels/2", {"rate_limit_per_user": 30}),
        ("slow_mode", {"channel": CHANNEL, "delay_s": 99_999}, "PATCH", "/channels/2", {"rate_limit_per_user": 21_600}),
    ],
)
async def test_an_act_is_a_documented_call(kind: Kind, act: dict[str, Any], method: str, path: str, body: object) -> None:
    ask = Scripted(NOTHING)

    await DISCORD.carry_out(errand(kind, GUILD, **act), ask)

    (call,) = ask.calls
    assert (call.method, call.path, call.body) == (method, path, body)
    assert call.headers == {"X-Audit-Log-Reason": "Veche%2C%20act%20act-1"}
    assert not call.is_visible


async def test_a_reply_names_what_it_answers_and_calls_nobody_else() -> None:
    ask = Scripted(says({"id": "77"}))

    done = await DISCORD.carry_out(errand("reply", GUILD, content_id=CONTENT, text="@everyone hi"), ask)

    body = fields(ask.calls[0])
    assert done.content_id == f"{CHANNEL}:77"
    assert body["message_reference"] == {"message_id": "3"}
    assert body["allowed_mentions"] == {"parse": [], "replied_user": True}
    assert body["enforce_nonce"] is True
    assert 0 < len(body["nonce"]) <= 25
    assert ask.calls[0].is_visible


async def test_a_message_opens_the_talk_first_which_nobody_sees() -> None:
    ask = Scripted(says({"id": "7"}), says({"id": "77"}))

    done = await DISCORD.carry_out(errand("message", GUILD, member=ANNA, text="hi"), ask)

    assert done.content_id == "discord:@me:7:77"
    assert [(call.path, call.is_visible) for call in ask.calls] == [
        ("/users/@me/channels", False),
        ("/channels/7/messages", True),
    ]


async def test_a_poll_has_its_hours() -> None:
    ask = Scripted(says({"id": "77"}))
    poll = NewPoll(options=("a", "b"), hours=48)

    await DISCORD.carry_out(errand("publish", GUILD, channel=CHANNEL, text="Which?", poll=poll), ask)

    assert fields(ask.calls[0])["poll"] == {
        "question": {"text": "Which?"},
        "answers": [{"poll_media": {"text": "a"}}, {"poll_media": {"text": "b"}}],
        "allow_multiselect": False,
        "duration": 48,
    }


@pytest.mark.parametrize(
    ("kind", "act", "part"),
    [
        ("delete", {"content_id": CHANNEL}, "no message of Discord"),
        ("delete", {"content_id": "discord:1:2:../../x"}, "no message of Discord"),
        ("ban", {"member": "telegram:42"}, "none of Discord"),
        ("ban", {"member": ANNA, "until": BEGAN}, "have no end"),
        ("restore", {"content_id": CONTENT}, "can't bring"),
        ("slow_mode", {"delay_s": 10}, "names no channel"),
        ("publish", {"text": "hi"}, "names no channel"),
        ("reply", {"content_id": CONTENT, "text": "x" * 2_001}, "2000"),
        ("publish", {"channel": CHANNEL, "text": "?", "poll": NewPoll(options=("x" * 56, "b"))}, "55"),
    ],
)
def test_what_can_never_be_done_is_said_without_asking(kind: Kind, act: dict[str, Any], part: str) -> None:
    found = DISCORD.refusal(errand(kind, GUILD, **act))

    assert found is not None
    assert found.code == "unsupported"
    assert part in f"{found}"


def test_what_members_see_is_looked_for_because_a_nonce_is_forgotten() -> None:
    one = errand("publish", GUILD, channel=CHANNEL, text="hi")

    assert DISCORD.refusal(one) is None
    assert DISCORD.repeat(one) is Repeat.VISIBLE


@pytest.mark.parametrize(
    ("ends_in", "told", "said"),
    [
        (timedelta(hours=1), timedelta(hours=1), "muted"),
        (timedelta(days=90), timedelta(days=28, minutes=-1), "muted for 28 days: Discord knows nothing longer"),
        (None, timedelta(days=28, minutes=-1), "muted for 28 days: Discord knows nothing longer"),
    ],
)
async def test_a_mute_ends_as_late_as_discord_allows(ends_in: timedelta | None, told: timedelta, said: str) -> None:
    ask = Scripted(says({"user": {}}, 200, NOW), says({}))
    until = None if ends_in is None else BEGAN + ends_in

    done = await DISCORD.carry_out(errand("mute", GUILD, member=ANNA, until=until), ask)

    assert done.answer == said
    assert fields(ask.calls[1]) == {"communication_disabled_until": (BEGAN + told).isoformat()}


async def test_a_mute_that_comes_after_its_end_mutes_nobody() -> None:
    ask = Scripted(says({"user": {}}, 200, NOW))

    done = await DISCORD.carry_out(errand("mute", GUILD, member=ANNA, until=BEGAN), ask)

    assert "nothing was done" in done.answer


@pytest.mark.parametrize(
    ("kind", "act", "answer"),
    [
        ("delete", {"content_id": CONTENT}, refused(404, 10_008)),
        ("unban", {"member": ANNA}, refused(404, 10_026)),
    ],
)
async def test_what_is_gone_already_is_done(kind: Kind, act: dict[str, Any], answer: Answer) -> None:
    done = await DISCORD.carry_out(errand(kind, GUILD, **act), Scripted(answer))

    assert "already" in done.answer or "not banned" in done.answer


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused(403, 50_013, "Missing Permissions"), "forbidden"),
        (refused(403, 50_007, "Cannot send messages to this user"), "unreachable"),
        (refused(404, 10_003, "Unknown Channel"), "gone"),
        (says({"code": 50_035, "message": "Invalid", "errors": {"x": [{"code": "REPLIES_UNKNOWN_MESSAGE"}]}}, 400), "gone"),
        (refused(400, 50_035, "Invalid Form Body"), "refused"),
    ],
)
async def test_a_refusal_is_told_by_its_kind(answer: Answer, code: str) -> None:
    with pytest.raises(Impossible) as raised:
        await DISCORD.carry_out(errand("reply", GUILD, content_id=CONTENT, text="hi"), Scripted(answer))

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401, 0), Lost),
        (says({}, 502), Unsure),
        (Answer(200, {}, b"<html>"), Unsure),
        (Answer(429, {"retry-after": "3"}, b"<html>"), Busy),
    ],
)
async def test_what_is_no_answer_about_the_message(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        await DISCORD.carry_out(errand("reply", GUILD, content_id=CONTENT, text="hi"), Scripted(answer))


async def test_a_failure_of_what_members_do_not_see_is_away() -> None:
    with pytest.raises(Away):
        await DISCORD.carry_out(errand("ban", GUILD, member=ANNA), Scripted(says({}, 500)))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            says({}, 200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "2.5"}),
            ("route/POST /channels/2/messages", 2.5),
        ),
        (says({"retry_after": 0.4, "global": True}, 429), ("bot", 0.4)),
        (says({"retry_after": 0.4}, 429, {"x-ratelimit-scope": "user"}), ("route/POST /channels/2/messages", 0.4)),
        (Answer(429, {"retry-after": "7"}, b"<html>"), ("route/POST /channels/2/messages", 7)),
    ],
)
async def test_headers_say_which_bucket_rests(answer: Answer, told: tuple[str, float]) -> None:
    ask = Scripted(says({"id": "77"}))
    await DISCORD.carry_out(errand("reply", GUILD, content_id=CONTENT, text="hi"), ask)

    found = DISCORD.told(ask.calls[0], answer)

    assert [tuple(one) for one in found] == [told]


async def test_the_token_is_in_a_header_alone() -> None:
    ask = Scripted(NOTHING)
    await DISCORD.carry_out(errand("ban", GUILD, member=ANNA), ask)

    outward = DISCORD.outward(ask.calls[0], Credential("https://api.example/v10", "secret"))

    assert outward.url == "https://api.example/v10/guilds/1/bans/42"
    assert outward.headers["Authorization"] == "Bot secret"
    assert outward.headers["User-Agent"].startswith("DiscordBot (")
    assert "secret" not in repr(ask.calls)


ME = says({"id": "900"})


def seen(id_: int, text: str = "hi", author: str = "900", replied: str | None = "3") -> dict[str, Any]:
    reference = {} if replied is None else {"message_reference": {"message_id": replied}}
    return {"id": f"{id_}", "author": {"id": author}, "content": text, **reference}


async def test_the_bots_own_message_is_found_by_what_it_says_and_answers() -> None:
    page = [seen(16), seen(15), seen(14, author="42"), seen(13, replied=None), seen(12, "hello"), seen(11)]
    one = errand("reply", GUILD, content_id=CONTENT, text=" hi ")

    done = await DISCORD.find(one, Attempt(BEGAN, None, [f"{CHANNEL}:11"]), Scripted(ME, says(page)))

    assert done is not None
    assert done.content_id == f"{CHANNEL}:15"


async def test_all_pages_are_searched() -> None:
    first, second = [seen(number, "chatter") for number in range(200, 100, -1)], [seen(201)]
    ask = Scripted(ME, says(first), says(second))

    done = await DISCORD.find(errand("reply", GUILD, content_id=CONTENT, text="hi"), Attempt(BEGAN, None, ()), ask)

    assert done is not None
    assert [call.query.get("after") for call in ask.calls[2:]] == ["200"]


async def test_a_message_that_is_not_there_was_not_sent() -> None:
    ask = Scripted(ME, says([seen(12, "chatter")]))

    done = await DISCORD.find(errand("reply", GUILD, content_id=CONTENT, text="hi"), Attempt(BEGAN, None, ()), ask)

    assert done is None


@pytest.mark.parametrize("answers", [[says([]), says([])], [refused(403, 50_001)], [says([seen(1, "x")] * 100)] * 20])
async def test_it_says_where_nobody_can_know(answers: list[Answer]) -> None:
    one = errand("reply", GUILD, content_id=CONTENT, text="hi")

    with pytest.raises(Unknowable, match="look"):
        await DISCORD.find(one, Attempt(BEGAN, None, ()), Scripted(ME, *answers))


async def test_an_id_that_is_no_number_is_no_answer() -> None:
    one, page = errand("reply", GUILD, content_id=CONTENT, text="hi"), [seen(11) | {"id": "eleven"}]

    with pytest.raises(Away):
        await DISCORD.find(one, Attempt(BEGAN, None, ()), Scripted(ME, says(page)))
