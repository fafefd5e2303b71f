"""Sessions of Discord's gateway that end, and what was written meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx
import pytest

from services.ingest.sources import discord
from services.ingest.sources.discord import Discord, line
from services.ingest.sources.discord.session import Session
from services.ingest.sources.source import Page, Refused, packed
from services.ingest.store import Connected
from shared.documents.directory import Connection, SecretRef
from tests.integration.fake_discord import TOKEN, FakeDiscord
from tests.integration.gateway import FIRST, numbered
from tests.unit.ingest.discord_frames import GUILD


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord, "ANEW_S", (0.0, 0.05))


def source(fake: FakeDiscord, token: str | None) -> tuple[Discord, Connected]:
    spec = Connection(platform="discord", mode="gateway", token=SecretRef(env="ACME_TOKEN"))
    return Discord(httpx.AsyncClient(), f"http://{fake.url}"), Connected("bot", "acme", spec, (), token)


@pytest.mark.parametrize("code", ["4004", "4014", "4011"])
async def test_what_a_person_must_mend_is_said_and_not_tried_at_once(code: str) -> None:
    fake = FakeDiscord()
    fake.faults.append((0, code))
    async with fake.playing():
        asked, connection = source(fake, TOKEN)
        with pytest.raises(Refused, match=rf"\({code}\)"):
            async for _ in asked.pages(connection, ""):
                pass


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("code", ["4007", "4009"])
async def test_a_session_that_discord_will_not_resume_is_begun_anew(code: str) -> None:
    fake = FakeDiscord()
    fake.faults.append((1, code))
    async with fake.playing(), asyncio.timeout(20):
        asked, connection = source(fake, TOKEN)
        pages = asked.pages(connection, "")
        await anext(pages)
        await fake.tell("MESSAGE_CREATE", numbered(1))
        while len(fake.identified) < 2:
            await anext(pages)
        await pages.aclose()

    assert fake.resumed == []


def lost(fake: FakeDiscord) -> Session:
    """Return a session that Discord does not know, which ended after the first message."""
    return Session("lost", f"ws://{fake.url}", 5, FIRST)


async def pages_until_anew(pages: AsyncGenerator[Page], before: str) -> list[Page]:
    """Return pages up to the first of another session."""
    found = [await anext(pages)]
    while json.loads(found[-1].place)["id"] == before:
        found.append(await anext(pages))
    return found


def messages(pages: Sequence[Page]) -> list[int]:
    bodies = [json.loads(piece.body) for page in pages for piece in page.pieces]
    return [int(body["d"]["id"]) - FIRST for body in bodies if body["t"] == "MESSAGE_CREATE"]


@pytest.mark.usefixtures("impatient")
async def test_the_place_moves_on_only_after_the_whole_gap_so_that_a_crash_within_begins_with_it_again() -> None:
    fake = FakeDiscord()
    async with fake.playing(), asyncio.timeout(20):
        for number in range(251):
            await fake.tell("MESSAGE_CREATE", numbered(number))
        asked, connection = source(fake, TOKEN)
        async with aclosing(asked.pages(connection, packed(lost(fake)))) as pages:
            found = await pages_until_anew(pages, "lost")

    of_gap = [page for page in found if page.pieces]
    assert messages(of_gap) == list(range(1, 251))
    assert [page.place for page in of_gap] == [packed(lost(fake))] * 3


@pytest.mark.usefixtures("impatient")
async def test_a_session_lost_before_a_message_came_leaves_the_gap_of_the_one_before() -> None:
    fake = FakeDiscord()
    async with fake.playing(), asyncio.timeout(20):
        asked, connection = source(fake, TOKEN)
        async with aclosing(asked.pages(connection, packed(lost(fake)))) as pages:
            second = (await pages_until_anew(pages, "lost"))[-1]
            await fake.forget()
            await fake.tell("MESSAGE_CREATE", numbered(1))
            found = await pages_until_anew(pages, json.loads(second.place)["id"])

    assert messages(found) == [1]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("idle_s", [line.IDLE_S, 0.0], ids=["at once", "after empty pages"])
async def test_what_a_gap_left_out_is_told_beside_what_else_is_missing_until_the_next_session(
    idle_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "IDLE_S", idle_s)
    fake = FakeDiscord()
    fake.flags, fake.odd = 0, {f"/guilds/{GUILD}/channels"}
    async with fake.playing(), asyncio.timeout(20):
        asked, connection = source(fake, TOKEN)
        async with aclosing(asked.pages(connection, packed(lost(fake)))) as pages:
            second = (await pages_until_anew(pages, "lost"))[-1]
            fake.odd.clear()
            await fake.forget()
            third = (await pages_until_anew(pages, json.loads(second.place)["id"]))[-1]

    assert [sentence.partition(" ")[0] for sentence in second.missing or ()] == ["Message", "Server", "guild"]
    assert GUILD in (second.missing or ())[2]
    assert [sentence.partition(" ")[0] for sentence in third.missing or ()] == ["Message", "Server"]


async def test_a_revoked_token_is_told_before_a_line_is_opened() -> None:
    fake = FakeDiscord()
    async with fake.playing():
        asked, connection = source(fake, "another")
        with pytest.raises(Refused, match="reset it"):
            async for _ in asked.pages(connection, ""):
                pass

    assert fake.codes == []
