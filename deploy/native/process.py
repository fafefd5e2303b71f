"""Processes that outlive the command that started them, known again by their pid and start time."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

POLL_S = 0.05
KILL_TIMEOUT_S = 5.0

# The shell leaves at once, so the process belongs to init and no parent has to wait for it.
LAUNCH = 'log=$1; shift; cd "$1"; shift; setsid "$@" </dev/null >>"$log" 2>&1 & echo $!'


@dataclass(frozen=True)
class Process:
    """A process: its pid, and the clock tick of its start, which a later process with its pid lacks."""

    pid: int
    born: int


def launch(command: Sequence[str], folder: Path, log: Path) -> Process:
    """Start a command in a folder, detached, its output appended to a log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    told = subprocess.run(
        ["sh", "-c", LAUNCH, "sh", str(log), str(folder), *command],
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    pid = int(told.stdout)
    return Process(pid, born(pid) or 0)


def born(pid: int) -> int | None:
    """Return the clock tick at which a process started; None if it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else int(start)


def is_alive(process: Process | None) -> bool:
    """Answer whether this very process still runs; another one with its pid does not count."""
    return process is not None and born(process.pid) == process.born


def memory_mb(process: Process) -> int | None:
    """Return the resident memory of a process in MiB, None when it is gone."""
    try:
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    sizes = (int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
    return next(sizes, None)  # one that only waits to be reaped has no memory left


def send(process: Process, number: signal.Signals) -> None:
    """Send a signal to this very process; nothing happens if it is gone."""
    if is_alive(process):
        try:
            os.kill(process.pid, number)
        except ProcessLookupError:
            return


def end(process: Process, patience_s: float, *, hard: bool = False) -> None:
    """End a process: ask (SIGTERM), wait, then kill. With `hard`, kill at once."""
    if not hard:
        send(process, signal.SIGTERM)
        send(process, signal.SIGCONT)  # one that stands still would never read the request
        if wait_until(lambda: not is_alive(process), patience_s):
            return
    send(process, signal.SIGKILL)
    wait_until(lambda: not is_alive(process), KILL_TIMEOUT_S)


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait for a condition to come true; answer whether it did in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def remember(path: Path, process: Process) -> None:
    """Write down a process for later commands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(process)))


def recall(path: Path) -> Process | None:
    """Return the process that was written down, None where there is none."""
    if not path.exists():
        return None
    return Process(**json.loads(path.read_text()))
