"""`make demo`: start everything, play a day (or import a history), and show what came out."""

from __future__ import annotations

import asyncio
import fcntl
import json
import secrets
import time
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.play import follow, play
from demo.processes import DemoError, environment, free_port, running, veche
from demo.simulation import TOKEN, Plan, Simulation
from demo.watch import Seen
from deploy.native.errors import StackError
from deploy.native.parts import CORE, traces_at_hand
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.cli.trace import in_zipkin
from shared.clock import SystemClock
from simulated.server import playing

STATE = Path(".veche/demo")
BRAND_FILE = Path(__file__).parent / "brand.yaml"
BRAND = "harbour"
CONNECTION = "harbour-telegram"
TRACE_TRIES = 20
NOT_SPAM = frozenset({"words", "insults"})
"""Rules whose removals are about manners, not spam."""

FORMATS = {"stackexchange": "Posts.xml", "slack": "users.json"}
"""By format: the file by which an export is known."""

console = Console()


def main(
    data: Annotated[
        Path | None, typer.Option(help="A Slack export or a Stack Exchange dump instead of the simulation.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the simulation; a fresh one by default.")] = None,
) -> None:
    """Play the demo."""
    began = time.monotonic()
    try:
        format_ = None if data is None else format_of(data)
        with alone():
            demo(data, format_, secrets.randbelow(10**6) if seed is None else seed)
    except (DemoError, StackError) as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        console.print("\nstopped; the parts are up still: `make demo-down` stops them")
        raise typer.Exit(130) from None
    console.print(
        f"\nDone in {time.monotonic() - began:.0f} s. "
        "The parts stay up so that traces can be opened; `make demo-down` stops them."
    )


def demo(data: Path | None, format_: str | None, seed: int) -> None:
    """Start the parts and the services; play the day, or import the history."""
    for old in STATE.glob("report-*.html"):
        old.unlink()
    stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())), console.print)
    stack.reset()
    parts = traces_at_hand(stack.places.cache)
    stack.start(*CORE, *parts)
    if "collector" not in parts:
        console.print(
            "no collector is built yet, so the services send their traces straight to Zipkin; "
            "`veche stack up --with traces` builds one, in some minutes"
        )
    secret = secrets.token_urlsafe(24)
    env = environment(stack.settings(), {"HARBOUR_TELEGRAM_SECRET": secret, "HARBOUR_TELEGRAM_TOKEN": TOKEN})
    telegram = f"http://127.0.0.1:{free_port()}"
    env["VECHE_PLATFORM_APIS"] = json.dumps({"telegram": telegram})
    console.print(veche(env, "topics", "apply"))
    with running(env, STATE / "log"):
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        console.print(veche(env, "apply", "-f", str(BRAND_FILE)))
        if data is None or format_ is None:
            simulated(env, secret, seed, int(telegram.rpartition(":")[2]))
        else:
            imported(env, data, format_)


def format_of(data: Path) -> str:
    """Return what kind of export lies there. Raises DemoError where it is none that can be imported."""
    for format_, file in FORMATS.items():
        if (data / file).is_file():
            return format_
    known = ", ".join(f"{format_} (has {file})" for format_, file in FORMATS.items())
    raise DemoError(f"{data} is no folder with an export that can be imported: {known}")


@contextmanager
def alone() -> Iterator[None]:
    """Let no second demo of this checkout begin: it would take the first one's parts away. Raises DemoError."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE.parent / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError("a demo of this checkout is running already") from error
        yield


def simulated(env: Mapping[str, str], secret: str, seed: int, port: int) -> None:
    """Play the simulated day, compare what was found with what was planted, and look what is still to be seen.

    The chats are played at the port, where delivery deletes what moderation decides on.
    """
    end = SystemClock().now().replace(minute=0, second=0, microsecond=0)
    simulation = Simulation(seed, end)
    updates = simulation.updates()
    console.print(f"seed {seed}: {len(updates)} updates of {simulation.plan.members} members in two communities")
    seen = asyncio.run(played(simulation, port, play(env, CONNECTION, secret, updates, console)))
    compare(simulation.plan, seen)
    gone(simulation, seen)
    reports(env)
    show_trace(env, seen)


async def played(simulation: Simulation, port: int, what: Awaitable[Seen]) -> Seen:
    """Play the chats while something goes on."""
    async with playing(simulation.telegram, port):
        return await what


def gone(simulation: Simulation, seen: Seen) -> None:
    """Print what is still to be seen in the chats of the spam that was found."""
    telegram = simulation.telegram
    found = simulation.plan.spam & seen.removed.keys()
    left = [
        content for content in found if int(content.split(":")[2]) in telegram.chats[int(content.split(":")[1])].messages
    ]
    counts = telegram.ground.effects.counts()
    console.print(
        f"[bold]chats[/bold]: {counts['delete']} messages deleted, {counts['mute']} members muted, {counts['ban']} banned; "
        f"of {len(found)} spam messages that were found, {len(left)} are still to be seen"
    )
    refused = telegram.ground.windows.refused
    console.print(f"requests that Telegram's limits refused: {refused} of {telegram.ground.asked}")


def imported(env: Mapping[str, str], data: Path, format_: str) -> None:
    """Import a history and report all of it."""
    command = ("ingest", "import", str(data), "--brand", BRAND, "--from", format_, "--backfill-points")
    console.print(veche(env, *command))
    seen = asyncio.run(follow(env, console))
    reports(env)
    console.print(f"history causes no act on a platform: {sum(seen.verdicts.values())} decisions, all recorded only")


def compare(plan: Plan, seen: Seen) -> None:
    """Print precision and recall of what was removed as spam."""
    found = {content for content, rules in seen.removed.items() if not rules <= NOT_SPAM}
    right = len(found & plan.spam)
    precision, recall = right / max(1, len(found)), right / max(1, len(plan.spam))
    console.print(
        f"\n[bold]spam[/bold]: planted {len(plan.spam)}, found {len(found)}, right {right}: "
        f"precision {precision:.3f}, recall {recall:.3f}"
    )
    judged = len(plan.war & seen.causes.keys())
    console.print(f"flame war: {len(plan.war)} messages planted, {judged} removed for their words")
    console.print(
        f"campaign: {len(plan.campaign)} posts planted, {len(plan.campaign & seen.removed.keys())} removed by mistake"
    )


def reports(env: Mapping[str, str]) -> None:
    """Write the report of all that was counted in both languages, and name the files."""
    for language in ("en", "ru"):
        out = STATE / f"report-{language}.html"
        veche(env, "report", "--brand", BRAND, "--lang", language, "--out", str(out))
        console.print(f"report: {out}")


def show_trace(env: Mapping[str, str], seen: Seen) -> None:
    """Name the trace of a removed message, from the webhook to the figure. One in ten is traced."""
    for cause in list(seen.causes.values())[: TRACE_TRIES * 3]:
        page = in_zipkin(env["VECHE_TRACE_UI"], cause)
        if page is not None:
            console.print(f"trace: {page}", soft_wrap=True)
            return
    console.print("trace: none of the removed messages was sampled")


if __name__ == "__main__":
    typer.run(main)
