from __future__ import annotations

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
from services.delivery.platforms.slack import Slack
from shared.events.actions import NewPoll
from tests.unit.delivery.platforms.asking import BEGAN, Scripted, errand, fields, says

TEAM = "slack:T1"
CHANNEL = f"{TEAM}:C1"
TS = "1700000000.000100"
CONTENT = f"{CHANNEL}:{TS}"
ANNA = "slack:U1"
SLACK = Slack()


def fine(**more: object) -> Answer:
    return says({"ok": True, **more})


def refused(error: str, **more: object) -> Answer:
    return says({"ok": False, "error": error, **more})


ROOT = fine(messages=[{"ts": TS}])
SENT = fine(channel="C1", ts="1700000009.000200")


@pytest.mark.parametrize(
    ("kind", "act", "method", "body"),
    [
        ("delete", {"content_id": CONTENT}, "chat.delete", {"channel": "C1", "ts": TS}),
        ("hide", {"content_id": CONTENT}, "chat.delete", {"channel": "C1", "ts": TS}),
        ("ban", {"member": ANNA, "channel": CHANNEL}, "conversations.kick", {"channel": "C1", "user": "U1"}),
        ("ban", {"member": ANNA, "content_id": CONTENT}, "conversations.kick", {"channel": "C1", "user": "U1"}),
        ("pin", {"content_id": CONTENT}, "pins.add", {"channel": "C1", "timestamp": TS}),
    ],
)
async def test_an_act_is_a_documented_call(kind: Kind, act: dict[str, Any], method: str, body: dict[str, Any]) -> None:
    ask = Scripted(fine())

    await SLACK.carry_out(errand(kind, TEAM, **act), ask)

    assert [(call.method, call.path, call.body, call.is_visible) for call in ask.calls] == [
        ("POST", f"/{method}", body, False)
    ]


@pytest.mark.parametrize(("told", "root"), [({"ts": TS}, TS), ({"ts": TS, "thread_ts": "1690000000.1"}, "1690000000.1")])
async def test_an_answer_stands_in_the_thread_of_what_it_answers(told: dict[str, Any], root: str) -> None:
    ask = Scripted(fine(messages=[told]), SENT)

    done = await SLACK.carry_out(errand("reply", TEAM, content_id=CONTENT, text="hi"), ask)

    assert done.content_id == f"{CHANNEL}:1700000009.000200"
    assert fields(ask.calls[1])["thread_ts"] == root
    assert fields(ask.calls[1])["metadata"]["event_payload"]["act"]
    assert [call.is_visible for call in ask.calls] == [False, True]


async def test_a_text_calls_nobody() -> None:
    ask = Scripted(SENT)

    await SLACK.carry_out(errand("publish", TEAM, channel=CHANNEL, text="<!channel> a & b"), ask)

    assert fields(ask.calls[0])["text"] == "&lt;!channel&gt; a &amp; b"


async def test_a_message_opens_the_talk_first_which_nobody_sees() -> None:
    ask = Scripted(fine(channel={"id": "D1"}), fine(channel="D1", ts="1700000009.000200"))

    done = await SLACK.carry_out(errand("message", TEAM, member=ANNA, text="hi"), ask)

    assert done.content_id == f"{TEAM}:D1:1700000009.000200"
    assert [(call.path, call.is_visible) for call in ask.calls] == [
        ("/conversations.open", False),
        ("/chat.postMessage", True),
    ]


@pytest.mark.parametrize(
    ("kind", "act", "part"),
    [
        ("delete", {"content_id": CHANNEL}, "no message of Slack"),
        ("delete", {"content_id": f"{CHANNEL}:../x"}, "no message of Slack"),
        ("ban", {"member": ANNA}, "names no channel"),
        ("ban", {"member": "vk:u1", "channel": CHANNEL}, "none of Slack"),
        ("restore", {"content_id": CONTENT}, "can't bring"),
        ("mute", {"member": ANNA}, "mutes nobody"),
        ("unban", {"member": ANNA}, "no bans to lift"),
        ("slow_mode", {"delay_s": 9}, "slow mode"),
        ("publish", {"text": "hi"}, "names no channel"),
        ("publish", {"channel": CHANNEL, "text": "x" * 40_001}, "40000"),
        ("publish", {"channel": CHANNEL, "text": "?", "poll": NewPoll(options=("a", "b"))}, "no polls"),
    ],
)
def test_what_can_never_be_done_is_said_without_asking(kind: Kind, act: dict[str, Any], part: str) -> None:
    found = SLACK.refusal(errand(kind, TEAM, **act))

    assert found is not None
    assert found.code == "unsupported"
    assert part in f"{found}"


def test_what_members_see_is_looked_for() -> None:
    one = errand("reply", TEAM, content_id=CONTENT, text="hi")

    assert SLACK.refusal(one) is None
    assert SLACK.repeat(one) is Repeat.VISIBLE


@pytest.mark.parametrize(
    ("kind", "error"), [("delete", "message_not_found"), ("ban", "not_in_channel"), ("pin", "already_pinned")]
)
async def test_what_is_so_already_is_done(kind: Kind, error: str) -> None:
    done = await SLACK.carry_out(errand(kind, TEAM, content_id=CONTENT, member=ANNA), Scripted(refused(error)))

    assert done.answer.startswith("was ")


@pytest.mark.parametrize(
    ("answer", "code", "part"),
    [
        (refused("cant_delete_message"), "forbidden", "administrator"),
        (refused("missing_scope", needed="chat:write"), "forbidden", "chat:write"),
        (refused("channel_not_found"), "forbidden", "invite the app"),
        (refused("cannot_dm_bot"), "unreachable", "allow messages"),
        (refused("something_new"), "refused", "something_new"),
    ],
)
async def test_a_refusal_is_told_by_its_kind(answer: Answer, code: str, part: str) -> None:
    with pytest.raises(Impossible, match=part) as raised:
        await SLACK.carry_out(errand("delete", TEAM, content_id=CONTENT), Scripted(answer))

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("invalid_auth"), Lost),
        (refused("ratelimited"), Busy),
        (says({}, 429, {"retry-after": "9"}), Busy),
        (refused("fatal_error"), Unsure),
        (says({}, 503), Unsure),
        (Answer(200, {}, b"<html>"), Unsure),
        (fine(channel="C1"), Unsure),
    ],
)
async def test_what_is_no_answer_about_the_message(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        await SLACK.carry_out(errand("publish", TEAM, channel=CHANNEL, text="hi"), Scripted(answer))


async def test_a_failure_of_what_members_do_not_see_is_away() -> None:
    with pytest.raises(Away):
        await SLACK.carry_out(errand("delete", TEAM, content_id=CONTENT), Scripted(refused("internal_error")))


async def test_a_pause_is_of_the_channel_that_was_written_to() -> None:
    ask = Scripted(SENT)
    await SLACK.carry_out(errand("publish", TEAM, channel=CHANNEL, text="hi"), ask)

    told = SLACK.told(ask.calls[0], says({}, 429, {"retry-after": "9"}))

    assert [tuple(one) for one in told] == [("channel/C1", 9.0)]


async def test_the_token_is_in_a_header_alone() -> None:
    ask = Scripted(fine(channel={"id": "D1"}), SENT)
    await SLACK.carry_out(errand("message", TEAM, member=ANNA, text="hi"), ask)

    outward = SLACK.outward(ask.calls[1], Credential("https://slack.example/api", "xoxb-secret"))

    assert outward.url == "https://slack.example/api/chat.postMessage"
    assert outward.headers["Authorization"] == "Bearer xoxb-secret"
    assert "secret" not in repr(ask.calls)


def seen(ts: str, key: str = "", event: str = "veche_act") -> dict[str, Any]:
    return {"ts": ts, "metadata": {"event_type": event, "event_payload": {"act": key, "more": 1}}}


async def test_the_message_is_found_by_its_key_on_any_page() -> None:
    ask = Scripted(SENT)
    one = errand("publish", TEAM, channel=CHANNEL, text="hi")
    await SLACK.carry_out(one, ask)
    key = fields(ask.calls[0])["metadata"]["event_payload"]["act"]
    pages = [
        fine(
            messages=[{"ts": "1.1"}, seen("1.2", "other"), seen("1.3", key, "of_another_app")],
            response_metadata={"next_cursor": "x"},
        ),
        fine(messages=[seen("1.4", key)]),
    ]

    again = Scripted(*pages)
    done = await SLACK.find(one, Attempt(BEGAN, None, ()), again)

    assert done is not None
    assert done.content_id == f"{CHANNEL}:1.4"
    assert [call.query.get("cursor") for call in again.calls] == [None, "x"]


async def test_a_message_that_is_not_there_was_not_sent() -> None:
    ask = Scripted(ROOT, fine(messages=[seen("1.2", "other")]))

    done = await SLACK.find(errand("reply", TEAM, content_id=CONTENT, text="hi"), Attempt(BEGAN, None, ()), ask)

    assert done is None
    assert ask.calls[1].query["ts"] == TS


@pytest.mark.parametrize(
    "answers",
    [
        [refused("thread_not_found")],
        [ROOT, refused("missing_scope", needed="channels:history")],
        [ROOT, *[fine(messages=[], response_metadata={"next_cursor": "x"})] * 10],
    ],
)
async def test_it_says_where_nobody_can_know(answers: list[Answer]) -> None:
    one = errand("reply", TEAM, content_id=CONTENT, text="hi")

    with pytest.raises(Unknowable, match="look"):
        await SLACK.find(one, Attempt(BEGAN, None, ()), Scripted(*answers))
