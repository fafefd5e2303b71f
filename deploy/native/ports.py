"""Ports on loopback: found free once, then kept, so addresses survive a restart."""

import json
import socket
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.native.errors import StackError

HOST = "127.0.0.1"
# Below the range from which Linux takes ports of outgoing connections (32768), so a port that is
# kept for a part that is down is not lost to a passing client.
PORT_MIN = 20_000
PORT_MAX = 32_000


def is_free(port: int) -> bool:
    """Answer whether nobody listens on a port of loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def candidates(seed: str) -> Iterator[int]:
    """Yield each port of the range once, beginning where the seed says: two checkouts begin apart."""
    count = PORT_MAX - PORT_MIN
    start = zlib.crc32(seed.encode()) % count
    return (PORT_MIN + (start + step) % count for step in range(count))


class Ports:
    """The ports of one stack, by name, kept in a file. Who chooses one holds the stack's lock."""

    def __init__(self, path: Path, is_free: Callable[[int], bool] = is_free) -> None:
        self._path = path
        self._is_free = is_free

    def get(self, name: str) -> int:
        """Return the port of this name; a free one is chosen and kept on first use."""
        return self.kept(name) or self._choose(name)

    def kept(self, name: str) -> int | None:
        """Return the port of this name if one was chosen already."""
        return self._read().get(name)

    def _read(self) -> dict[str, int]:
        ports: dict[str, int] = json.loads(self._path.read_text()) if self._path.exists() else {}
        return ports

    def _choose(self, name: str) -> int:
        kept = self._read()
        possible = (port for port in candidates(str(self._path)) if port not in kept.values())
        port = next(filter(self._is_free, possible), None)
        if port is None:
            raise StackError(f"no port of {HOST} between {PORT_MIN} and {PORT_MAX} is free")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(kept | {name: port}, indent=1))
        return port
