"""Plays platforms until it is stopped: `python -m simulated --port 9100 telegram vk`, each on a port of its own.

Prints a line of JSON a platform with its address and token, and what points services at them. Below `/_simulated/` of an
address can be read what members saw
(`effects`, `counts`), members can write (`seed`), and things can be made to go wrong (`faults`, `next`, `storm`, `calm`).
"""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Annotated, NamedTuple

import typer

from simulated import discord, discourse, slack, telegram, vk
from simulated.faults import Faults
from simulated.server import playing
from simulated.world import Ground, World


class Kind(NamedTuple):
    """How a platform is played, and by which token it knows its bot."""

    world: type[telegram.Telegram | vk.Vk | discord.Discord | discourse.Discourse | slack.Slack]
    token: str


KINDS: Mapping[str, Kind] = {
    "telegram": Kind(telegram.Telegram, telegram.TOKEN),
    "vk": Kind(vk.Vk, vk.TOKEN),
    "discord": Kind(discord.Discord, discord.TOKEN),
    "discourse": Kind(discourse.Discourse, discourse.TOKEN),
    "slack": Kind(slack.Slack, slack.TOKEN),
}


async def play(names: Sequence[str], port: int, seed: int, *, is_limited: bool) -> None:
    """Play platforms until the process is asked to end."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    apis = dict[str, str]()
    async with AsyncExitStack() as stack:
        for place, name in enumerate(names):
            world: World = KINDS[name].world(Ground(faults=Faults(seed + place)), is_limited=is_limited)
            api = await stack.enter_async_context(playing(world, port + place if port else 0))
            typer.echo(json.dumps({"platform": name, "api": api, "token": KINDS[name].token}))
            apis[name] = api
        typer.echo(
            f"export VECHE_PLATFORM_APIS='{json.dumps(apis)}'  # for ingest and delivery, before they are started", err=True
        )
        await ended.wait()


def main(
    platforms: Annotated[list[str], typer.Argument(help=f"Of {', '.join(KINDS)}.")],
    port: Annotated[int, typer.Option(help="Of the first one; the others follow. 0 takes free ones.")] = 0,
    seed: Annotated[int, typer.Option(help="Of what goes wrong.")] = 0,
    limited: Annotated[bool, typer.Option(help="Whether the platforms' limits are kept.")] = True,  # noqa: FBT002 - a switch
) -> None:
    """Play platforms on this machine."""
    unknown = [name for name in platforms if name not in KINDS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(KINDS)}")
    asyncio.run(play(platforms, port, seed, is_limited=limited))


if __name__ == "__main__":
    typer.run(main)
