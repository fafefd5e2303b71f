"""The webhooks' edge: what is kept of a delivery, and what a GET hears."""

from __future__ import annotations

import hashlib
import hmac
import json

import msgspec
import pytest

from services.ingest.connectors.events import SIGNATURE_HEADER
from shared.events import encode
from tests.builders import content_created
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


def portal(*events: object) -> tuple[bytes, dict[str, str]]:
    """Return the body of a brand's own portal and its signature."""
    body = msgspec.json.encode(events[0] if len(events) == 1 else events)
    signature = hmac.new(b"portal-secret", body, hashlib.sha256).hexdigest()
    return body, {SIGNATURE_HEADER.replace("-", "_"): f"sha256={signature}"}


def told(**changed: object) -> object:
    event = msgspec.json.decode(encode(content_created(community="portal:a", content_id="portal:a:1")))
    return event | changed


async def test_events_that_are_signed_come_alone_or_many_each_under_its_community() -> None:
    door = Door("events", "portal-secret")
    events = [told(id="1"), told(id="2", community="portal:b")]

    for some in (events[:1], events):
        body, signed = portal(*some)
        assert (await door.post(body, **signed)).status_code == 200

    assert [record.key for record in door.kept] == [b"acme/portal:a", b"acme/portal:a", b"acme/portal:b"]
    assert [msgspec.json.decode(record.value)["id"] for record in door.kept] == ["1", "1", "2"]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"data": {"content_id": "portal:a:1", "kind": "review", "texxt": "Nice"}}, "/1/data/texxt"),
        ({"type": "community.content.craeted"}, "/1/type"),
        ({"community": None}, "/1/community"),
        ({"time": "2999-01-01T00:00:00Z"}, "/1/time"),
    ],
)
async def test_a_signed_event_that_does_not_fit_is_refused_as_the_api_refuses_it(
    wrong: dict[str, object], place: str
) -> None:
    door = Door("events", "portal-secret")
    body, signed = portal(told(), told(id="2", **wrong))

    answer = await door.post(body, **signed)

    assert (answer.status_code, answer.json()["errors"][0]["at"], door.kept) == (422, place, [])


async def test_what_is_not_signed_is_not_even_looked_at() -> None:
    body, _ = portal(told(type="community.content.craeted"))

    assert (await Door("events", "portal-secret").post(body)).status_code == 401
