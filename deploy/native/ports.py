"""Ports on loopback: found free once, then kept, so addresses survive a restart."""

import json
import socket
import zlib
from collections.abc import Iterator
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
    """The ports of one stack, by name, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def get(self, name: str) -> int:
        """Return the port of this name; a free one is chosen and kept on first use."""
        if name not in self._kept:
            self._kept[name] = self._choose()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._kept, indent=1))
        return self._kept[name]

    def kept(self, name: str) -> int | None:
        """Return the port of this name if one was chosen already."""
        return self._kept.get(name)

    def _choose(self) -> int:
        taken = set(self._kept.values())
        for port in candidates(str(self._path)):
            if port not in taken and is_free(port):
                return port
        raise StackError(f"no port of {HOST} between {PORT_MIN} and {PORT_MAX} is free")
