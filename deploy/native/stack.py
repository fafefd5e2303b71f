"""The stack: starts parts side by side, and stops what it started."""

import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from deploy.native import system
from deploy.native.errors import MissingProgramError, StackError
from deploy.native.lock import locked
from deploy.native.parts import CORE, PARTS
from deploy.native.parts.part import Part
from deploy.native.places import Places
from deploy.native.ports import Ports
from deploy.native.runner import Runner, Status

Out = TypeVar("Out")

LOCK_FILE = "lock"
NO_TRACES = {"OTEL_TRACES_EXPORTER": "none"}  # until a part that takes traces says otherwise


def silent(_line: str) -> None:
    """Tell nobody."""


class Stack:
    """The parts of one state folder; stacks with different folders run side by side.

    What changes something takes turns with other processes that work on the same folder.
    Every method blocks: call it from a thread where an event loop must go on.
    """

    def __init__(self, places: Places, tell: Callable[[str], None] = silent, parts: Sequence[Part] = PARTS) -> None:
        self.places = places
        self._tell = tell
        ports = Ports(places.ports_file)
        self._runners = {part.name: Runner(part, places, ports) for part in parts}

    def fetch(self, *names: str) -> None:
        """Download and build what the named parts (CORE by default) need, without starting them."""
        chosen = self._chosen(names or CORE)
        require_programs(chosen)
        _side_by_side(Runner.fetch, chosen)

    def start(self, *names: str) -> None:
        """Start those of the named parts (CORE by default) that do not run; wait until all are well.

        Raises StackError that names each part which did not come up, its log and the last lines of it.
        """
        chosen = self._chosen(names or CORE)
        with self._turn():
            require_programs(chosen)
            for runner in chosen:
                runner.choose_ports()
            try:
                self._start_all(chosen)
            finally:
                self._write_env()

    def stop(self, *names: str, hard: bool = False) -> bool:
        """Stop the named parts, all by default: SIGTERM and a bounded wait, with `hard` SIGKILL at once.

        Return whether any of them was running.
        """
        with self._turn():
            return self._stop_all(self._chosen(names or tuple(self._runners)), hard=hard)

    def pause(self, name: str) -> None:
        """Let a part stand still (SIGSTOP): it keeps its connections and answers nothing."""
        self._runner(name).send(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a part that stands still go on (SIGCONT)."""
        self._runner(name).send(signal.SIGCONT)

    def reset(self) -> None:
        """Stop everything and delete all state, the chosen ports included."""
        with self._turn():
            self._stop_all(list(self._runners.values()), hard=False)
            self.places.delete()

    def settings(self) -> dict[str, str]:
        """Return the environment variables by which services find the parts that run."""
        found = dict(NO_TRACES)
        for runner in self._runners.values():
            if runner.process():
                found |= runner.settings()
        return found

    def address(self, name: str) -> str:
        """Return host and port of a part."""
        return self._runner(name).address()

    def statuses(self) -> list[Status]:
        """Return how each part is right now."""
        return _side_by_side(Runner.status, list(self._runners.values()))

    def is_well(self, *names: str) -> bool:
        """Answer whether all of the named parts run and answer."""
        return all(_side_by_side(Runner.is_well, self._chosen(names or CORE)))

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self._runner(name).log

    def _runner(self, name: str) -> Runner:
        if name not in self._runners:
            raise StackError(f"there is no part {name!r}; the parts are {', '.join(self._runners)}")
        return self._runners[name]

    def _chosen(self, names: Sequence[str]) -> list[Runner]:
        return [self._runner(name) for name in names]

    def _turn(self) -> AbstractContextManager[None]:
        return locked(self.places.state / LOCK_FILE)

    def _start_all(self, chosen: Sequence[Runner]) -> None:
        complaints = [said for said in _side_by_side(self._start_one, chosen) if said]
        if complaints:
            raise StackError("\n".join(complaints))

    def _start_one(self, runner: Runner) -> str | None:
        """Start one part; return what went wrong, so that one failure does not hide another's."""
        began = time.monotonic()
        try:
            runner.start()
        except StackError as failure:
            return str(failure)
        self._tell(f"{runner.part.name} is up at {runner.address()} ({time.monotonic() - began:.1f} s)")
        return None

    def _stop_all(self, chosen: Sequence[Runner], *, hard: bool) -> bool:
        stopped = _side_by_side(lambda runner: runner.stop(hard=hard), chosen)
        for runner, was_up in zip(chosen, stopped, strict=True):
            if was_up:
                self._tell(f"{runner.part.name} is down")
        return any(stopped)

    def _write_env(self) -> None:
        lines = [f"{name}={value}\n" for name, value in sorted(self.settings().items())]
        self.places.env_file.write_text("".join(lines))


def require_programs(chosen: Sequence[Runner]) -> None:
    """Install what the parts need of the operating system; raises MissingProgramError where we may not."""
    advice = system.ensure(dict.fromkeys(name for runner in chosen for name in runner.part.programs))
    if advice:
        raise MissingProgramError(advice)


def _side_by_side(work: Callable[[Runner], Out], items: Sequence[Runner]) -> list[Out]:
    with ThreadPoolExecutor(max_workers=max(1, len(items))) as pool:
        return list(pool.map(work, items))
