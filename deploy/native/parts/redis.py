"""Redis from the operating system, in memory only: it holds nothing that may not be lost."""

from redis import Redis
from redis.exceptions import RedisError

from deploy.native.parts.part import PROBE_TIMEOUT_S, Room, listens
from deploy.native.ports import HOST


class RedisPart:
    """One Redis without persistence."""

    name = "redis"
    programs = ("redis-server",)
    ports = ("redis",)
    patience_s = 10.0

    def prepare(self, room: Room) -> None:
        """Need nothing."""

    def command(self, room: Room) -> list[str]:
        """Run on loopback, in the foreground, writing nothing to disk."""
        port = str(room.port("redis"))
        return ["redis-server", "--bind", HOST, "--port", port, "--save", "", "--appendonly", "no"]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether PING is answered."""
        port = room.port("redis")
        if not listens(port):
            return False
        client = Redis(host=HOST, port=port, socket_timeout=PROBE_TIMEOUT_S)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    def settings(self, room: Room) -> dict[str, str]:
        """Name the database 0."""
        return {"VECHE_REDIS": f"redis://{HOST}:{room.port('redis')}/0"}
