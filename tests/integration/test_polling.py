"""Long polling against a Telegram of the test's own: what is confirmed to Telegram, Kafka has."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typing_extensions import override

from services.ingest.sources.leases import LEASE, Leases, account_of
from services.ingest.sources.poller import Poller
from services.ingest.sources.source import Page, Refused
from services.ingest.sources.telegram import Telegram
from services.ingest.store import Connected, Connections, Intake
from shared.bus.publisher import Publisher
from shared.bus.record import RECORD_BYTES_MAX, Outgoing
from shared.clock import SetClock
from shared.directory import Directory
from shared.documents.directory import Connection, SecretRef
from shared.errors import Retryable, Unprocessable
from shared.fold.mongo import Client, new_client
from shared.secrets import Credentials
from tests.builders import AT
from tests.parts import Addresses

TOKEN = "7:very-secret-token"


class FakeTelegram(httpx.AsyncBaseTransport):
    """Holds updates until an offset above them confirms them; refuses while it is told to."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = [
            {"update_id": n, "message": {"chat": {"id": -100}, "text": str(n)}} for n in range(10, 15)
        ]
        self.refuses: str | None = None
        self.away = False
        self.confirmed = 0

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/bot{TOKEN}/getUpdates"
        if self.away:
            raise httpx.ConnectError(f"cannot reach {request.url}", request=request)
        if self.refuses:
            return httpx.Response(409, json={"ok": False, "description": self.refuses})
        self.confirmed = json.loads(request.content)["offset"]
        self.updates = [update for update in self.updates if update.get("update_id", 99) >= self.confirmed]
        return httpx.Response(200, json={"ok": True, "result": self.updates})


class FakePublisher(Publisher):
    """A Kafka that takes so many records and is then away."""

    def __init__(self, room: int = 1_000) -> None:
        super().__init__("nowhere:1")
        self.room = room
        self.kept: list[bytes] = []

    @override
    async def send_all(self, topic: str, records: Sequence[Outgoing], partition: int | None = None) -> None:
        del topic, partition
        if any(len(record.value) > RECORD_BYTES_MAX for record in records):
            raise Unprocessable("a record is above the limit")
        for record in records:
            if len(self.kept) >= self.room:
                raise Retryable("Kafka did not acknowledge: KafkaTimeoutError")
            self.kept.append(record.value)


class World:
    """Two pollers of one connection over one database."""

    def __init__(self, client: Client, name: str) -> None:
        spec = Connection(platform="telegram", mode="poll", token=SecretRef(env="ACME_TOKEN"))
        self.connection = Connected("hook", "acme", spec, (), TOKEN)
        self.bot = account_of(self.connection)
        self.skipped: list[tuple[str, int]] = []
        self.clock, self.telegram, self.publisher = SetClock(AT), FakeTelegram(), FakePublisher()
        self.leases, self.others = Leases(client, name, self.clock), Leases(client, name, self.clock)
        connections = Connections(Directory(client, name), Credentials(None))
        intake = Intake(self.publisher, self.clock)
        self.http = httpx.AsyncClient(transport=self.telegram)
        sources = {"telegram": Telegram(self.http, "http://telegram")}
        self.poller = Poller(connections, intake, self.leases, sources, skipped=self._skip)

    def _skip(self, connection: str, number: int) -> None:
        self.skipped.append((connection, number))

    async def poll(self) -> None:
        """Take in one page."""
        place = await self.leases.take(self.bot)
        assert place is not None
        async for _ in self.poller.followed(self.connection, place):
            return


@pytest_asyncio.fixture
async def world(parts: Addresses) -> AsyncIterator[World]:
    client, name = new_client(parts.mongo), f"polling_{secrets.token_hex(4)}"
    yield World(client, name)
    await client.drop_database(name)
    await client.close()


async def test_an_update_is_confirmed_by_the_request_after_kafka_took_it(world: World) -> None:
    await world.poll()
    confirmed_first = world.telegram.confirmed
    await world.poll()

    assert confirmed_first == 0
    assert world.telegram.confirmed == 15
    assert [json.loads(value)["update_id"] for value in world.publisher.kept] == [10, 11, 12, 13, 14]


async def test_what_kafka_did_not_take_is_asked_for_again(world: World) -> None:
    world.publisher.room = 2
    with pytest.raises(Retryable):
        await world.poll()

    world.publisher.room = 1_000
    await world.poll()

    assert world.telegram.confirmed == 0, "nothing is confirmed of a page that was taken in by half"
    assert [json.loads(value)["update_id"] for value in world.publisher.kept] == [10, 11, 10, 11, 12, 13, 14]


async def test_one_polls_and_the_other_goes_on_where_it_died(world: World) -> None:
    await world.poll()

    meanwhile = await world.others.take(world.bot)
    world.clock.forward(LEASE + timedelta(seconds=1))
    later = await world.others.take(world.bot)
    too_late = await world.leases.take(world.bot)
    assert not await world.leases.advance(world.bot, Page((), "99"))
    world.clock.forward(timedelta(seconds=1))

    assert (meanwhile, later, too_late) == (None, "15", None)
    assert await world.others.take(world.bot) == "15", "a poller without the lease moved the offset"


async def test_a_lease_that_another_had_meanwhile_is_not_renewed_though_it_is_free_again(world: World) -> None:
    await world.poll()
    kept = await world.leases.renew(world.bot)
    world.clock.forward(LEASE - timedelta(seconds=1))
    await world.leases.renew(world.bot)
    world.clock.forward(timedelta(seconds=2))
    meanwhile = await world.others.take(world.bot)

    world.clock.forward(LEASE)
    assert await world.others.take(world.bot) == "15"
    await world.others.release(world.bot)
    world.clock.forward(timedelta(seconds=1))

    assert (kept, meanwhile) == (True, None), "it was ours as long as it was renewed"
    assert not await world.leases.renew(world.bot), "the other's place moved on, ours stood"
    assert await world.leases.take(world.bot) == "15"


async def test_an_update_that_can_never_be_taken_in_is_counted_and_left_behind(world: World) -> None:
    world.telegram.updates[1]["text"] = "x" * (RECORD_BYTES_MAX + 1)
    del world.telegram.updates[2]["update_id"]

    await world.poll()

    kept = [json.loads(value) for value in world.publisher.kept]
    assert [update.get("update_id") for update in kept] == [10, None, 13, 14], (
        "one without a number is the connector's to refuse"
    )
    assert world.skipped == [("hook", 1)]
    assert await world.leases.take(world.bot) == "15"


async def test_updates_without_any_id_are_not_asked_for_without_a_pause(world: World) -> None:
    world.telegram.updates = [{"message": {}}]

    with pytest.raises(Retryable, match="no ids"):
        await world.poll()


async def test_another_account_of_the_same_connection_starts_at_its_own_place(world: World) -> None:
    await world.poll()

    other = replace(world.connection, token="8:another-token")

    assert await world.leases.take(account_of(other)) == ""
    assert await world.leases.take(world.bot) == "15"


@pytest.mark.parametrize("trouble", ["refused", "away"])
async def test_the_token_stands_in_no_error_and_in_no_log(
    world: World, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="services")
    world.telegram.refuses, world.telegram.away = "Conflict: another getUpdates", trouble == "away"

    with pytest.raises(Retryable) as told:
        await world.poll()

    assert TOKEN not in repr(told.value)
    assert TOKEN not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("services"))
    assert told.value.__cause__ is None


@pytest.mark.parametrize(
    ("code", "said"),
    [(401, "take a new one from @BotFather"), (404, "no bot has this token"), (409, "use mode webhook")],
)
async def test_a_token_that_cannot_be_used_is_told_with_what_to_do(code: int, said: str) -> None:
    answer = {"ok": False, "error_code": code, "description": "Conflict: a webhook is set"}
    transport = httpx.MockTransport(lambda _: httpx.Response(code, json=answer))
    async with httpx.AsyncClient(transport=transport) as http:
        source = Telegram(http, "http://telegram")
        connection = Connected("hook", "acme", Connection(platform="telegram", mode="poll"), (), TOKEN)

        with pytest.raises(Refused, match=said):
            await anext(source.pages(connection, ""))
