"""What was written while no session was there: which questions Discord is asked, and what becomes of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.ingest.sources.discord.gap import ASKED_MAX, PAGES_MAX, WAIT_S_MAX, missed
from services.ingest.sources.source import Answer, Busy
from services.ingest.store import Piece

SINCE = 1_000


class Guilds:
    """Discord's API over what is in its guilds: answers by path, of channels by their messages."""

    def __init__(self, channels: Mapping[str, list[int]], **answers: Any) -> None:  # noqa: ANN401 - any JSON
        self.channels, self.answers = channels, answers
        self.asked: list[str] = []
        self.refusals: list[Busy] = []
        self.statuses: dict[str, int] = {}
        self.edited: set[int] = set()

    async def get(self, path: str) -> Answer:
        self.asked.append(path)
        if self.refusals:
            raise self.refusals.pop()
        status = self.statuses.get(path.partition("?")[0], 200)
        body = b"<html>" if status != 200 else json.dumps(self._told(path)).encode()
        return Answer(status, httpx.Headers(), body, httpx.URL("https://discord.test" + path))

    def _told(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        if path.endswith("/channels"):
            return [{"id": name, "last_message_id": str(max(ids, default=0))} for name, ids in self.channels.items()]
        if path.endswith("/threads/active"):
            return {"threads": self.answers.get("threads", [])}
        channel, after = path.split("/")[2], int(path.partition("after=")[2].partition("&")[0])
        later = [id_ for id_ in self.channels[channel] if id_ > after]
        return [
            {"id": str(id_), "edited_timestamp": "2026-03-02T09:30:00Z" if id_ in self.edited else None}
            for id_ in reversed(later[:ASKED_MAX])
        ]

    async def found(self, *guilds: str) -> list[list[Piece]]:
        return [page async for page in missed(self.get, guilds or ("g",), SINCE)]


def ids(pages: list[list[Piece]]) -> list[tuple[str, int]]:
    told = [json.loads(piece.body) for page in pages for piece in page]
    return [(frame["t"], int(frame["d"]["id"])) for frame in told]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None: ...

    monkeypatch.setattr("services.ingest.sources.discord.gap.asyncio.sleep", at_once)


async def test_a_channel_without_news_is_not_asked() -> None:
    discord = Guilds({"quiet": [SINCE]})

    assert await discord.found("a", "b") == []
    assert discord.asked == [f"/guilds/{guild}/{of}" for guild in ("a", "b") for of in ("channels", "threads/active")]


async def test_the_messages_of_a_gap_come_in_their_order_with_their_guild_however_many() -> None:
    discord = Guilds({"busy": list(range(SINCE - 5, SINCE + 251))})

    pages = await discord.found("g")

    assert ids(pages) == [("MESSAGE_CREATE", number) for number in range(SINCE + 1, SINCE + 251)]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert {json.loads(piece.body)["d"]["guild_id"] for page in pages for piece in page} == {"g"}


async def test_a_gap_that_is_too_long_ends() -> None:
    discord = Guilds({"flood": list(range(SINCE + 1, SINCE + 2 + PAGES_MAX * ASKED_MAX))})

    assert len(ids(await discord.found())) == PAGES_MAX * ASKED_MAX


async def test_threads_are_asked_as_channels_are() -> None:
    discord = Guilds({"quiet": [], "thread": [SINCE + 1]}, threads=[{"id": "thread", "last_message_id": str(SINCE + 1)}])
    discord.channels = {"thread": [SINCE + 1]}
    discord.statuses["/guilds/g/channels"] = 403

    assert ids(await discord.found()) == [("MESSAGE_CREATE", SINCE + 1)]


async def test_what_was_edited_since_is_told_as_written_and_as_edited() -> None:
    discord = Guilds({"a": [SINCE + 1, SINCE + 2]})
    discord.edited = {SINCE + 1}

    assert ids(await discord.found()) == [
        ("MESSAGE_CREATE", SINCE + 1),
        ("MESSAGE_UPDATE", SINCE + 1),
        ("MESSAGE_CREATE", SINCE + 2),
    ]


@pytest.mark.parametrize(("status", "is_logged"), [(403, False), (404, False), (500, True), (204, True)])
async def test_a_channel_that_is_not_told_keeps_no_other_back(
    status: int, caplog: pytest.LogCaptureFixture, *, is_logged: bool
) -> None:
    discord = Guilds({"locked": [SINCE + 1], "open": [SINCE + 2]})
    discord.statuses["/channels/locked/messages"] = status

    assert ids(await discord.found()) == [("MESSAGE_CREATE", SINCE + 2)]
    assert bool(caplog.records) is is_logged


async def test_discord_is_asked_again_after_the_pause_it_asks_for_unless_the_lease_would_end() -> None:
    discord = Guilds({"a": [SINCE + 1]})
    discord.refusals = [Busy("a limit", WAIT_S_MAX), Busy("a limit", 1.0)]

    assert ids(await discord.found()) == [("MESSAGE_CREATE", SINCE + 1)]

    discord.refusals = [Busy("a limit", WAIT_S_MAX + 1)]
    with pytest.raises(Busy):
        await discord.found()
