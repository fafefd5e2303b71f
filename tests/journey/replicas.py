"""Several processes of one service, that can be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.processes import free_port


class Replicas:
    """Two processes of moderation."""

    def __init__(self, env: dict[str, str], logs: Path) -> None:
        self._env, self._logs = env, logs
        self._ports = [free_port() for _ in range(2)]
        self._running = [self._start(n) for n in range(2)]

    def _start(self, n: int) -> subprocess.Popen[bytes]:
        env = self._env | {"VECHE_MODERATION_URL": f"http://127.0.0.1:{self._ports[n]}"}
        with (self._logs / f"moderation-{n}.log").open("ab") as log:
            command = [sys.executable, "-m", "services", "moderation", "serve"]
            return subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def kill(self, n: int) -> None:
        self._running[n].kill()
        self._running[n].wait()
        self._running[n] = self._start(n)

    def end(self) -> None:
        for one in self._running:
            one.kill()
            one.wait()


@contextmanager
def replicas(env: dict[str, str], logs: Path) -> Iterator[Replicas]:
    found = Replicas(env, logs)
    try:
        yield found
    finally:
        found.end()
