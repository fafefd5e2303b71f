"""Acts carried out by three processes that are killed again and again, on platforms where everything goes wrong.

Counted by the platforms themselves: what members would see twice they see once, and what is done to one target is done in
the order in which it was asked for. Promise 2 (at least once delivered, exactly once counted), carried to the platforms.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace
from pydantic_settings import BaseSettings

from demo.processes import environment, free_port
from deploy.native.parts import CORE
from shared.bus import admin
from shared.clock import SystemClock
from shared.directory import Directory
from shared.events import Envelope, decode, encode
from shared.events.actions import ActionDone, ActionFailed
from shared.fold.mongo import new_client
from shared.topics import ACTIONS, RECEIPTS, declared
from simulated.faults import Shares
from simulated.server import playing
from simulated.telegram import Telegram
from simulated.world import Ground
from tests.builders import action_ban, action_delete, action_message, action_mute, action_reply
from tests.integration.edge import records_of
from tests.integration.services import eventually
from tests.journey.other_platforms import sides
from tests.journey.test_moderation_under_fire import publish
from tests.parts import StackFactory


class Size(BaseSettings):
    """How long it burns; `make fire` takes 10,000 acts and kills 20 times."""

    veche_fire_acts: int = 2_000
    veche_fire_rounds: int = 2
    """Two of three processes are killed in each round."""


SIZE = Size()
ACTS, ROUNDS = SIZE.veche_fire_acts, SIZE.veche_fire_rounds
BOTS = 12
PROCESSES = 3
ROUND_S = 12.0
"""Kafka takes ten seconds to notice that a member is dead."""

LATER_S = 15.0
"""When what was sent last is surely over."""

GROUPS = [f"telegram:-100{bot}{chat}" for bot in range(BOTS) for chat in range(2)]
FAULTS = Shares(lost=0.01, cut=0.01, late=0.001, broken=0.01, slow=0.05, storm=0.0005, whole=0.1)
TILL = datetime(2027, 6, 1, tzinfo=UTC)


class World:
    """What is asked for, in a played Telegram of many bots."""

    def __init__(self) -> None:
        self.telegram = Telegram(tokens=[token(bot) for bot in range(BOTS)])
        self.telegram.ground.faults.shares = FAULTS
        self._dice, self._number = random.Random(11), 0
        self.sides = sides(min(1.0, ACTS / 10_000))
        for side in self.sides:
            side.world.ground.faults.shares = FAULTS
        elsewhere = [act for side in self.sides for act in side.acts]
        self.acts = elsewhere + list(islice(self._made(), ACTS - BOTS - len(elsewhere)))
        self._dice.shuffle(self.acts)
        self.last = [self._goodbye(bot) for bot in range(BOTS)]

    @property
    def grounds(self) -> list[Ground]:
        """What all platforms stand on."""
        return [self.telegram.ground, *(side.world.ground for side in self.sides)]

    def _made(self) -> Iterator[Envelope]:
        while True:
            community = self._dice.choice(GROUPS)
            yield from self._some(self._dice.random(), {"brand": "acme", "community": community}, community)

    def _some(self, chance: float, place: dict[str, str], community: str) -> Iterator[Envelope]:
        self._number += 1
        number, member = self._number, f"telegram:{10_000 + self._number}"
        about = place | {"cause": f"cause-{number}", "source": f"telegram/acme-{bot_of(community)}"}
        if chance < 0.5:
            yield action_delete(**about, content_id=self._written(community))
        elif chance < 0.75:
            yield action_ban(**about, member=member)
        elif chance < 0.85:
            for day in range(3):
                end = TILL + timedelta(days=day)
                yield action_mute(**about | {"cause": f"cause-{number}-{day}"}, member=member, until=end)
        elif chance < 0.99:
            self.telegram.started.add(10_000 + number)
            for part in range(2):
                yield action_message(
                    **about | {"cause": f"cause-{number}-{part}"}, member=member, text=f"message {number}.{part}"
                )
        else:
            yield action_reply(**about, content_id=self._written(community), text=f"reply {number}")

    def _goodbye(self, bot: int) -> Envelope:
        self.telegram.started.add(1 + bot)
        return action_message(
            brand="acme",
            community=GROUPS[2 * bot],
            source=f"telegram/acme-{bot}",
            cause=f"goodbye-{bot}",
            member=f"telegram:{1 + bot}",
            text=f"goodbye {bot}",
        )

    def _written(self, community: str) -> str:
        return f"{community}:{self.telegram.write(int(community.partition(':')[2]), 'spam')}"


def bot_of(community: str) -> int:
    return int(community.removeprefix("telegram:-100")[:-1])


def token(bot: int) -> str:
    return f"{1_000 + bot}:fire"


class Processes:
    """Delivery, as a supervisor keeps it."""

    def __init__(self, env: dict[str, str], logs: Path) -> None:
        self._env, self._logs, self.kills = env, logs, 0
        self._ports = [free_port() for _ in range(PROCESSES)]
        self._running = [self._start(n) for n in range(PROCESSES)]

    def _start(self, n: int) -> subprocess.Popen[bytes]:
        env = self._env | {"VECHE_DELIVERY_URL": f"http://127.0.0.1:{self._ports[n]}"}
        with (self._logs / f"delivery-{n}.log").open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "services", "delivery", "serve"], env=env, stdout=log, stderr=log)

    def kill(self, n: int) -> None:
        assert self._running[n].poll() is None, f"delivery {n} ended by itself: see its log"
        self._running[n].kill()
        self._running[n].wait()
        self._running[n] = self._start(n)
        self.kills += 1

    def end(self) -> None:
        for one in self._running:
            one.kill()
            one.wait()


@contextmanager
def processes(env: dict[str, str], logs: Path) -> Iterator[Processes]:
    found = Processes(env, logs)
    try:
        yield found
    finally:
        found.end()


@pytest.mark.timeout(600)
async def test_each_act_is_seen_once_and_in_order_whoever_is_killed(own_stack: StackFactory, tmp_path: Path) -> None:
    stack, world = own_stack(), World()
    stack.start(*CORE)
    parts = stack.settings()
    kafka = parts["VECHE_KAFKA"]
    await admin.apply(kafka, declared())
    await declare(parts["VECHE_MONGO"], world)
    async with AsyncExitStack() as played:
        apis = {"telegram": await played.enter_async_context(playing(world.telegram))}
        for side in world.sides:
            apis[side.platform] = await played.enter_async_context(playing(side.world))
        tokens = {f"ACME_TOKEN_{bot}": token(bot) for bot in range(BOTS)} | {
            side.variable: side.token for side in world.sides
        }
        env = environment(parts, tokens | {"VECHE_PLATFORM_APIS": json.dumps(apis)})
        with processes(env, tmp_path) as running:
            await ask(kafka, world.acts)
            await kill_in_rounds(running)
            for ground in world.grounds:
                ground.faults.end()
            await asyncio.sleep(LATER_S)
            await ask(kafka, world.last)  # by the number of a later message it is known how far an earlier one can be
            await eventually(lambda: missing(kafka, world), lambda left: not left, 180.0)
        receipts = await told(kafka)

    assert running.kills == 2 * ROUNDS
    assert [ground.windows.refusals for ground in world.grounds] == [{}] * len(world.grounds)
    assert outcomes(receipts) == {"done": ACTS}
    seen_once_in_order(world)
    for side in world.sides:
        assert side.seen() == (side.said, side.gone), side.platform


async def declare(mongo: str, world: World) -> None:
    client = new_client(mongo)
    directory = Directory(client, "veche_directory")
    await directory.put("Brand", "acme", "acme", {"title": "Acme"})
    for bot in range(BOTS):
        communities = [{"id": community} for community in GROUPS if bot_of(community) == bot]
        spec = {"platform": "telegram", "acts": "live", "token": {"env": f"ACME_TOKEN_{bot}"}, "communities": communities}
        await directory.put("Connection", "acme", f"acme-{bot}", spec)
    for side in world.sides:
        await directory.put("Connection", "acme", f"acme-{side.platform}", side.connection)
    await client.close()


async def ask(kafka: str, acts: Sequence[Envelope]) -> None:
    now = SystemClock().now()
    asked = [replace(act, recordedtime=now) for act in acts]
    await publish(kafka, ACTIONS.name, [(f"{act.brand}/{act.community}".encode(), encode(act)) for act in asked])


async def kill_in_rounds(running: Processes) -> None:
    dice = random.Random(5)
    for _ in range(ROUNDS):
        first, second = dice.sample(range(PROCESSES), 2)
        await asyncio.sleep(1 + 2 * dice.random())
        await asyncio.to_thread(running.kill, first)
        await asyncio.sleep(2 * dice.random())
        await asyncio.to_thread(running.kill, second)
        await asyncio.sleep(ROUND_S)


async def told(kafka: str) -> dict[str, ActionDone | ActionFailed]:
    """Return the receipts by act; a receipt that was published twice is one."""
    events = [decode(record.value or b"") for record in await records_of(kafka, RECEIPTS.name)]
    receipts = {event.id: event for event in events if isinstance(event, ActionDone | ActionFailed)}
    assert len({one.data.action for one in receipts.values()}) == len(receipts), "an act has one receipt"
    return {one.data.action: one for one in receipts.values()}


async def missing(kafka: str, world: World) -> list[str]:
    """Return what is not over."""
    receipts = await told(kafka)
    return [f"{act.__struct_config__.tag} {act.community}" for act in (*world.acts, *world.last) if act.id not in receipts]


def outcomes(receipts: dict[str, ActionDone | ActionFailed]) -> Counter[str]:
    return Counter(one.data.code or "done" for one in receipts.values())


def seen_once_in_order(world: World) -> None:
    """Compare what was asked for with what members saw."""
    asked, saw = defaultdict(list), defaultdict(list)
    on_telegram = [act for act in (*world.acts, *world.last) if act.source.startswith("telegram/")]
    for act in on_telegram:
        for target, what in wanted(act):
            asked[target].append(what)
    for effect in world.telegram.ground.effects.all:
        saw[effect.kind, effect.target].append(effect.text)
    assert saw.keys() == asked.keys()
    replies = {target: sorted(texts) for target, texts in asked.items() if target[0] == "message" and "-" in target[1]}
    for target, texts in asked.items():
        found = saw[target]
        assert (sorted(found) if target in replies else found) == replies.get(target, texts), target


def wanted(act: Envelope) -> Iterator[tuple[tuple[str, str], str]]:
    """Return what members are to see: what, on whom or where, and what it says."""
    kind, data = str(act.__struct_config__.tag).rpartition(".")[2], act.data  # type: ignore[attr-defined]
    chat = str(act.community).partition(":")[2]
    member = str(data.member).partition(":")[2]
    match kind:
        case "delete":
            yield ("delete", str(data.content_id).removeprefix("telegram:")), ""
        case "ban":
            yield ("ban", f"{chat}:{member}"), "0"
        case "mute":
            yield ("mute", f"{chat}:{member}"), str(int(data.until.timestamp()))
        case "message":
            yield ("message", member), str(data.text)
        case _:
            yield ("message", chat), str(data.text)
