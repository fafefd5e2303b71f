"""Promise 2 on the real parts: two replicas of two chained folds, killed and stopped in mid-stream, count exactly.

So do they when broker and store are killed under them.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.native.stack import Stack
from shared.fold.mongo import Client
from tests.integration.fleet import Fleet, entered, fleet, produce, settled
from tests.parts import Addresses, StackFactory

RECORDS = 30_000
BLOWS = 12
STOP_S = 8.0
"""A SIGSTOP longer than the session of 6 s: the stopped process wakes as a zombie."""

STANDS_STILL = "stands still before committing"
FIRST = {"sums-0": "before publishing", "sums-1": "after publishing", "tops-0": STANDS_STILL, "tops-1": None}
"""The first processes, and where they die by themselves: those two gaps must be hit in every run."""


def state_of(pid: int) -> str:
    """Return the kernel's letter for what a process does."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def stopped(process: subprocess.Popen[bytes]) -> None:
    """Wait until the process stands still, or has ended: a lost part ends one, and its supervisor starts another."""
    for _ in range(300):
        if process.poll() is not None or state_of(process.pid) == "T":
            return
        await asyncio.sleep(0.1)
    pytest.fail("the process that was to stand still never did")


async def fenced(ships: Fleet) -> None:
    """Wait until the zombie has met its fence: a blow before that would hide it."""
    for _ in range(100):
        if ships.seen()["fenced"]:
            return
        await asyncio.sleep(0.1)


async def blows(ships: Fleet, chance: random.Random) -> None:
    """Kill and stop, each process in turn, while records flow."""
    zombie = ships.running["tops-0"]
    doomed = [ships.running[name] for name in ("sums-0", "sums-1")]
    for process in doomed:
        await asyncio.to_thread(process.wait)
    ships.keep()
    await stopped(zombie)
    await asyncio.sleep(STOP_S)
    if zombie.poll() is None:
        zombie.send_signal(signal.SIGCONT)
        await fenced(ships)
    for number in range(BLOWS):
        name = f"{('sums', 'tops')[number % 2]}-{chance.randrange(2)}"
        await asyncio.sleep(chance.uniform(0.8, 2.0))
        ships.keep()
        if number % 4 == 3:
            process = ships.running[name]
            os.kill(process.pid, signal.SIGSTOP)
            await asyncio.sleep(STOP_S)
            os.kill(process.pid, signal.SIGCONT)
        else:
            ships.kill(name)
            ships.start(name)


Numbers = list[tuple[int, int, int]]
"""Topic, key and number."""


def drawn(count: int) -> tuple[Numbers, Numbers]:
    """Return what is told to the first fold, and the even ones, which it tells the second twice."""
    chance = random.Random(7)
    numbers = [(chance.randrange(2), chance.randrange(200), chance.randrange(100)) for _ in range(count)]
    return numbers, [(t, k, n) for t, k, n in numbers if n % 2 == 0]


async def states(client: Client, database: str, group: str) -> list[dict[str, Any]]:
    return await client[database][f"{group}.states"].find().to_list()


def check(sums: list[dict[str, Any]], tops: list[dict[str, Any]], numbers: Numbers, evens: Numbers) -> None:
    """Compare every figure with the numbers that were told."""
    assert {s["_id"]: (s["total"], s["count"]) for s in sums} == right_sums(numbers)
    assert {s["_id"]: (s["total"], s["count"]) for s in tops} == right_sums([*numbers, *evens])
    assert not any(s["disorder"] for s in [*sums, *tops]), "records of one lane were folded out of order"


def right_sums(numbers: Numbers) -> dict[str, tuple[int, int]]:
    totals: dict[str, tuple[int, int]] = {}
    for _, key, n in numbers:
        total, count = totals.get(f"k{key}", (0, 0))
        totals[f"k{key}"] = (total + n, count + 1)
    return totals


def tell(capsys: pytest.CaptureFixture[str], what: str, ships: Fleet, seen: Mapping[str, int]) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\nfold under fire: {what}, {ships.born} processes, {dict(seen)}\n")


@pytest.mark.timeout(400)
async def test_kills_and_zombies_change_no_entry_and_no_figure(
    parts: Addresses, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers, evens = drawn(RECORDS)

    async with fleet(parts, tmp_path) as (ships, client, suffix):
        database = ships.told["database"]
        for name, dies in FIRST.items():
            ships.start(name, dies)
        await asyncio.gather(produce(parts, suffix, numbers, 0.1), blows(ships, random.Random(8)))
        await settled(ships, client, suffix, {"sums": RECORDS, "tops": RECORDS + len(evens)})
        sums, tops = [await states(client, database, group + suffix) for group in ("sums", "tops")]

    seen = ships.seen()
    tell(capsys, f"{BLOWS} blows", ships, seen)
    check(sums, tops, numbers, evens)
    assert not seen["dead"]
    assert not ships.fell, "a process ended by itself"
    for what in ("redelivered", "fenced", "republished", "duplicates"):
        assert seen[what] > 0, f"the run never saw: {what}"


SLOWLY = 40
"""Records of a batch, so that the blows come while most are still to be folded."""
TOLD = 12_000
AT_WORK = 1_500
"""Records folded between two blows."""


async def part_blows(stack: Stack, ships: Fleet) -> list[int]:
    """Kill broker and store, each twice, while the folds are at work; return how many entries there were each time."""
    seen = [0]
    for part in ("kafka", "mongo") * 2:
        async with asyncio.timeout(60):
            while (folded := ships.seen()["folded"]) < seen[-1] + AT_WORK:  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.2)
        seen.append(folded)
        await asyncio.to_thread(stack.stop, part, hard=True)
        await asyncio.sleep(1)
        await asyncio.to_thread(stack.start, part)
        ships.keep()
    return seen[1:]


@pytest.mark.timeout(400)
async def test_a_killed_broker_and_a_killed_store_change_no_entry_and_no_figure(
    own_stack: StackFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, "kafka", "mongo")
    found = stack.settings()
    parts = Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], "")
    numbers, evens = drawn(TOLD)

    async with fleet(parts, tmp_path) as (ships, client, suffix):
        database = ships.told["database"]
        ships.told["batch"] = SLOWLY
        await produce(parts, suffix, numbers, 0)
        for name in FIRST:
            ships.start(name)
        folded = await part_blows(stack, ships)
        expected = {"sums": TOLD, "tops": TOLD + len(evens)}
        await entered(ships, client, suffix, expected)
        for name in FIRST:  # what was published may stand in the outbox still, where the store lost its deletion
            ships.kill(name)
        await settled(ships, client, suffix, expected)
        sums, tops = [await states(client, database, group + suffix) for group in ("sums", "tops")]

    tell(capsys, f"broker and store killed after {folded} records", ships, ships.seen())
    check(sums, tops, numbers, evens)
    assert folded[-1] < 2 * TOLD + len(evens), "the last blow did not come in mid-stream"
