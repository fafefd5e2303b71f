from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.delivery.platforms.discourse import Discourse
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

FORUM = "discourse:forum.example:8443/talk"
CONTENT = f"{FORUM}:12/3"
FIRST = f"{FORUM}:12/1"
ANNA = f"{FORUM}:42"
DISCOURSE = Discourse()
FINE = says({})
SIGNED_IN = says({"current_user": {}})


def post(deleted: bool = False) -> Answer:  # noqa: FBT001, FBT002 - of a post there is no more to say
    return says({"id": 900, "deleted_at": BEGAN.isoformat() if deleted else None})


def refused(status: int, text: str = "No") -> Answer:
    return says({"errors": [text]}, status)


@pytest.mark.parametrize(
    ("kind", "is_deleted", "method", "path"),
    [
        ("delete", False, "DELETE", "/posts/900.json"),
        ("hide", False, "DELETE", "/posts/900.json"),
        ("restore", True, "PUT", "/posts/900/recover.json"),
    ],
)
async def test_a_post_is_looked_up_by_its_place(kind: Kind, is_deleted: bool, method: str, path: str) -> None:  # noqa: FBT001
    ask = Scripted(post(is_deleted), FINE)

    await DISCOURSE.carry_out(errand(kind, FORUM, content_id=CONTENT), ask)

    assert [(call.method, call.path) for call in ask.calls] == [
        ("GET", "/posts/by_number/12/3.json"),
        (method, path),
    ]


@pytest.mark.parametrize(("kind", "is_deleted"), [("delete", True), ("hide", True), ("restore", False)])
async def test_what_is_so_already_is_done(kind: Kind, is_deleted: bool) -> None:  # noqa: FBT001
    done = await DISCOURSE.carry_out(errand(kind, FORUM, content_id=CONTENT), Scripted(post(is_deleted)))

    assert "already" in done.answer


@pytest.mark.parametrize(
    ("kind", "act", "path", "body"),
    [
        ("unmute", {"member": ANNA}, "/admin/users/42/unsilence.json", {}),
        ("unban", {"member": ANNA}, "/admin/users/42/unsuspend.json", {}),
        (
            "mute",
            {"member": ANNA, "until": BEGAN, "reason": "spam"},
            "/admin/users/42/silence.json",
            {"silenced_till": BEGAN.isoformat(), "reason": "spam", "post_action": "none"},
        ),
        (
            "ban",
            {"member": ANNA},
            "/admin/users/42/suspend.json",
            {"suspend_until": "3000-01-01T00:00:00+00:00", "reason": "Veche, act act-1", "post_action": "none"},
        ),
        (
            "pin",
            {"content_id": FIRST},
            "/t/12/status.json",
            {"status": "pinned", "enabled": "true", "until": "3000-01-01T00:00:00+00:00"},
        ),
        ("slow_mode", {"content_id": CONTENT, "delay_s": 60}, "/t/12/slow_mode.json", {"seconds": 60}),
    ],
)
async def test_an_act_is_a_documented_call(kind: Kind, act: dict[str, Any], path: str, body: dict[str, Any]) -> None:
    ask = Scripted(FINE)

    await DISCOURSE.carry_out(errand(kind, FORUM, **act), ask)

    assert [(call.method, call.path, call.body) for call in ask.calls] == [("PUT", path, body)]


@pytest.mark.parametrize(("kind", "method", "end"), [("delete", "DELETE", ""), ("restore", "PUT", "/restore")])
async def test_a_message_of_the_chat_is_deleted_and_restored(kind: Kind, method: str, end: str) -> None:
    ask = Scripted(FINE)

    await DISCOURSE.carry_out(errand(kind, FORUM, content_id=f"{FORUM}:chat5/77"), ask)

    assert [(call.method, call.path) for call in ask.calls] == [(method, f"/chat/api/channels/5/messages/77{end}")]


async def test_an_answer_stands_in_its_topic() -> None:
    ask = Scripted(says({"id": 901, "topic_id": 12, "post_number": 9}))

    done = await DISCOURSE.carry_out(errand("reply", FORUM, content_id=CONTENT, text="hi"), ask)

    body = fields(ask.calls[0])
    assert done.content_id == f"{FORUM}:12/9"
    assert (body["topic_id"], body["reply_to_post_number"], body["raw"]) == (12, 3, "hi")
    assert body["external_id"]
    assert ask.calls[0].is_visible


async def test_a_message_is_written_to_the_members_name() -> None:
    ask = Scripted(says({"username": "anna"}), says({"topic_id": 77, "post_number": 1}))

    done = await DISCOURSE.carry_out(errand("message", FORUM, member=ANNA, text="Hello\nthere"), ask)

    body = fields(ask.calls[1])
    assert done.content_id == f"{FORUM}:77/1"
    assert (body["archetype"], body["target_recipients"], body["title"]) == ("private_message", "anna", "Hello")
    assert [call.is_visible for call in ask.calls] == [False, True]


async def test_a_poll_is_drawn_in_the_text() -> None:
    ask = Scripted(says({"topic_id": 77, "post_number": 1}))
    poll = NewPoll(options=("a", "b\n[/poll]"), multiple=True)
    one = errand("publish", FORUM, channel=f"{FORUM}:category5", text="Which?", poll=poll)

    await DISCOURSE.carry_out(one, ask)

    body = fields(ask.calls[0])
    assert body["category"] == 5
    assert body["raw"] == "Which?\n\n[poll type=multiple min=1 max=2]\n* a\n* b [/poll]\n[/poll]"


async def test_a_topic_that_is_there_already_is_found_by_its_key() -> None:
    address = {"location": "https://forum.example:8443/talk/t/which/77.json"}
    ask = Scripted(refused(422, "External has already been taken"), says(None, 301, address))

    done = await DISCOURSE.carry_out(errand("publish", FORUM, text="Which?"), ask)

    assert done.content_id == f"{FORUM}:77/1"
    assert ask.calls[1].path == f"/t/external_id/{fields(ask.calls[0])['external_id']}.json"


@pytest.mark.parametrize(
    ("kind", "act", "part"),
    [
        ("delete", {"content_id": "discourse:other.example:12/3"}, "none of this forum"),
        ("delete", {"content_id": f"{FORUM}:../3"}, "none of this forum"),
        ("ban", {"member": f"{FORUM}:anna"}, "no account"),
        ("pin", {"content_id": CONTENT}, "topics alone"),
        ("pin", {"content_id": f"{FORUM}:chat5/77"}, "chat channels"),
        ("slow_mode", {"channel": f"{FORUM}:category5", "delay_s": 9}, "not categories"),
        ("reply", {"content_id": f"{FORUM}:chat5/77", "text": "hi"}, "chat channels"),
        ("publish", {"channel": f"{FORUM}:chat5", "text": "hi"}, "categories"),
        ("publish", {"text": "x" * 32_001}, "32000"),
    ],
)
def test_what_can_never_be_done_is_said_without_asking(kind: Kind, act: dict[str, Any], part: str) -> None:
    found = DISCOURSE.refusal(errand(kind, FORUM, **act))

    assert found is not None
    assert found.code == "unsupported"
    assert part in f"{found}"


def test_what_members_see_is_looked_for() -> None:
    one = errand("reply", FORUM, content_id=CONTENT, text="hi")

    assert DISCOURSE.refusal(one) is None
    assert DISCOURSE.repeat(one) is Repeat.VISIBLE


async def test_who_is_punished_already_is() -> None:
    done = await DISCOURSE.carry_out(errand("ban", FORUM, member=ANNA), Scripted(refused(409)))

    assert done.answer == "was banned already"


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([refused(403, "Ключ API неверен"), refused(403)], Lost),
        ([says({}, 502)], Unsure),
        ([Answer(200, {}, b"<html>")], Unsure),
        ([says({"errors": [], "extras": {"wait_seconds": 27}}, 429)], Busy),
        ([says({}, 302)], Unsure),
    ],
)
async def test_what_is_no_answer_about_the_post(answers: list[Answer], error: type[Exception]) -> None:
    with pytest.raises(error):
        await DISCOURSE.carry_out(errand("reply", FORUM, content_id=CONTENT, text="hi"), Scripted(*answers))


async def test_a_failure_of_what_members_do_not_see_is_away() -> None:
    with pytest.raises(Away):
        await DISCOURSE.carry_out(errand("ban", FORUM, member=ANNA), Scripted(says({}, 500)))


@pytest.mark.parametrize(
    ("answers", "code"),
    [([refused(403), SIGNED_IN], "forbidden"), ([refused(404)], "gone"), ([refused(422)], "refused")],
)
async def test_a_refusal_is_told_by_its_kind(answers: list[Answer], code: str) -> None:
    with pytest.raises(Impossible) as raised:
        await DISCOURSE.carry_out(errand("ban", FORUM, member=ANNA), Scripted(*answers))

    assert raised.value.code == code


async def test_a_pause_is_of_the_whole_key() -> None:
    ask = Scripted(FINE)
    await DISCOURSE.carry_out(errand("ban", FORUM, member=ANNA), ask)
    answer = Answer(429, {"retry-after": "12"}, b"<html>")

    assert [tuple(one) for one in DISCOURSE.told(ask.calls[0], answer)] == [("bot", 12.0)]


async def test_the_key_is_in_a_header_alone() -> None:
    ask = Scripted(FINE)
    await DISCOURSE.carry_out(errand("ban", FORUM, member=ANNA), ask)

    outward = DISCOURSE.outward(ask.calls[0], Credential("https://forum.example:8443/talk", "secret", "veche"))

    assert outward.url == "https://forum.example:8443/talk/admin/users/42/suspend.json"
    assert (outward.headers["Api-Key"], outward.headers["Api-Username"]) == ("secret", "veche")
    assert "secret" not in repr(ask.calls)


def seen(number: int, raw: str = "hi", *, yours: bool = True, answered: int | None = 3, age_s: float = 0) -> dict[str, Any]:
    at = (BEGAN - timedelta(seconds=age_s)).isoformat()
    return {"post_number": number, "raw": raw, "yours": yours, "reply_to_post_number": answered, "created_at": at}


def page(*posts: dict[str, Any], count: int | None = None) -> Answer:
    stream = {"posts": list(posts), "stream": list(range(len(posts) if count is None else count))}
    return says({"id": 12, "posts_count": 0, "post_stream": stream})


ONE = errand("reply", FORUM, content_id=CONTENT, text=" hi ")


async def test_the_accounts_own_answer_is_found_by_what_it_says_and_answers() -> None:
    others = [seen(4), seen(5, yours=False), seen(6, answered=None), seen(7, "hello"), seen(8, age_s=3_600)]

    done = await DISCOURSE.find(ONE, Attempt(BEGAN, None, [f"{FORUM}:12/4"]), Scripted(page(*others, seen(9))))

    assert done is not None
    assert done.content_id == f"{FORUM}:12/9"


async def test_the_last_pages_are_searched_as_far_as_the_attempt_goes_back() -> None:
    ask = Scripted(page(seen(1, "old", age_s=9_999), count=55), page(seen(41, "x")), page(seen(39, "y", age_s=600)))

    done = await DISCOURSE.find(ONE, Attempt(BEGAN, None, ()), ask)

    assert done is None
    assert [call.query["page"] for call in ask.calls] == ["1", "3", "2"]


@pytest.mark.parametrize("answers", [[refused(404)], [page(seen(1, "x"), count=999)] + [page(seen(2, "x"))] * 10])
async def test_it_says_where_nobody_can_know(answers: list[Answer]) -> None:
    with pytest.raises(Unknowable, match="look"):
        await DISCOURSE.find(ONE, Attempt(BEGAN, None, ()), Scripted(*answers))


@pytest.mark.parametrize(
    ("answer", "found"),
    [(refused(404), None), (says({"id": 77}), f"{FORUM}:77/1"), (says(0, 301, {"location": "/t/77"}), f"{FORUM}:77/1")],
)
async def test_a_topic_is_known_by_its_key(answer: Answer, found: str | None) -> None:
    done = await DISCOURSE.find(errand("publish", FORUM, text="hi"), Attempt(BEGAN, None, ()), Scripted(answer))

    assert (done and done.content_id) == found


async def test_a_time_without_its_zone_is_no_answer() -> None:
    naive = seen(9) | {"created_at": "2026-03-02T09:30:00"}

    with pytest.raises(Away):
        await DISCOURSE.find(ONE, Attempt(BEGAN, None, ()), Scripted(page(naive)))
