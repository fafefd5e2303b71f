"""The five services as processes of their own, as anybody would run them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

SERVICES = ("ingest", "moderation", "engagement", "reporting", "delivery")
READY_S = 60.0
STOP_S = 20.0


class DemoError(RuntimeError):
    """The demo cannot go on; the text says why and where to look."""


PLAYED = {"VECHE_HOOK_RATE": "100000", "VECHE_HOOK_BURST": "100000"}
"""A day is sent within a minute: no platform does that, so the limit for platforms is not for it."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(parts: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of services and commands: where the parts are, and an address for each service."""
    addresses = {f"VECHE_{name.upper()}_URL": f"http://127.0.0.1:{free_port()}" for name in SERVICES}
    return {**os.environ, **parts, **addresses, "VECHE_TRACE_RATIO": "0.1", **PLAYED, **more}  # noqa: TID251 - children inherit it


@contextmanager
def running(env: Mapping[str, str], logs: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run all services until the block ends; returns when all are ready."""
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        started = {}
        for name in SERVICES:
            log = stack.enter_context((logs / f"{name}.log").open("wb"))
            command = [sys.executable, "-m", "services", name, "serve"]
            started[name] = subprocess.Popen(command, env=dict(env), stdout=log, stderr=log)
            stack.callback(_stop, started[name])
        for name, process in started.items():
            _wait_ready(name, process, env[f"VECHE_{name.upper()}_URL"], logs / f"{name}.log")
        yield started


def _wait_ready(name: str, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoError(f"{name} ended with {process.returncode}; its log: {log}")
        try:
            if httpx.get(f"{url}/health/ready").is_success:
                return
        except httpx.HTTPError:
            pass  # it does not listen yet
        time.sleep(0.2)
    raise DemoError(f"{name} is not ready after {READY_S:.0f} s; its log: {log}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def veche(env: Mapping[str, str], *arguments: str) -> str:
    """Run a `veche` command and return what it prints. Raises DemoError with its words where it fails."""
    command = [sys.executable, "-m", "services", *arguments]
    done = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DemoError(f"veche {' '.join(arguments[:2])}: {done.stderr or done.stdout}")
    return done.stdout.strip()
