"""One part of one stack: starts it, looks after its process, stops it."""

import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from deploy.native import process
from deploy.native.errors import StackError
from deploy.native.parts.part import Part, Room
from deploy.native.places import Places
from deploy.native.ports import HOST, Ports, is_free

LOG_LINES_TOLD = 15
PORT_TIMEOUT_S = 2.0  # a killed predecessor's socket may take a moment to go


class State(StrEnum):
    """How a part is."""

    UP = "up"
    UNWELL = "unwell"  # its process runs, but it does not answer
    DOWN = "down"


@dataclass(frozen=True)
class Status:
    """What a person wants to know of a part; pid and memory are None for one that is down."""

    name: str
    state: State
    address: str
    pid: int | None
    memory_mb: int | None


class Runner:
    """Runs one part with the places and ports of its stack."""

    def __init__(self, part: Part, places: Places, ports: Ports) -> None:
        self.part = part
        self.log: Path = places.log(part.name)
        self._pid_file = places.pid_file(part.name)
        self._ports = ports
        self._room = Room(places.data(part.name), places.cache, ports.get)

    def choose_ports(self) -> None:
        """Fix the ports of the part; not safe to call from two threads at once."""
        for name in self.part.ports:
            self._ports.get(name)

    def fetch(self) -> None:
        """Download and build what the part needs."""
        self.part.fetch(self._room.cache)

    def start(self) -> None:
        """Start the part unless it runs, and wait until it is well; raises StackError if it is late."""
        if self.process() is None:
            self._require_ports()
            self.fetch()
            self._room.folder.mkdir(parents=True, exist_ok=True)
            self.part.prepare(self._room)
            started = process.launch(self.part.command(self._room), self._room.folder, self.log)
            process.remember(self._pid_file, started)
        process.wait_until(self._is_settled, self.part.patience_s)
        if not self.is_well():
            raise StackError(self._complaint())

    def stop(self, *, hard: bool) -> bool:
        """Stop the part if this stack started it and it still runs; answer whether it did."""
        running = self.process()
        if running is not None:
            process.end(running, self.part.patience_s, hard=hard)
        self._pid_file.unlink(missing_ok=True)
        return running is not None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the part; nothing happens if it is down."""
        if running := self.process():
            process.send(running, number)

    def process(self) -> process.Process | None:
        """Return the process that this stack started for the part, None if it no longer runs."""
        known = process.recall(self._pid_file)
        return known if process.is_alive(known) else None

    def is_well(self) -> bool:
        """Answer whether the part runs and answers."""
        return self.process() is not None and self.part.is_healthy(self._room)

    def settings(self) -> dict[str, str]:
        """Return the environment variables by which services find the part."""
        return self.part.settings(self._room)

    def address(self) -> str:
        """Return host and port of the part, empty as long as no port is chosen."""
        port = self._ports.kept(self.part.ports[0])
        return f"{HOST}:{port}" if port else ""

    def status(self) -> Status:
        """Return how the part is right now."""
        running = self.process()
        if running is None:
            return Status(self.part.name, State.DOWN, self.address(), None, None)
        state = State.UP if self.is_well() else State.UNWELL
        return Status(self.part.name, state, self.address(), running.pid, process.memory_mb(running))

    def _is_settled(self) -> bool:
        return self.process() is None or self.is_well()

    def _require_ports(self) -> None:
        for name in self.part.ports:
            port = self._ports.get(name)
            if not process.wait_until(lambda port=port: is_free(port), PORT_TIMEOUT_S):  # type: ignore[misc]
                raise StackError(
                    f"{self.part.name}: port {port}, kept for it, is taken by another program. "
                    "End that program, or choose new ports with `veche stack reset`"
                )

    def _complaint(self) -> str:
        how = "does not answer" if self.process() else "ended by itself"
        return f"{self.part.name} {how}; the end of {self.log}:\n{tail(self.log, LOG_LINES_TOLD)}"


def tail(log: Path, lines: int) -> str:
    """Return the last lines of a log, indented; a remark where there is none."""
    if not log.exists():
        return "  (no log)"
    last = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in last) or "  (empty)"
