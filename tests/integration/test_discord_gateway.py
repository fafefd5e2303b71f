"""The gateway's client against a Discord with faults: each fact is taken in, and is one fact, whatever breaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.ingest.app import Role, create_app
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded
from services.ingest.connectors.raw import from_record
from services.ingest.rules.turns import told_before
from services.ingest.sources import discord, poller
from services.ingest.sources.discord import Discord, line
from services.ingest.sources.discord.session import Session
from services.ingest.sources.source import Page, Refused, packed
from services.ingest.store import Connected
from shared.bus import admin
from shared.documents.directory import Connection, SecretRef
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import RAW
from tests.builders import AT
from tests.fakes import FakeRecord
from tests.integration.edge import records_of
from tests.integration.fake_discord import TOKEN, FakeDiscord
from tests.integration.services import eventually
from tests.integration.test_serve import free_port
from tests.parts import Addresses
from tests.unit.ingest.discord_frames import GUILD, message, reacted

FIRST = 1_147_000_000_000_001_000


def numbered(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return message(id=str(FIRST + number), **fields)


@dataclass
class World:
    """A gateway service over real parts, connected to a Discord of the test's own."""

    discord: FakeDiscord
    settings: Settings
    service: Service
    brand: str

    async def kept(self) -> list[FakeRecord]:
        found = await records_of(self.settings.kafka, RAW.name)
        return [record for record in found if dict(record.headers).get("brand") == self.brand.encode()]

    async def decoded(self) -> list[Decoded]:
        return [CONNECTORS["discord"].decode(from_record(record).payload) for record in await self.kept()]

    async def numbers(self) -> set[int]:
        """Return which messages Kafka has."""
        events = [event for found in await self.decoded() for event in found.events]
        return {int(str(event.subject).rpartition(":")[2]) - FIRST for event in events}

    async def began(self) -> None:
        """Wait until a session's beginning was taken in."""
        await eventually(self.lease, lambda lease: bool(lease.get("place")))
        self.discord.identified[:-1] = []

    async def lease(self) -> dict[str, Any]:
        found = await self.service.client[self.service.database]["pollers"].find_one()
        return dict(found or {})


@asynccontextmanager
async def world(parts: Addresses, folder: Path, fake: FakeDiscord) -> AsyncIterator[World]:
    mark = secrets.token_hex(4)
    brand = f"brand-{mark}"
    (folder / brand).mkdir()
    (folder / brand / "token").write_text(TOKEN)
    async with fake.playing():
        settings = Settings(
            mongo=parts.mongo,
            kafka=parts.kafka,
            database_prefix=f"gateway_{mark}",
            secrets=folder,
            platform_apis={"discord": f"http://{fake.url}"},
        )
        await admin.apply(parts.kafka, [RAW])
        service = create_app(settings, Role.GATEWAY)
        spec = {"platform": "discord", "mode": "gateway", "token": {"file": "token"}}
        await service.directory.put("Brand", brand, brand, {"title": "Acme"})
        await service.directory.put("Connection", brand, f"discord-{mark}", spec)
        try:
            yield World(fake, settings, service, brand)
        finally:
            for name in (service.database, settings.database("directory")):
                await service.client.drop_database(name)
            await service.client.close()


@asynccontextmanager
async def working(found: World) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work()) for work in found.service.workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        for stop in found.service.stopping:
            await stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord, "ANEW_S", (0.0, 0.05))
    monkeypatch.setattr(poller, "PAUSE_S_FIRST", 0.02)
    monkeypatch.setattr(poller, "PAUSE_S_MAX", 0.1)
    monkeypatch.setattr(poller, "LOOK_EVERY_S", 0.1)


async def until(ask: Callable[[], Awaitable[Any]], wanted: object) -> None:
    await eventually(ask, lambda found: found == wanted)


@pytest.mark.usefixtures("impatient")
async def test_whatever_breaks_each_message_is_taken_in_and_each_turn_is_told_once(parts: Addresses, tmp_path: Path) -> None:
    fake = FakeDiscord()
    faults = ("reconnect", "drop", "resume", "garbage", "1000", "4000", "reconnect", "drop", "4008")
    fake.faults.extend((5 + number % 3, fault) for number, fault in enumerate(faults))
    async with world(parts, tmp_path, fake) as found, working(found):
        await found.began()
        for number in range(100):
            await fake.tell("MESSAGE_CREATE", numbered(number))
            if number % 10 == 0:
                await fake.tell("MESSAGE_REACTION_ADD", reacted("", message_id=str(FIRST + number))["d"])
            await asyncio.sleep(0.005)
        await until(found.numbers, set(range(100)))
        await eventually(found.decoded, lambda all_: len({turn.thing for one in all_ for turn in one.turns}) == 1)
        turns = [turn for one in await found.decoded() for turn in one.turns]

    assert not fake.faults, "every fault happened"
    assert len(fake.identified) == 1, "the session was resumed each time"
    assert len(fake.resumed) >= 9
    assert len({told_before(turn) for turn in turns}) == 10, "a reaction told again has the number that it had"
    assert fake.beats > 0


@pytest.mark.usefixtures("impatient")
async def test_what_was_written_while_the_session_was_lost_is_asked_for(parts: Addresses, tmp_path: Path) -> None:
    fake = FakeDiscord()
    async with world(parts, tmp_path, fake) as found, working(found):
        await found.began()
        for number in range(5):
            await fake.tell("MESSAGE_CREATE", numbered(number))
        await until(found.numbers, set(range(5)))

        await fake.forget()
        for number in range(5, 255):
            await fake.tell("MESSAGE_CREATE", numbered(number, edited_timestamp="2026-03-01T13:00:00+00:00"))
        await eventually(lambda: _size(fake.sessions), lambda size: size == 1)
        await fake.tell("MESSAGE_CREATE", numbered(255))

        await until(found.numbers, set(range(256)))
        types = [type(event).__name__ for one in await found.decoded() for event in one.events]

    assert types.count("ContentEdited") == 250
    assert len(fake.identified) == 2


@pytest.mark.usefixtures("impatient")
async def test_a_line_on_which_no_heartbeat_is_answered_is_closed_and_resumed(parts: Addresses, tmp_path: Path) -> None:
    fake = FakeDiscord()
    fake.faults.append((0, "mute"))
    async with world(parts, tmp_path, fake) as found, working(found):
        await eventually(lambda: _size(fake.resumed), lambda size: size == 1)
        await fake.tell("MESSAGE_CREATE", numbered(1))
        await until(found.numbers, {1})

    assert fake.codes[0] == 4000, "a code that keeps the session"


async def test_a_session_and_a_token_stand_in_no_raw_record_and_in_no_log(
    parts: Addresses, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="services")
    fake = FakeDiscord()
    async with world(parts, tmp_path, fake) as found, working(found):
        await found.began()
        await fake.tell("MESSAGE_CREATE", numbered(1))
        await until(found.numbers, {1})
        session = list(fake.sessions)[-1]
        kept = await found.kept()

    assert all(session.encode() not in (record.value or b"") + repr(record.headers).encode() for record in kept)
    said = "".join(record.getMessage() for record in caplog.records if record.name.startswith("services"))
    assert TOKEN not in said
    assert session not in said


@pytest.mark.usefixtures("impatient")
async def test_an_intent_that_is_off_is_not_asked_for_and_a_person_is_told_where_to_switch_it_on(
    parts: Addresses, tmp_path: Path
) -> None:
    fake = FakeDiscord()
    fake.flags = 0
    async with world(parts, tmp_path, fake) as found, working(found):
        lease = await eventually(found.lease, lambda lease: "missing" in lease)

    identified = fake.identified[-1]
    assert not identified["intents"] & ((1 << 1) | (1 << 15))
    assert ["Message Content Intent is off" in text for text in lease["missing"]] == [True, False]


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


async def test_a_killed_gateway_goes_on_from_what_kafka_has(parts: Addresses, tmp_path: Path) -> None:
    fake = FakeDiscord()
    async with world(parts, tmp_path, fake) as found:
        env = {
            "VECHE_KAFKA": found.settings.kafka,
            "VECHE_MONGO": found.settings.mongo,
            "VECHE_DATABASE_PREFIX": found.settings.database_prefix,
            "VECHE_SECRETS": str(tmp_path),
            "VECHE_PLATFORM_APIS": json.dumps(found.settings.platform_apis),
            "VECHE_GATEWAY_URL": f"http://127.0.0.1:{free_port()}",
        }
        for killed in range(3):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services", "ingest", "gateway", "discord", env=env, stderr=asyncio.subprocess.DEVNULL
            )
            try:
                await found.began()
                for number in range(killed * 20, killed * 20 + 20):
                    await fake.tell("MESSAGE_CREATE", numbered(number))
                await eventually(found.numbers, lambda numbers, least=killed * 20: len(numbers) > least)  # type: ignore[misc]
            finally:
                process.send_signal(signal.SIGKILL)
                await process.wait()
            leases = found.service.client[found.service.database]["pollers"]
            await leases.update_many({}, {"$set": {"until": AT}})  # a minute is over
            for number in range(1_000 + killed, 1_001 + killed):
                await fake.tell("MESSAGE_CREATE", numbered(number))
        async with working(found):
            await until(found.numbers, {*range(60), 1_000, 1_001, 1_002})

    assert len(fake.identified) == 1, "every replacement resumed the session"


async def _size(found: Any) -> int:  # noqa: ANN401 - whatever has a size
    return len(found)
