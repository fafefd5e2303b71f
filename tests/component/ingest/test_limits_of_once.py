"""Where a platform does not tell enough: what precisely comes out. docs/platforms.md names each of these as a limit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ingest.connectors import CONNECTORS
from shared.platforms import PLATFORMS
from tests.component.ingest.world import World
from tests.unit.ingest import (
    discourse_deliveries,
    meta_requests,
    slack_callbacks,
    telegram_updates,
    vk_callbacks,
    youtube_payloads,
)

VK = vk_callbacks.CASES
SLACK = slack_callbacks.CASES
ADDED, REMOVED, EDITED = "ReactionAdded", "ReactionRemoved", "ContentEdited"


class Told:
    """A normaliser that hears one community through several connections."""

    def __init__(self, platform: str) -> None:
        self.platform, self.world = platform, World()

    def hear(self, connection: str, *payloads: Any) -> None:  # noqa: ANN401 - JSON
        for payload in payloads:
            body = json.dumps(payload).encode()
            self.world.send(self.platform, body, CONNECTORS[self.platform].place(body, {}), connection=connection)

    async def types(self, *wanted: str) -> list[str]:
        """Return the events of these types, in order."""
        found = [type(event).__name__ for event in await self.world.fold()]
        return [name for name in found if name in wanted]


@pytest.mark.parametrize(
    ("platform", "content", "on", "off"),
    [
        ("vk", VK["post"], VK["like"] | {"event_id": "e1"}, VK["like_taken_back"] | {"event_id": "e2"}),
        ("slack", SLACK["message"], SLACK["reaction"], SLACK["reaction_taken_back"]),
    ],
)
async def test_a_turn_and_its_end_that_two_connections_tell_one_after_the_other_count_twice_and_end_right(
    platform: str, content: object, on: object, off: object
) -> None:
    told = Told(platform)
    told.hear("one", content, on, off)
    told.hear("two", on, off)

    assert await told.types(ADDED, REMOVED) == [ADDED, REMOVED, ADDED, REMOVED]


@pytest.mark.parametrize(
    ("platform", "content", "on", "off"),
    [
        ("vk", VK["post"], VK["like"] | {"event_id": "e1"}, VK["like_taken_back"] | {"event_id": "e2"}),
        ("slack", SLACK["message"], SLACK["reaction"], SLACK["reaction_taken_back"]),
    ],
)
async def test_told_side_by_side_or_again_by_one_connection_they_count_once(
    platform: str, content: object, on: object, off: object
) -> None:
    told = Told(platform)
    told.hear("one", content, on)
    told.hear("two", on, off)
    told.hear("one", off, on, off, on)

    assert await told.types(ADDED, REMOVED) == [ADDED, REMOVED]


async def test_an_undated_edit_that_vk_numbers_for_each_server_on_its_own_counts_twice() -> None:
    told = Told("vk")
    told.hear("one", VK["comment"], VK["comment_edited"] | {"event_id": "e1"}, VK["comment_edited"] | {"event_id": "e1"})
    told.hear("two", VK["comment_edited"] | {"event_id": "e2"})

    assert await told.types(EDITED) == [EDITED, EDITED]


async def test_an_undated_change_of_a_page_that_two_apps_are_told_at_two_times_counts_twice() -> None:
    told, edit = Told("facebook"), meta_requests.CASES["comment_edited"]
    undated = json.loads(json.dumps(edit))
    undated["entry"][0]["changes"][0]["value"].pop("created_time", None)
    later = json.loads(json.dumps(undated))
    later["entry"][0]["time"] += 5
    told.hear("one", meta_requests.CASES["comment"], undated, undated)
    told.hear("two", later)

    assert await told.types(EDITED) == [EDITED, EDITED]


async def test_a_like_that_is_put_again_after_discourse_did_not_tell_its_end_counts_once() -> None:
    like = discourse_deliveries.CASES["like"]

    first, again = (discourse_deliveries.decode(*like).told[0] for _ in range(2))

    assert first.id == again.id


async def test_a_reaction_put_taken_back_and_put_again_within_one_second_counts_as_taken_back() -> None:
    told = Told("telegram")
    put = telegram_updates.reacted([], [telegram_updates.THUMB], user=telegram_updates.IVAN)
    back = telegram_updates.reacted([telegram_updates.THUMB], [], user=telegram_updates.IVAN)
    told.hear("one", telegram_updates.CASES["text"], put, back, put)

    assert await told.types(ADDED, REMOVED) == [ADDED, REMOVED]


async def test_a_video_changed_within_its_first_minute_is_told_as_published_alone() -> None:
    at_once, soon = (youtube_payloads.video(title, updated=youtube_payloads.AT_ONCE) for title in ("Клей", "Клей!"))

    first, again = (youtube_payloads.decode(youtube_payloads.feed(entry)).told for entry in (at_once, soon))

    assert [type(event).__name__ for event in (*first, *again)] == ["ContentCreated", "ContentCreated"]
    assert first[0].id == again[0].id


@pytest.mark.parametrize("platform", ["telegram", "vk", "slack", "discord", "facebook", "discourse", "youtube"])
def test_the_page_names_the_limit(platform: str) -> None:
    assert PLATFORMS[platform].limits
