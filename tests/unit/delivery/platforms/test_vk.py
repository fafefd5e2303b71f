from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

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
from services.delivery.platforms.vk import Vk
from shared.events.actions import NewPoll
from tests.unit.delivery.platforms.asking import BEGAN, Scripted, errand, fields, says

GROUP = "vk:1"
COMMENT = f"{GROUP}:comment-1_7"
POST = f"{GROUP}:post-1_3"
CHAT = f"{GROUP}:2000000005"
MESSAGE = f"{GROUP}:message2000000005_9"
ANNA = "vk:42"
VK = Vk()
NOW = int(BEGAN.timestamp())
YEAR = timedelta(days=365)


def fine(response: object = 1) -> Answer:
    return says({"response": response})


def refused(code: int, text: str = "No") -> Answer:
    return says({"error": {"error_code": code, "error_msg": text}})


@pytest.mark.parametrize(
    ("kind", "act", "method", "body"),
    [
        ("delete", {"content_id": COMMENT}, "wall.deleteComment", {"owner_id": -1, "comment_id": 7}),
        ("hide", {"content_id": COMMENT}, "wall.deleteComment", {"owner_id": -1, "comment_id": 7}),
        ("restore", {"content_id": COMMENT}, "wall.restoreComment", {"owner_id": -1, "comment_id": 7}),
        ("delete", {"content_id": POST}, "wall.delete", {"owner_id": -1, "post_id": 3}),
        (
            "restore",
            {"content_id": f"{GROUP}:photo_comment-1_2"},
            "photos.restoreComment",
            {"owner_id": -1, "comment_id": 2},
        ),
        (
            "delete",
            {"content_id": MESSAGE},
            "messages.delete",
            {"peer_id": 2_000_000_005, "cmids": 9, "delete_for_all": 1, "group_id": 1},
        ),
        ("ban", {"member": ANNA}, "groups.ban", {"group_id": 1, "owner_id": 42}),
        ("unban", {"member": ANNA}, "groups.unban", {"group_id": 1, "owner_id": 42}),
        (
            "unmute",
            {"member": ANNA, "channel": CHAT},
            "messages.changeConversationMemberRestrictions",
            {"peer_id": 2_000_000_005, "member_ids": 42, "action": "rw"},
        ),
        ("pin", {"content_id": POST}, "wall.pin", {"owner_id": -1, "post_id": 3}),
        ("pin", {"content_id": MESSAGE}, "messages.pin", {"peer_id": 2_000_000_005, "conversation_message_id": 9}),
    ],
)
async def test_an_act_is_a_documented_call(kind: Kind, act: dict[str, Any], method: str, body: dict[str, Any]) -> None:
    ask = Scripted(fine())

    await VK.carry_out(errand(kind, GROUP, **act), ask)

    assert [(call.path, call.body, call.is_visible) for call in ask.calls] == [(f"/method/{method}", body, False)]


async def test_a_comment_is_answered_below_its_post() -> None:
    ask = Scripted(fine({"items": [{"post_id": 3}]}), fine({"comment_id": 77}))

    done = await VK.carry_out(errand("reply", GROUP, content_id=COMMENT, text="hi"), ask)

    body = fields(ask.calls[1])
    assert done.content_id == f"{GROUP}:comment-1_77"
    assert (body["post_id"], body["reply_to_comment"], body["from_group"]) == (3, 7, 1)
    assert body["guid"]
    assert [call.is_visible for call in ask.calls] == [False, True]


async def test_a_message_of_a_chat_is_answered_there() -> None:
    ask = Scripted(fine([{"peer_id": 2_000_000_005, "message_id": 1, "conversation_message_id": 10}]))

    done = await VK.carry_out(errand("reply", GROUP, content_id=MESSAGE, text="hi"), ask)

    body = fields(ask.calls[0])
    assert done.content_id == f"{GROUP}:message2000000005_10"
    assert json.loads(body["forward"]) == {"peer_id": 2_000_000_005, "conversation_message_ids": [9], "is_reply": 1}
    assert 0 < body["random_id"] < 2**63


async def test_a_poll_is_made_before_the_post_that_shows_it() -> None:
    ask = Scripted(fine(NOW), fine({"id": 5, "owner_id": -1}), fine({"post_id": 77}))
    poll = NewPoll(options=("да", "нет"), hours=2)

    done = await VK.carry_out(errand("publish", GROUP, text="Брать?", poll=poll), ask)

    assert done.content_id == f"{GROUP}:post-1_77"
    assert fields(ask.calls[1])["end_date"] == NOW + 7_200
    assert json.loads(fields(ask.calls[1])["add_answers"]) == ["да", "нет"]
    assert fields(ask.calls[2])["attachments"] == "poll-1_5"
    assert [call.is_visible for call in ask.calls] == [False, False, True]


def test_the_same_errand_has_the_same_key_and_another_one_another() -> None:
    one, same, other = (errand("message", GROUP, id_, member=ANNA, text="hi") for id_ in ("a", "a", "b"))

    asked = [Scripted(fine([{"conversation_message_id": 1}])) for _ in range(3)]
    for ask, act in zip(asked, (one, same, other), strict=True):
        with pytest.raises(StopIteration):
            VK.carry_out(act, ask).send(None)

    first, second, third = (fields(ask.calls[0])["random_id"] for ask in asked)
    assert first == second != third
    assert VK.repeat(one) is Repeat.KEYED


@pytest.mark.parametrize(
    ("kind", "act", "part"),
    [
        ("delete", {"content_id": "vk:1:elsewhere"}, "none of VK"),
        ("delete", {"content_id": f"{GROUP}:topic_comment-1_2"}, "which discussion"),
        ("restore", {"content_id": MESSAGE}, "can't bring"),
        ("mute", {"member": ANNA}, "outside of chats"),
        ("ban", {"member": "discord:42x"}, "no account of VK"),
        ("slow_mode", {"delay_s": 10}, "slow mode"),
        ("pin", {"content_id": COMMENT}, "posts and messages"),
        ("reply", {"content_id": f"{GROUP}:photo_comment-1_2", "text": "hi"}, "by hand"),
        ("message", {"member": "vk:me", "text": "hi"}, "no account of VK"),
        ("message", {"member": ANNA, "text": "x" * 9_001}, "9000"),
        ("publish", {"media": ("https://a.example/1", "https://a.example/2")}, "one address"),
        ("publish", {"channel": CHAT, "text": "?", "poll": NewPoll(options=("a", "b"))}, "no poll in a chat"),
    ],
)
def test_what_can_never_be_done_is_said_without_asking(kind: Kind, act: dict[str, Any], part: str) -> None:
    found = VK.refusal(errand(kind, GROUP, **act))

    assert found is not None
    assert found.code == "unsupported"
    assert part in f"{found}"


@pytest.mark.parametrize(
    ("ends_in", "told", "said"),
    [
        (timedelta(hours=1), timedelta(hours=1), "banned"),
        (timedelta(days=800), YEAR - timedelta(minutes=1), "banned for a year: VK knows nothing longer but for good"),
    ],
)
async def test_a_ban_ends_as_late_as_vk_allows(ends_in: timedelta, told: timedelta, said: str) -> None:
    ask = Scripted(fine(NOW), fine())

    done = await VK.carry_out(errand("ban", GROUP, member=ANNA, until=BEGAN + ends_in), ask)

    assert done.answer == said
    assert fields(ask.calls[1])["end_date"] == int((BEGAN + told).timestamp())


async def test_a_mute_in_a_chat_is_told_in_seconds() -> None:
    ask = Scripted(fine(NOW), fine({}))

    await VK.carry_out(errand("mute", GROUP, member=ANNA, channel=CHAT, until=BEGAN + timedelta(minutes=5)), ask)

    assert (fields(ask.calls[1])["action"], fields(ask.calls[1])["for"]) == ("ro", 300)


async def test_a_ban_that_comes_after_its_end_bans_nobody() -> None:
    done = await VK.carry_out(errand("ban", GROUP, member=ANNA, until=BEGAN), Scripted(fine(NOW)))

    assert "nothing was done" in done.answer


@pytest.mark.parametrize(("kind", "act"), [("delete", {"content_id": COMMENT}), ("unban", {"member": ANNA})])
async def test_what_is_gone_already_is_done(kind: Kind, act: dict[str, Any]) -> None:
    done = await VK.carry_out(errand(kind, GROUP, **act), Scripted(refused(104)))

    assert done.answer.startswith("was ")


@pytest.mark.parametrize(
    ("answer", "code", "part"),
    [
        (refused(27), "forbidden", "administrator's token"),
        (refused(15), "forbidden", "right"),
        (fine([{"error": {"code": 901, "description": "No"}}]), "unreachable", "has not written to the bot"),
        (refused(902), "unreachable", "allow messages"),
        (refused(18), "gone", "18"),
        (refused(100), "refused", "100"),
    ],
)
async def test_a_refusal_is_told_by_its_kind(answer: Answer, code: str, part: str) -> None:
    with pytest.raises(Impossible, match=part) as raised:
        await VK.carry_out(errand("message", GROUP, member=ANNA, text="hi"), Scripted(answer))

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(5), Lost),
        (refused(6), Busy),
        (refused(9), Busy),
        (refused(10), Unsure),
        (says({}, 502), Unsure),
        (Answer(200, {}, b"<html>"), Unsure),
        (says({}), Unsure),
        (fine("nonsense"), Unsure),
    ],
)
async def test_what_is_no_answer_about_the_message(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        await VK.carry_out(errand("message", GROUP, member=ANNA, text="hi"), Scripted(answer))


async def test_an_error_of_vk_in_what_members_do_not_see_is_away() -> None:
    with pytest.raises(Away):
        await VK.carry_out(errand("delete", GROUP, content_id=COMMENT), Scripted(refused(10)))


@pytest.mark.parametrize(
    ("answer", "told"),
    [(refused(6), [("user", 1.0)]), (refused(9), [("method/wall.deleteComment", 60.0)]), (refused(15), []), (fine(), [])],
)
async def test_what_is_too_fast_rests(answer: Answer, told: list[tuple[str, float]]) -> None:
    ask = Scripted(fine())
    await VK.carry_out(errand("delete", GROUP, content_id=COMMENT), ask)

    assert [tuple(one) for one in VK.told(ask.calls[0], answer)] == told


async def test_the_token_is_in_the_form_alone() -> None:
    ask = Scripted(fine())
    await VK.carry_out(errand("ban", GROUP, member=ANNA), ask)

    outward = VK.outward(ask.calls[0], Credential("https://api.example", "secret"))

    assert outward.url == "https://api.example/method/groups.ban"
    assert parse_qs((outward.content or b"").decode())["access_token"] == ["secret"]
    assert "secret" not in repr(ask.calls)


async def test_nothing_has_to_be_looked_for() -> None:
    with pytest.raises(Unknowable, match="send it again"):
        await VK.find(errand("message", GROUP, member=ANNA, text="hi"), Attempt(BEGAN, None, ()), Scripted())
