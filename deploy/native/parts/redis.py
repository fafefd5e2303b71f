"""Redis from the operating system, in memory only: it holds nothing that may not be lost."""

import socket
from pathlib import Path

from deploy.native.parts.part import PROBE_TIMEOUT_S, Room
from deploy.native.ports import HOST

PONG = b"+PONG\r\n"


class RedisPart:
    """One Redis without persistence."""

    name = "redis"
    programs = ("redis-server",)
    ports = ("redis",)
    patience_s = 10.0

    def fetch(self, cache: Path) -> None:
        """Need nothing."""

    def prepare(self, room: Room) -> None:
        """Need nothing."""

    def command(self, room: Room) -> list[str]:
        """Run on loopback, in the foreground, writing nothing to disk."""
        port = str(room.port("redis"))
        return ["redis-server", "--bind", HOST, "--port", port, "--save", "", "--appendonly", "no"]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether PING is answered."""
        try:
            with socket.create_connection((HOST, room.port("redis")), timeout=PROBE_TIMEOUT_S) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(len(PONG)) == PONG
        except OSError:
            return False

    def settings(self, room: Room) -> dict[str, str]:
        """Name the database 0."""
        return {"VECHE_REDIS": f"redis://{HOST}:{room.port('redis')}/0"}
