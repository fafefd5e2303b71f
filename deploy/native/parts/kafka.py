"""Apache Kafka in KRaft mode, broker and controller in one Java process."""

import asyncio
import base64
import shutil
import uuid
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.native.cache import once, run, verify_all
from deploy.native.parts.part import PROBE_TIMEOUT_S, Room, listens
from deploy.native.ports import HOST

RECIPE = Path(__file__).parent.parent / "kafka"
VERSION = "4.3.1"
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
HEAP_MB_MAX = 400
MESSAGE_BYTES_MAX = 8 * 1024 * 1024  # a fold's batch of outputs is published in chunks below this
SEGMENT_BYTES = 64 * 1024 * 1024  # small, so retention can delete something on a laptop
CLEANER_BYTES = 16 * 1024 * 1024  # the default takes 128 MB of a 400 MB heap

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers={host}:{controller}
controller.listener.names=CONTROLLER
listeners=CLIENT://{host}:{client},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{client},CONTROLLER://{host}:{controller}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
log.dirs={folder}/log

# Topics are declared (`veche topics apply`); a wrong name must not make a new one.
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0

# There is one broker, so internal topics have one replica, and few partitions.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

message.max.bytes={message_bytes_max}
replica.fetch.max.bytes={message_bytes_max}
log.segment.bytes={segment_bytes}
log.retention.hours=168
log.cleaner.dedupe.buffer.size={cleaner_bytes}
num.network.threads=2
num.io.threads=4

# A killed broker may come back only when its old session is over; the default is 9 s.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


class KafkaPart:
    """One broker that is its own controller."""

    name = "kafka"
    programs = ("java", "mvn")
    ports = ("kafka", "kafka-controller")
    patience_s = 40.0

    def fetch(self, cache: Path) -> None:
        """Download the broker."""
        jars(cache)

    def prepare(self, room: Room) -> None:
        """Write the configuration, format the log folder if it is new."""
        _properties_file(room).write_text(properties(room))
        if not (room.folder / "log" / "meta.properties").exists():
            self._format(room)

    def command(self, room: Room) -> list[str]:
        """Run the broker in the foreground."""
        heap = [f"-Xmx{HEAP_MB_MAX}m", "-Xms128m", "-XX:+UseSerialGC", "-Djava.awt.headless=true"]
        return [*_java(room, *heap), "kafka.Kafka", str(_properties_file(room))]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether the broker names itself as a member of the cluster."""
        port = room.port("kafka")
        return listens(port) and asyncio.run(_has_broker(port))

    def settings(self, room: Room) -> dict[str, str]:
        """Name the bootstrap address."""
        return {"VECHE_KAFKA": f"{HOST}:{room.port('kafka')}"}

    def _format(self, room: Room) -> None:
        shutil.rmtree(room.folder / "log", ignore_errors=True)
        tool = [*_java(room), "kafka.tools.StorageTool", "format", "--standalone"]
        run([*tool, "-t", new_cluster_id(), "-c", _properties_file(room)], room.folder)


def properties(room: Room) -> str:
    """Return the broker's configuration."""
    return PROPERTIES.format(
        host=HOST,
        client=room.port("kafka"),
        controller=room.port("kafka-controller"),
        folder=room.folder,
        message_bytes_max=MESSAGE_BYTES_MAX,
        segment_bytes=SEGMENT_BYTES,
        cleaner_bytes=CLEANER_BYTES,
    )


def new_cluster_id() -> str:
    """Return a random cluster id: a UUID as Kafka writes it, which may not begin with a dash."""
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return text if not text.startswith("-") else f"V{text[1:]}"


def jars(cache: Path) -> Path:
    """Return the folder of the broker's Java archives, downloaded on first use."""
    return once(cache / f"kafka-{VERSION}", lambda folder: _download(cache, folder))


def _download(cache: Path, folder: Path) -> None:
    places = [f"-Dmaven.repo.local={cache / 'maven'}", f"-DoutputDirectory={folder}"]
    run(
        ["mvn", "-B", "-q", "-C", "-f", RECIPE / "pom.xml", MAVEN_COPY, "-DincludeScope=runtime", *places],
        folder,
    )
    verify_all(folder, RECIPE / "jars.sha256")


def _java(room: Room, *options: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={RECIPE / 'log4j2.xml'}"
    return ["java", *options, logging, "-cp", f"{jars(room.cache)}/*"]


def _properties_file(room: Room) -> Path:
    return room.folder / "server.properties"


async def _has_broker(port: int) -> bool:
    timeout_ms = int(PROBE_TIMEOUT_S * 1000)
    client = AIOKafkaClient(bootstrap_servers=f"{HOST}:{port}", request_timeout_ms=timeout_ms)
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers())
    except KafkaError:
        return False
    finally:
        await client.close()
