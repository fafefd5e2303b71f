"""What was written while no session was there: which questions Discord is asked, and what becomes of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.ingest.sources.discord.gap import ASKED_MAX, NAMED_MAX, PAGES_MAX, WAIT_S_MAX, WAIT_S_MIN, Gap
from services.ingest.sources.source import Answer, Busy
from services.ingest.store import Piece
from shared.errors import Retryable

SINCE = 1_000


class Guilds:
    """Discord's API over what is in its guilds: answers by path, of channels by their messages."""

    def __init__(self, channels: Mapping[str, list[int]], **answers: Any) -> None:  # noqa: ANN401 - any JSON
        self.channels, self.answers = channels, answers
        self.of: dict[str, str] = {}
        """Which guild a channel is of; one that is not named here is of any."""
        self.asked: list[str] = []
        self.refusals: list[Busy] = []
        self.busy_first = 0.0
        """How long Discord asks to be left alone when a path is asked for the first time."""
        self.statuses: dict[str, int] = {}
        self.garbled: set[str] = set()
        self.edited: set[int] = set()
        self.waited: list[float] = []
        self.gap = Gap(self.get, SINCE, self._wait)

    async def get(self, path: str) -> Answer:
        self.asked.append(path)
        if self.refusals:
            raise self.refusals.pop()
        if self.busy_first and self.asked.count(path) == 1:
            raise Busy("a limit", self.busy_first)
        status = self.statuses.get(path.partition("?")[0], 200)
        body = b"<html>" if status != 200 or path in self.garbled else json.dumps(self._told(path)).encode()
        return Answer(status, httpx.Headers(), body, httpx.URL("https://discord.test" + path))

    def _told(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        if path.endswith("/channels"):
            guild = path.split("/")[2]
            return [
                {"id": name, "last_message_id": str(max(ids)) if ids else None}
                for name, ids in self.channels.items()
                if self.of.get(name, guild) == guild
            ]
        if path.endswith("/threads/active"):
            return {"threads": self.answers.get("threads", [])}
        channel, after = path.split("/")[2], int(path.partition("after=")[2].partition("&")[0])
        later = [id_ for id_ in self.channels[channel] if id_ > after]
        return [
            {"id": str(id_), "edited_timestamp": "2026-03-02T09:30:00Z" if id_ in self.edited else None}
            for id_ in reversed(later[:ASKED_MAX])
        ]

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def found(self, *guilds: str) -> list[list[Piece]]:
        return [page async for page in self.gap.pages(guilds or ("g",))]


def ids(pages: list[list[Piece]]) -> list[tuple[str, int]]:
    told = [json.loads(piece.body) for page in pages for piece in page]
    return [(frame["t"], int(frame["d"]["id"])) for frame in told]


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


async def test_after_an_answer_that_is_not_full_no_more_is_asked() -> None:
    discord = Guilds({"a": [SINCE + 1, SINCE + 2]})

    await discord.found()

    assert discord.asked[2:] == [f"/channels/a/messages?after={SINCE}&limit={ASKED_MAX}"]


async def test_messages_of_several_guilds_come_each_with_its_own() -> None:
    discord = Guilds({"a": [SINCE + 1], "b": [SINCE + 2]})
    discord.of = {"a": "one", "b": "two"}

    told = [json.loads(piece.body)["d"] for page in await discord.found("one", "two") for piece in page]

    assert [(message["guild_id"], message["id"]) for message in told] == [("one", str(SINCE + 1)), ("two", str(SINCE + 2))]


async def test_a_channel_in_which_nobody_ever_wrote_is_not_asked() -> None:
    discord = Guilds({"empty": []})

    assert await discord.found() == []
    assert len(discord.asked) == 2


async def test_a_gap_that_is_too_long_ends_and_a_person_is_told_to_import_the_rest() -> None:
    discord = Guilds({"flood": list(range(SINCE + 1, SINCE + 2 + PAGES_MAX * ASKED_MAX))})

    assert len(ids(await discord.found())) == PAGES_MAX * ASKED_MAX
    assert "guild g: " in discord.gap.missing[0]
    assert "import" in discord.gap.missing[0]


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


@pytest.mark.parametrize(("status", "is_told"), [(403, False), (404, False), (400, True), (204, True)])
@pytest.mark.parametrize("path", ["/channels/locked/messages", "/guilds/one/channels", "/guilds/one/threads/active"])
async def test_what_cannot_be_had_keeps_nothing_else_back_and_a_person_is_told_unless_the_bot_may_not_see_it(
    path: str, status: int, caplog: pytest.LogCaptureFixture, *, is_told: bool
) -> None:
    discord = Guilds({"locked": [SINCE + 1], "open": [SINCE + 2]})
    discord.of = {"locked": "one", "open": "two"}
    discord.statuses[path] = status

    assert ids(await discord.found("one", "two"))[-1] == ("MESSAGE_CREATE", SINCE + 2)
    assert ["guild one: " in sentence for sentence in discord.gap.missing] == [True] * is_told
    assert (str(status) in caplog.text) is is_told


async def test_of_many_guilds_that_are_left_out_some_are_named() -> None:
    discord, guilds = Guilds({}), [f"g{number:02}" for number in range(NAMED_MAX + 1)]
    discord.statuses = {f"/guilds/{guild}/channels": 400 for guild in guilds}

    await discord.found(*guilds)

    (sentence,) = discord.gap.missing
    assert f"{guilds[NAMED_MAX - 1]} and others" in sentence
    assert guilds[NAMED_MAX] not in sentence


@pytest.mark.parametrize("path", ["/guilds/g/channels", "/guilds/g/threads/active"])
async def test_an_answer_that_says_all_is_well_and_is_none_is_asked_for_again(path: str) -> None:
    discord = Guilds({"a": [SINCE + 1]})
    discord.garbled = {path}

    with pytest.raises(Retryable, match="something else than was expected"):
        await discord.found()


async def test_discord_is_asked_again_after_the_pause_it_asks_for() -> None:
    discord = Guilds({"a": [SINCE + 1]})
    discord.refusals = [Busy("a limit", 0.0), Busy("a limit", 3.0)]

    assert ids(await discord.found()) == [("MESSAGE_CREATE", SINCE + 1)]
    assert discord.waited == [3.0, WAIT_S_MIN]


@pytest.mark.parametrize("pause_s", [0.0, WAIT_S_MAX / 3, WAIT_S_MAX + 1])
async def test_whoever_is_put_off_again_and_again_gives_the_gap_up_for_now(pause_s: float) -> None:
    discord = Guilds({"a": [SINCE + 1]})
    discord.refusals = [Busy("a limit", pause_s)] * 1_000

    with pytest.raises(Busy):
        await discord.found()

    assert sum(discord.waited) <= WAIT_S_MAX


async def test_waits_for_one_answer_do_not_count_against_the_next() -> None:
    discord = Guilds({"a": [SINCE + 1]})
    discord.busy_first = WAIT_S_MAX

    assert ids(await discord.found()) == [("MESSAGE_CREATE", SINCE + 1)]
    assert discord.waited == [WAIT_S_MAX] * 3
