"""What a platform hears that sends too much, too deep, or while Kafka is slow."""

from __future__ import annotations

import pytest

from tests.unit.ingest.doors import Door

LIKE = b'{"type": "like_add", "group_id": 1, "secret": "s", "object": {}}'
COMMENT = b'{"type": "wall_reply_new", "group_id": 1, "secret": "s", "object": {}}'


async def test_above_the_limit_a_platform_is_told_when_to_come_again() -> None:
    door = Door("vk", "s")
    door.later_s = 7

    answer = await door.post(COMMENT)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.headers["content-type"] == "application/problem+json"
    assert door.kept == []


async def test_who_does_not_know_the_secret_uses_up_nothing_of_the_platform_s() -> None:
    door = Door("vk", "other")

    answer = await door.post(COMMENT)

    assert (answer.status_code, door.asked) == (401, 0)


async def test_while_kafka_is_slow_likes_wait_for_comments() -> None:
    door = Door("vk", "s")
    door.publisher.fill = 0.6

    like, comment = await door.post(LIKE), await door.post(COMMENT)

    assert (like.status_code, comment.status_code, len(door.kept)) == (503, 200, 1)
    assert int(like.headers["retry-after"]) > 0


@pytest.mark.parametrize("depth", [100, 2_000, 15_000])
async def test_json_however_deep_is_answered_and_is_no_error_of_ours(depth: int) -> None:
    door = Door("vk", "s")
    deep = b'{"a":' * depth + b"1" + b"}" * depth

    answers = [
        await door.post(b'{"type": "wall_reply_new", "group_id": 1, "secret": "s", "object": %s}' % deep),
        await door.post(deep),
        await door.post(b'{"a":' * depth),
    ]

    assert {answer.status_code for answer in answers} <= {200, 400, 401}
