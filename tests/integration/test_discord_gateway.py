"""The gateway's client against a Discord with faults: each fact is taken in, and is one fact, whatever breaks."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from services.ingest.rules.turns import told_before
from services.ingest.sources import discord, poller
from tests.builders import AT
from tests.integration.fake_discord import TOKEN, FakeDiscord
from tests.integration.gateway import FIRST, numbered, until, working, world
from tests.integration.services import eventually
from tests.integration.test_serve import free_port
from tests.parts import Addresses
from tests.unit.ingest.discord_frames import reacted


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord, "ANEW_S", (0.0, 0.05))
    monkeypatch.setattr(poller, "PAUSE_S_FIRST", 0.02)
    monkeypatch.setattr(poller, "PAUSE_S_MAX", 0.1)
    monkeypatch.setattr(poller, "LOOK_EVERY_S", 0.1)


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
