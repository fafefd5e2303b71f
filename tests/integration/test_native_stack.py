"""The stack without Docker, on this machine's real parts."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient
from redis import Redis

from deploy.native.errors import StackError
from deploy.native.parts.part import Part, Room
from deploy.native.runner import State
from deploy.native.stack import Stack
from tests.parts import Addresses, StackFactory, places_at


class SilentPart:
    """A part that runs a shell script and never answers."""

    programs = ()
    patience_s = 0.3

    def __init__(self, name: str, script: str) -> None:
        self.name = name
        self.ports = (name,)
        self._script = script

    def fetch(self, cache: Path) -> None:
        """Need nothing."""

    def prepare(self, room: Room) -> None:
        """Need nothing."""

    def command(self, room: Room) -> list[str]:
        """Run the script."""
        return ["sh", "-c", self._script, str(room.folder)]

    def is_healthy(self, room: Room) -> bool:
        """Answer nothing, whatever the room."""
        return not room

    def settings(self, room: Room) -> dict[str, str]:
        """Tell nothing."""
        return {"SILENT": str(room.folder)}


@pytest.fixture
def fakes(tmp_path: Path) -> Iterator[Stack]:
    parts: tuple[Part, ...] = (
        SilentPart("sleeper", "echo tired; exec sleep 60"),
        SilentPart("quitter", "echo disk is full; exit 1"),
    )
    stack = Stack(places_at(tmp_path / "fakes"), parts=parts)
    yield stack
    stack.stop(hard=True)


def pids(stack: Stack) -> dict[str, int]:
    return {part.name: part.pid for part in stack.statuses() if part.pid}


@asynccontextmanager
async def admin_of(stack: Stack) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.address("kafka"))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def states(stack: Stack) -> dict[str, State]:
    return {part.name: part.state for part in stack.statuses() if part.address}


def test_starting_twice_changes_nothing(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("redis", "mongo")
    before = pids(stack), stack.settings()

    stack.start("redis", "mongo")

    assert (pids(stack), stack.settings()) == before


def test_two_stacks_run_side_by_side_and_each_stops_only_its_own(own_stack: StackFactory) -> None:
    ours, theirs = own_stack(), own_stack()
    ours.start("redis", "mongo")
    theirs.start("redis", "mongo")

    ours.stop()

    assert not pids(ours)
    assert theirs.is_well("redis", "mongo")


def test_data_and_addresses_outlive_a_stop(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("mongo")
    address = stack.settings()["VECHE_MONGO"]
    with MongoClient[dict[str, object]](address) as client:
        client.veche.members.insert_one({"_id": "ann"})

    stack.stop()
    stack.start("mongo")

    with MongoClient[dict[str, object]](stack.settings()["VECHE_MONGO"]) as client:
        assert client.veche.members.find_one() == {"_id": "ann"}
    assert stack.settings()["VECHE_MONGO"] == address


def test_a_killed_part_comes_back(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("redis", "mongo")

    stack.stop("mongo", hard=True)
    assert [part.state for part in stack.statuses() if part.name in {"redis", "mongo"}] == [
        State.DOWN,
        State.UP,
    ]
    stack.start("mongo")

    assert stack.is_well("redis", "mongo")


def test_a_part_that_stands_still_is_unwell_until_it_goes_on(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("redis")

    stack.pause("redis")
    assert not stack.is_well("redis")

    stack.resume("redis")
    assert stack.is_well("redis")


async def test_a_killed_broker_comes_back_with_its_topics(own_stack: StackFactory) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka")
    async with admin_of(stack) as admin:
        await admin.create_topics([NewTopic("kept", num_partitions=1, replication_factor=1)])

    await asyncio.to_thread(stack.stop, "kafka", hard=True)
    await asyncio.to_thread(stack.start, "kafka")

    async with admin_of(stack) as admin:
        assert await admin.list_topics() == ["kept"]


def test_services_read_the_addresses_from_a_file(own_stack: StackFactory) -> None:
    stack = own_stack()

    stack.start("redis")

    lines = stack.places.env_file.read_text().splitlines()
    assert lines == ["OTEL_TRACES_EXPORTER=none", f"VECHE_REDIS=redis://{stack.address('redis')}/0"]


def test_reset_leaves_nothing_behind(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("redis")

    stack.reset()

    assert not pids(stack)
    assert [path.name for path in stack.places.state.iterdir()] == ["lock"]


def test_what_does_not_come_up_is_told_with_the_end_of_its_log(fakes: Stack) -> None:
    with pytest.raises(StackError) as told:
        fakes.start("sleeper", "quitter")

    assert "sleeper does not answer" in str(told.value)
    assert "tired" in str(told.value)
    assert "quitter ended by itself" in str(told.value)
    assert "disk is full" in str(told.value)


def test_a_kept_port_that_somebody_took_is_told(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start("redis")
    stack.stop()
    host, port = stack.address("redis").split(":")

    with socket.create_server((host, int(port))), pytest.raises(StackError, match="taken by another program"):
        stack.start("redis")


def test_an_unknown_part_is_told_with_those_there_are(own_stack: StackFactory) -> None:
    with pytest.raises(StackError, match="the parts are kafka, mongo, redis"):
        own_stack().start("rabbit")


def test_tests_share_parts_that_answer(parts: Addresses) -> None:
    with Redis.from_url(parts.redis) as client:
        assert client.ping()
    with MongoClient[dict[str, object]](parts.mongo) as store:
        assert store.admin.command("hello")["setName"] == "veche"
    assert parts.kafka.startswith("127.0.0.1:")
