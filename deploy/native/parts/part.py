"""What the stack knows of a part: how to prepare it, to start it, and to see that it is well."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from deploy.native.ports import HOST

PROBE_TIMEOUT_S = 1.0
HTTP_OK = 200


@dataclass(frozen=True)
class Room:
    """What a part is given: a folder of its own, the shared downloads, and the ports by name."""

    folder: Path
    cache: Path
    port: Callable[[str], int]


class Part(Protocol):
    """A part of the stack. Nothing in it waits for health; the stack does."""

    @property
    def name(self) -> str:
        """The name that people and logs use."""

    @property
    def programs(self) -> tuple[str, ...]:
        """What the operating system must bring: names of `system.PROGRAMS`."""

    @property
    def ports(self) -> tuple[str, ...]:
        """The names of the ports that it listens on; the first is its address."""

    @property
    def patience_s(self) -> float:
        """How long it may take to come up, and to go down."""

    def fetch(self, cache: Path) -> None:
        """Download and build what is shared by all stacks; quick when it is there already."""

    def prepare(self, room: Room) -> None:
        """Write what `command` needs into the part's folder, which exists."""

    def command(self, room: Room) -> list[str]:
        """Return the command that runs the part in the foreground."""

    def is_healthy(self, room: Room) -> bool:
        """Answer whether the part does its work right now; never raises for one that does not."""

    def settings(self, room: Room) -> dict[str, str]:
        """Return the environment variables by which services find the part."""


def http_ok(port: int, path: str) -> bool:
    """Answer whether a GET on loopback is answered with 200."""
    connection = HTTPConnection(HOST, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTP_OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Answer whether somebody accepts connections on a port of loopback."""
    try:
        socket.create_connection((HOST, port), timeout=PROBE_TIMEOUT_S).close()
    except OSError:
        return False
    return True
