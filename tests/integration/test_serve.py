"""A service as a process: what it says when it cannot begin, and how it ends."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time

import pytest

from tests.integration.edge import NOWHERE

AWAY = {"VECHE_KAFKA": NOWHERE, "VECHE_MONGO": "mongodb://127.0.0.1:1/?replicaSet=veche"}
END_S = 6.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def served(name: str, port: int) -> asyncio.subprocess.Process:
    address = {f"VECHE_{name.upper()}_URL": f"http://127.0.0.1:{port}"}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services", name, "serve", env=AWAY | address, stderr=asyncio.subprocess.PIPE
    )


@pytest.mark.parametrize("name", ["ingest", "moderation", "engagement", "reporting"])
async def test_it_ends_soon_when_asked_to_though_its_parts_are_away(name: str) -> None:
    port = free_port()
    process = await served(name, port)
    while not reachable(port):  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.1)

    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 30)

    assert code == 0
    assert time.monotonic() - began < END_S


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        process = await served("moderation", port)
        _, said = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    assert f"127.0.0.1:{port}: Address already in use" in said.decode()
    assert "VECHE_MODERATION_URL" in said.decode()
