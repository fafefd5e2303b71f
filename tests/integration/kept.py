"""The normaliser as a process that is kept up, as a supervisor does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path


class Normaliser:
    """The process, kept up."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self._env, self._log = env, log
        self._process: subprocess.Popen[bytes] | None = None

    async def keep(self) -> None:
        while True:
            if self._process is None or self._process.poll() is not None:
                command = [sys.executable, "-m", "services", "ingest", "serve", "--role", "normaliser"]
                with self._log.open("ab") as log:
                    self._process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)  # noqa: ASYNC220 - at once
            await asyncio.sleep(0.2)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
