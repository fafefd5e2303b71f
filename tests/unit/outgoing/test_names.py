"""Looking hosts up: a name server that is silent holds up nobody else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from shared.errors import Retryable
from shared.outgoing.addresses import ASKED_AT_ONCE_MAX, Names


class System:
    """Answers at once, but for hosts whose name server is silent."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.speaks = threading.Event()

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host.startswith("silent"):
            self.speaks.wait(30)
        if host == "nobody.example":
            raise OSError
        return ["93.184.216.34"]


@pytest.fixture
def system() -> Iterator[System]:
    found = System()
    yield found
    found.speaks.set()


async def test_a_silent_name_server_takes_one_thread_however_often_its_host_is_asked_for(system: System) -> None:
    names = Names(system, wait_s=0.2)
    silent = [asyncio.ensure_future(names("silent.example")) for _ in range(2 * ASKED_AT_ONCE_MAX)]

    found = await names("hooks.example")
    results = await asyncio.gather(*silent, return_exceptions=True)

    assert found == ["93.184.216.34"]
    assert {str(result) for result in results} == {"the name server of its host does not answer in time"}
    assert system.asked.count("silent.example") == 1


async def test_whoever_gives_up_asking_does_not_end_it_for_the_others(system: System) -> None:
    names = Names(system, wait_s=5)
    first, second = (asyncio.ensure_future(names("silent.example")) for _ in range(2))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0)
    system.speaks.set()

    assert await second == ["93.184.216.34"]
    assert first.cancelled()


async def test_a_host_that_is_not_known_is_asked_for_anew(system: System) -> None:
    names = Names(system)

    for _ in range(2):
        with pytest.raises(Retryable, match="not known"):
            await names("nobody.example")

    assert system.asked == ["nobody.example"] * 2
