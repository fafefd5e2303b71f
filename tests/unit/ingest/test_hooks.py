"""The webhooks' edge: what is kept of a delivery, and what a GET hears."""

from __future__ import annotations

import json

from tests.unit.ingest.doors import Door
from tests.unit.ingest.vk_callbacks import CASES, SECRET

CALLBACK = CASES["comment"]


async def test_the_secret_inside_a_callback_is_not_kept() -> None:
    door = Door("vk", SECRET)

    answer = await door.post(json.dumps(CALLBACK).encode())

    (record,) = door.kept
    assert (answer.status_code, answer.text) == (200, "ok")
    assert json.loads(record.value) == {name: value for name, value in CALLBACK.items() if name != "secret"}
    assert SECRET.encode() not in record.value


async def test_a_get_is_refused_where_the_platform_asks_in_another_way() -> None:
    assert (await Door("vk", SECRET).get()).status_code == 405


async def test_what_kafka_does_not_have_is_not_accepted() -> None:
    door = Door("vk", SECRET)
    door.publisher.is_away = True

    assert (await door.post(json.dumps(CALLBACK).encode())).status_code == 503
