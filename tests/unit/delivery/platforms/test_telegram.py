from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
from services.delivery.platforms.telegram import Telegram
from services.delivery.platforms.telegram.finding import GAP_MAX, TRIES_MAX
from shared.events.actions import NewPoll
from tests.unit.delivery.platforms.asking import BEGAN, Scripted, errand, fields, says

CHAT = "telegram:-100123"
CONTENT = f"{CHAT}:45"
ANNA = "telegram:42"
TELEGRAM = Telegram()
NOT_MODIFIED = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
NOW = "Mon, 02 Mar 2026 09:30:00 GMT"


def fine(result: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    return says({"ok": True, "result": True if result is None else result}, 200, headers)


def refused(description: str, code: int = 400, **parameters: object) -> Answer:
    return says({"ok": False, "error_code": code, "description": description, "parameters": parameters}, code)


@pytest.mark.parametrize(
    ("kind", "act", "method", "body"),
    [
        ("delete", {"content_id": CONTENT}, "deleteMessage", {"message_id": 45}),
        ("hide", {"content_id": CONTENT}, "deleteMessage", {"message_id": 45}),
        ("ban", {"member": ANNA}, "banChatMember", {"user_id": 42}),
        ("ban", {"member": "telegram:-100777"}, "banChatSenderChat", {"sender_chat_id": -100777}),
        ("unban", {"member": ANNA}, "unbanChatMember", {"user_id": 42, "only_if_banned": True}),
        ("unban", {"member": "telegram:-100777"}, "unbanChatSenderChat", {"sender_chat_id": -100777}),
        ("pin", {"content_id": CONTENT}, "pinChatMessage", {"message_id": 45, "disable_notification": True}),
    ],
)
async def test_an_act_is_a_documented_call(kind: Kind, act: dict[str, Any], method: str, body: dict[str, Any]) -> None:
    ask = Scripted(fine())

    await TELEGRAM.carry_out(errand(kind, CHAT, **act), ask)

    assert [call.path for call in ask.calls] == [f"/{method}"]
    assert fields(ask.calls[0]) == {"chat_id": -100123, **body}
    assert not ask.calls[0].is_visible


@pytest.mark.parametrize(
    ("act", "method", "body"),
    [
        ({"text": "Hi"}, "sendMessage", {"text": "Hi"}),
        ({"text": "Hi", "channel": f"{CHAT}:9"}, "sendMessage", {"text": "Hi", "message_thread_id": 9}),
        ({"media": ("https://a.example/1.JPG",)}, "sendPhoto", {"photo": "https://a.example/1.JPG"}),
        (
            {"text": "v", "media": ("https://a.example/1.mp4?x=1",)},
            "sendVideo",
            {"video": "https://a.example/1.mp4?x=1", "caption": "v"},
        ),
        ({"media": ("https://a.example/1.pdf",)}, "sendDocument", {"document": "https://a.example/1.pdf"}),
        (
            {"text": "Which?", "poll": NewPoll(options=("a", "b"), multiple=True)},
            "sendPoll",
            {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}], "allows_multiple_answers": True},
        ),
    ],
)
async def test_what_is_published_is_sent_as_what_it_is(act: dict[str, Any], method: str, body: dict[str, Any]) -> None:
    ask = Scripted(fine({"message_id": 77}))

    done = await TELEGRAM.carry_out(errand("publish", CHAT, **act), ask)

    assert done.content_id == f"{CHAT}:77"
    assert ask.calls[0].path == f"/{method}"
    assert fields(ask.calls[0]) == {"chat_id": -100123, **body}
    assert ask.calls[0].is_visible


async def test_an_album_tells_all_its_messages() -> None:
    ask = Scripted(fine([{"message_id": 77}, {"message_id": 78}]))
    album = errand("publish", CHAT, text="two", media=("https://a.example/1.jpg", "https://a.example/2.mp4"))

    done = await TELEGRAM.carry_out(album, ask)

    assert (done.content_id, done.also) == (f"{CHAT}:77", (f"{CHAT}:78",))
    assert fields(ask.calls[0])["media"] == [
        {"type": "photo", "media": "https://a.example/1.jpg", "caption": "two"},
        {"type": "video", "media": "https://a.example/2.mp4"},
    ]


@pytest.mark.parametrize(
    ("kind", "act", "part"),
    [
        ("delete", {}, "content_id"),
        ("delete", {"content_id": "telegram:elsewhere"}, "no message of Telegram"),
        ("ban", {"member": "vk:../x"}, "no account of Telegram"),
        ("mute", {}, "member"),
        ("mute", {"member": "telegram:-100777"}, "ban it instead"),
        ("restore", {"content_id": CONTENT}, "can't bring a deleted message back"),
        ("slow_mode", {"delay_s": 10}, "slow mode"),
        ("reply", {"content_id": CONTENT, "text": "x" * 4_097}, "4096"),
        ("reply", {"content_id": CONTENT}, "nothing to say"),
        ("publish", {"text": "x" * 1_025, "media": ("https://a.example/1.jpg",)}, "1024"),
        ("publish", {"media": tuple(f"https://a.example/{n}.jpg" for n in range(11))}, "10 media"),
        ("publish", {"media": ("https://a.example/1.jpg", "https://a.example/1.pdf")}, "photos and videos"),
        ("publish", {"poll": NewPoll(options=("a", "b"))}, "question"),
        ("message", {"member": ANNA, "text": "x", "poll": NewPoll(options=("a", "b"))}, "only be published"),
    ],
)
def test_what_can_never_be_done_is_said_without_asking(kind: Kind, act: dict[str, Any], part: str) -> None:
    found = TELEGRAM.refusal(errand(kind, CHAT, **act))

    assert found is not None
    assert found.code == "unsupported"
    assert part in f"{found}"


@pytest.mark.parametrize("kind", ["delete", "hide", "mute", "unmute", "ban", "unban", "pin"])
def test_what_members_do_not_see_twice_is_harmless(kind: Kind) -> None:
    one = errand(kind, CHAT, content_id=CONTENT, member=ANNA)

    assert TELEGRAM.refusal(one) is None
    assert TELEGRAM.repeat(one) is Repeat.HARMLESS


async def test_a_message_that_is_gone_is_deleted() -> None:
    ask = Scripted(refused("Bad Request: message to delete not found"))

    done = await TELEGRAM.carry_out(errand("delete", CHAT, content_id=CONTENT), ask)

    assert done.answer == "was deleted already"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused("Bad Request: message can't be deleted"), "forbidden"),
        (refused("Forbidden: bot was kicked from the supergroup chat", 403), "forbidden"),
        (refused("Bad Request: not enough rights to restrict/unrestrict chat member"), "forbidden"),
        (refused("Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100999), "gone"),
        (refused("Bad Request: PARTICIPANT_ID_INVALID"), "gone"),
        (refused("Bad Request: something quite new"), "refused"),
    ],
)
async def test_a_refusal_is_told_by_its_kind(answer: Answer, code: str) -> None:
    with pytest.raises(Impossible) as raised:
        await TELEGRAM.carry_out(errand("delete", CHAT, content_id=CONTENT), Scripted(answer))

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refused("Forbidden: bot can't initiate conversation with a user", 403), "unreachable"),
        (refused("Forbidden: bot was blocked by the user", 403), "unreachable"),
        (refused("Bad Request: chat not found"), "unreachable"),
        (refused("Bad Request: user not found"), "gone"),
        (refused("Bad Request: something quite new"), "refused"),
    ],
)
async def test_whom_a_message_does_not_reach_is_told_apart_from_a_right_that_is_missing(answer: Answer, code: str) -> None:
    with pytest.raises(Impossible) as raised:
        await TELEGRAM.carry_out(errand("message", CHAT, member="telegram:7", text="hi"), Scripted(answer))

    assert raised.value.code == code
    assert ("has not written to the bot" in str(raised.value)) is (code == "unreachable")


@pytest.mark.parametrize("answer", [refused("Unauthorized", 401), refused("Not Found", 404)])
async def test_a_token_that_nobody_knows_is_lost(answer: Answer) -> None:
    with pytest.raises(Lost, match="BotFather"):
        await TELEGRAM.carry_out(errand("delete", CHAT, content_id=CONTENT), Scripted(answer))


async def test_a_pause_is_taken_as_long_as_telegram_says() -> None:
    answer = refused("Too Many Requests: retry after 7", 429, retry_after=7)
    ask = Scripted(answer)

    with pytest.raises(Busy) as raised:
        await TELEGRAM.carry_out(errand("reply", CHAT, content_id=CONTENT, text="hi"), ask)

    assert raised.value.wait_s == 7
    assert [(one.key, one.wait_s) for one in TELEGRAM.told(ask.calls[0], answer)] == [("chat/-100123", 7)]


@pytest.mark.parametrize(
    "answer", [says("?", 502), Answer(200, {}, b"<html>"), Answer(200, {}, b"[" * 90_000), fine("who knows")]
)
async def test_nonsense_leaves_what_members_see_unsure(answer: Answer) -> None:
    with pytest.raises(Unsure):
        await TELEGRAM.carry_out(errand("reply", CHAT, content_id=CONTENT, text="hi"), Scripted(answer))


@pytest.mark.parametrize("answer", [says("?", 502), Answer(200, {}, b"<html>"), says({"ok": "maybe"})])
async def test_nonsense_to_anything_else_is_no_answer(answer: Answer) -> None:
    with pytest.raises(Away):
        await TELEGRAM.carry_out(errand("delete", CHAT, content_id=CONTENT), Scripted(answer))


@pytest.mark.parametrize(
    ("ends_in", "told", "said"),
    [
        (timedelta(hours=1), timedelta(hours=1), "muted"),
        (timedelta(seconds=3), timedelta(seconds=35), "muted for 35 s"),
        (timedelta(days=400), timedelta(days=400), "muted for good"),
    ],
)
async def test_an_end_is_one_that_telegram_keeps(ends_in: timedelta, told: timedelta, said: str) -> None:
    ask = Scripted(fine({"status": "member"}, {"date": NOW}), fine())

    done = await TELEGRAM.carry_out(errand("mute", CHAT, member=ANNA, until=BEGAN + ends_in), ask)

    assert done.answer.startswith(said)
    assert fields(ask.calls[1])["until_date"] == int((BEGAN + told).timestamp())


async def test_a_mute_that_comes_after_its_end_mutes_nobody() -> None:
    ask = Scripted(fine({"status": "member"}, {"date": NOW}))

    done = await TELEGRAM.carry_out(errand("mute", CHAT, member=ANNA, until=BEGAN - timedelta(seconds=1)), ask)

    assert "nothing was done" in done.answer
    assert [call.path for call in ask.calls] == ["/getChatMember"]


@pytest.mark.parametrize(("limit", "window_s", "key"), [(30, 1, "bot"), (20, 60, "group/-100123"), (1, 1, "chat/-100123")])
async def test_no_window_sees_more_than_telegram_documents(limit: int, window_s: float, key: str) -> None:
    ask = Scripted(fine({"message_id": 1}))

    await TELEGRAM.carry_out(errand("publish", CHAT, text="hi"), ask)

    rate = next(bucket.rate for bucket in ask.calls[0].buckets if bucket.key == key)
    assert rate.burst + int(rate.per_s * window_s) <= limit


async def test_the_token_is_in_the_request_alone() -> None:
    credential = Credential("https://api.example", "1:secret")
    ask = Scripted(fine())
    await TELEGRAM.carry_out(errand("delete", CHAT, content_id=CONTENT), ask)

    outward = TELEGRAM.outward(ask.calls[0], credential)

    assert outward.url == "https://api.example/bot1:secret/deleteMessage"
    assert "secret" not in repr(ask.calls) + repr(credential)


GROUP = fine({"type": "supergroup"})
OURS, OTHERS, NOBODY = (
    refused(NOT_MODIFIED),
    refused("Bad Request: message can't be edited"),
    refused("Bad Request: message to edit not found"),
)


async def test_a_message_of_ours_is_found_among_others() -> None:
    reply = errand("reply", CHAT, content_id=CONTENT, text="hi")
    ask = Scripted(GROUP, OTHERS, NOBODY, OURS)

    done = await TELEGRAM.find(reply, Attempt(BEGAN, None, [f"{CHAT}:48"]), ask)

    assert done is not None
    assert done.content_id == f"{CHAT}:49"  # 46 is somebody's, 47 nobody's, 48 another errand's
    assert [fields(call).get("message_id") for call in ask.calls] == [None, 46, 47, 49]


async def test_where_numbers_end_there_is_no_message() -> None:
    publish = errand("publish", CHAT, text="hi")

    done = await TELEGRAM.find(publish, Attempt(BEGAN, "45", ()), Scripted(GROUP, *[NOBODY] * GAP_MAX))

    assert done is None


async def test_what_we_removed_is_no_end_of_the_numbers() -> None:
    publish = errand("publish", CHAT, text="hi")

    async def removed(contents: Sequence[str]) -> Collection[str]:
        return [content for content in contents if int(content.rpartition(":")[2]) <= 150]

    ask = Scripted(GROUP, *[NOBODY] * 150, OURS)
    done = await TELEGRAM.find(publish, Attempt(BEGAN, "45", (), removed=removed), ask)

    assert done is not None
    assert done.content_id == f"{CHAT}:196"


@pytest.mark.parametrize(
    ("kind", "community", "before", "answers"),
    [
        ("message", CHAT, "45", []),
        ("publish", "telegram:-55", "45", []),
        ("publish", CHAT, None, []),
        ("publish", CHAT, "45", [GROUP, *[OTHERS] * 400]),
        ("publish", CHAT, "45", [fine({"type": "channel"}), fine({"id": 1}), fine({"can_edit_messages": True})]),
        ("publish", CHAT, "45", [refused("Forbidden: bot was kicked", 403)]),
        ("publish", CHAT, "45", [GROUP, refused("Bad Request: something quite new")]),
    ],
)
async def test_where_nobody_can_know_it_says_so(
    kind: Kind, community: str, before: str | None, answers: list[Answer]
) -> None:
    one = errand(kind, community, member=ANNA, text="hi")

    with pytest.raises(Unknowable, match=r"look|ask"):
        await TELEGRAM.find(one, Attempt(datetime(2026, 3, 2, tzinfo=UTC), before, (), age_s=1_000), Scripted(*answers))


async def test_in_a_private_chat_it_looks_between_what_was_sent_before_and_after() -> None:
    one = errand("message", CHAT, member=ANNA, text="hi")
    nobody, ours = refused("Bad Request: message to edit not found"), refused(NOT_MODIFIED)
    attempt = Attempt(BEGAN, "telegram:7:10", ("telegram:7:10", "telegram:8:12", "telegram:9:14"), "telegram:9:14")
    ask = Scripted(nobody, ours)

    done = await TELEGRAM.find(one, attempt, ask)

    assert done is not None
    assert done.content_id == "telegram:42:13"
    assert [fields(call)["message_id"] for call in ask.calls] == [11, 13]


async def test_in_a_private_chat_nothing_in_between_means_that_nothing_was_sent() -> None:
    one = errand("message", CHAT, member=ANNA, text="hi")
    attempt = Attempt(BEGAN, "telegram:7:10", (), "telegram:9:12")

    assert await TELEGRAM.find(one, attempt, Scripted(refused("Bad Request: message to edit not found"))) is None


async def test_in_a_private_chat_it_waits_for_a_later_message() -> None:
    one = errand("message", CHAT, member=ANNA, text="hi")

    with pytest.raises(Busy):
        await TELEGRAM.find(one, Attempt(BEGAN, "telegram:7:10", (), age_s=20), Scripted())


async def test_in_a_private_chat_too_many_numbers_can_t_be_looked_through() -> None:
    one = errand("message", CHAT, member=ANNA, text="hi")

    with pytest.raises(Unknowable, match="ask the member"):
        await TELEGRAM.find(one, Attempt(BEGAN, "telegram:7:10", (), "telegram:9:1000"), Scripted())


async def test_a_search_goes_on_where_a_call_of_it_was_lost() -> None:
    publish = errand("publish", CHAT, text="hi")
    ask = Scripted(GROUP, OTHERS, Unsure("cut"), Away("refused"), says({}, 502), OURS)

    done = await TELEGRAM.find(publish, Attempt(BEGAN, "45", ()), ask)

    assert done is not None
    assert [fields(call).get("message_id") for call in ask.calls] == [None, 46, 47, 47, 47, 47]


async def test_a_search_ends_where_nobody_answers_any_more() -> None:
    publish = errand("publish", CHAT, text="hi")

    with pytest.raises(Unsure):
        await TELEGRAM.find(publish, Attempt(BEGAN, "45", ()), Scripted(GROUP, *[Unsure("cut")] * TRIES_MAX))


async def test_where_a_later_message_is_known_the_search_ends_before_it() -> None:
    publish = errand("publish", CHAT, text="hi")
    ask = Scripted(GROUP, NOBODY, NOBODY)

    done = await TELEGRAM.find(publish, Attempt(BEGAN, "45", (f"{CHAT}:47",), f"{CHAT}:49"), ask)

    assert done is None
    assert [fields(call).get("message_id") for call in ask.calls] == [None, 46, 48]
