"""The parts for tests from their official images, by testcontainers.

Each container listens inside on the very port that it has outside, so the address that a broker or
a replica set tells its clients is right on both sides.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from testcontainers.core.container import DockerContainer

from deploy.native.parts.kafka import KafkaPart, properties
from deploy.native.parts.mongo import REPLICA_SET, MongoPart
from deploy.native.parts.part import Part, Room
from deploy.native.parts.redis import RedisPart
from deploy.native.ports import HOST, Ports
from deploy.native.process import wait_until

START_TIMEOUT_S = 90.0
VERSIONS = Path(__file__).parent.parent / ".env"


@contextmanager
def running(folder: Path) -> Iterator[dict[str, str]]:
    """Run the containers; yields the environment variables by which services find them."""
    room = Room(folder, folder, Ports(folder / "ports.json").get)
    with ExitStack() as ending:
        for container in (kafka(room), mongo(room), redis(room)):
            ending.enter_context(container)
        yield await_health(room, (KafkaPart(), MongoPart(), RedisPart()))


def await_health(room: Room, parts: tuple[Part, ...]) -> dict[str, str]:
    """Wait until every part answers; the same probes as for processes."""
    found: dict[str, str] = {}
    for part in parts:
        if not wait_until(lambda part=part: part.is_healthy(room), START_TIMEOUT_S):  # type: ignore[misc]
            raise TimeoutError(f"the container of {part.name} did not answer in {START_TIMEOUT_S} s")
        found |= part.settings(room)
    return found


def kafka(room: Room) -> DockerContainer:
    """Return a broker with the settings of the native one, but with its own folder and quorum."""
    settings = dict(line.split("=", 1) for line in properties(room).splitlines() if "=" in line)
    settings["listeners"] = settings["listeners"].replace(f"CLIENT://{HOST}", "CLIENT://0.0.0.0")
    settings["controller.quorum.voters"] = f"1@{settings.pop('controller.quorum.bootstrap.servers')}"
    settings["log.dirs"] = "/tmp/kafka"  # noqa: S108 - inside the container
    container = published(image("KAFKA_IMAGE"), room.port("kafka"))
    return container.with_envs(**{as_variable(name): value for name, value in settings.items()})


def mongo(room: Room) -> DockerContainer:
    """Return a mongod that the health probe makes a replica set."""
    port = room.port("mongo")
    arguments = ["--replSet", REPLICA_SET, "--bind_ip_all", "--port", str(port)]
    return published(image("MONGO_IMAGE"), port).with_command(["mongod", *arguments])


def redis(room: Room) -> DockerContainer:
    """Return a Redis without persistence."""
    port = room.port("redis")
    return published(image("REDIS_IMAGE"), port).with_command(["redis-server", "--port", str(port), "--save", ""])


def published(name: str, port: int) -> DockerContainer:
    """Return a container whose port is the same outside."""
    return DockerContainer(name).with_bind_ports(port, port)


def as_variable(name: str) -> str:
    """Return the environment variable from which the broker's image makes a setting."""
    return f"KAFKA_{name.upper().replace('.', '_')}"


def image(variable: str) -> str:
    """Return the image that the deployment pins."""
    pinned = dict(line.split("=", 1) for line in VERSIONS.read_text().splitlines() if "=" in line)
    return pinned[variable]
