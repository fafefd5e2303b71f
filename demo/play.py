"""Play a day: send the updates through the webhook, follow the services, wait until all is folded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo.processes import DemoError
from demo.watch import Group as Told
from demo.watch import Seen, groups, open_targets, subscriber
from shared.cli.client import pause_s

SENDERS = 48
LOOK_S = 0.5
QUIET_LOOKS = 4
"""Looks without any change after which all is folded."""
PATIENCE_S = 180.0
TOP = 5


@dataclass
class Played:
    """How far the play is."""

    total: int
    sent: int = 0
    began: float = field(default_factory=time.monotonic)
    told: dict[str, Told] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)

    def update(self, told: dict[str, Told], seconds: float) -> None:
        """Take in a look at the metrics."""
        for name, group in told.items():
            before = self.told.get(name, Told())
            self.rates[name] = (group.folded - before.folded) / max(seconds, 0.001)
        self.told = told


async def play(env: Mapping[str, str], connection: str, secret: str, updates: list[bytes], console: Console) -> Seen:
    """Send the updates and return what was seen on the bus once all is folded."""
    seen, played = Seen(), Played(len(updates))
    async with httpx.AsyncClient(timeout=30) as http, subscriber(env["VECHE_KAFKA"], seen) as broker:
        await broker.start()
        with Live(console=console, refresh_per_second=4, transient=False) as live:
            sending = asyncio.create_task(_send_all(http, env, connection, secret, updates, played))
            await _follow(http, env, played, seen, live, sending)
    return seen


async def follow(env: Mapping[str, str], console: Console) -> Seen:
    """Follow the services until all is folded; somebody else sends."""
    seen, played = Seen(), Played(0)
    async with httpx.AsyncClient(timeout=30) as http, subscriber(env["VECHE_KAFKA"], seen) as broker:
        await broker.start()
        with Live(console=console, refresh_per_second=4, transient=False) as live:
            await _follow(http, env, played, seen, live, asyncio.create_task(asyncio.sleep(0)))
    return seen


async def _send_all(
    http: httpx.AsyncClient, env: Mapping[str, str], connection: str, secret: str, updates: list[bytes], played: Played
) -> None:
    """Send in order within a few lanes: Telegram keeps the order of one chat, not of all."""
    waiting = iter(updates)
    url = f"{env['VECHE_INGEST_URL']}/v1/hooks/{connection}"
    headers = {"x-telegram-bot-api-secret-token": secret, "content-type": "application/json"}
    await asyncio.gather(*(_lane(http, url, headers, waiting, played) for _ in range(SENDERS)))


async def _lane(
    http: httpx.AsyncClient, url: str, headers: dict[str, str], waiting: Iterator[bytes], played: Played
) -> None:
    for update in waiting:
        response = await http.post(url, headers=headers, content=update)
        while response.status_code in {429, 503}:
            await asyncio.sleep(pause_s(response))
            response = await http.post(url, headers=headers, content=update)
        if not response.is_success:
            raise DemoError(f"the webhook answered {response.status_code}: {response.text[:200]}")
        played.sent += 1


async def _follow(
    http: httpx.AsyncClient, env: Mapping[str, str], played: Played, seen: Seen, live: Live, sending: asyncio.Task[None]
) -> None:
    quiet, looked, began = 0, time.monotonic(), time.monotonic()
    while quiet < QUIET_LOOKS:
        await asyncio.sleep(LOOK_S)
        now = time.monotonic()
        before = {name: group.folded for name, group in played.told.items()}
        played.update(await groups(http, env), now - looked)
        looked = now
        same = before == {name: group.folded for name, group in played.told.items()}
        waits = any(group.lag_s for group in played.told.values()) or await open_targets(http, env) > 0
        quiet = quiet + 1 if sending.done() and same and not waits else 0
        live.update(view(played, seen))
        if now - began > PATIENCE_S:
            raise DemoError(f"the services are not done after {PATIENCE_S:.0f} s: {played.told}")
    await sending


def view(played: Played, seen: Seen) -> Group:
    """Return what the terminal shows."""
    took = time.monotonic() - played.began
    head = Text(f"sent {played.sent}/{played.total} updates through the webhook, {took:.0f} s", style="bold")
    services = Table("group", "folded", "per second", "lag s", "dead letters", title="consumers", title_justify="left")
    for name, group in played.told.items():
        services.add_row(name, str(group.folded), f"{played.rates.get(name, 0):.0f}", f"{group.lag_s:.1f}", str(group.dead))
    decisions = Table("last decisions (time, verdict, rules, content)", title=_counts(seen), title_justify="left")
    for line in seen.latest:
        decisions.add_row(Text(line, overflow="ellipsis", no_wrap=True))
    top = Table("member", "points", title="top members", title_justify="left")
    for member, balance in sorted(seen.balances.items(), key=lambda pair: -pair[1])[:TOP]:
        top.add_row(member, str(balance))
    return Group(head, services, decisions, top)


def _counts(seen: Seen) -> str:
    return "decisions: " + (", ".join(f"{verdict} {n}" for verdict, n in seen.verdicts.most_common()) or "none yet")
