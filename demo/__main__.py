"""`make demo`: start everything, play a day (or import a history), and show what came out."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.play import follow, play
from demo.processes import DemoError, environment, running, veche
from demo.simulation import Plan, Simulation
from demo.watch import Seen
from deploy.native.errors import StackError
from deploy.native.parts import CORE, traces
from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack
from shared.clock import SystemClock

STATE = Path(".veche/demo")
BRAND_FILE = Path(__file__).parent / "brand.yaml"
BRAND = "harbour"
CONNECTION = "harbour-telegram"
TRACE_TRIES = 20
NOT_SPAM = frozenset({"words", "insults"})
"""Rules whose removals are about manners, not spam."""

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
        stack = Stack(Places(STATE.resolve(), cache_of(PlaceSettings())), console.print)
        stack.reset()
        stack.start(*CORE, *traces(stack.places.cache))
        secret = secrets.token_urlsafe(24)
        env = environment(stack.settings(), {"HARBOUR_TELEGRAM_SECRET": secret})
        console.print(veche(env, "topics", "apply"))
        with running(env, STATE / "log"):
            env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
            console.print(veche(env, "apply", "-f", str(BRAND_FILE)))
            if data is None:
                simulated(env, secret, secrets.randbelow(10**6) if seed is None else seed)
            else:
                imported(env, data)
    except (DemoError, StackError) as error:
        console.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from error
    console.print(
        f"\nDone in {time.monotonic() - began:.0f} s. "
        "The parts stay up so that traces can be opened; `make demo-down` stops them."
    )


def simulated(env: Mapping[str, str], secret: str, seed: int) -> None:
    """Play the simulated day and compare what was found with what was planted."""
    end = SystemClock().now().replace(minute=0, second=0, microsecond=0)
    simulation = Simulation(seed, end)
    updates = simulation.updates()
    console.print(f"seed {seed}: {len(updates)} updates of {simulation.plan.members} members in two communities")
    seen = asyncio.run(play(env, CONNECTION, secret, updates, console))
    compare(simulation.plan, seen)
    reports(env, end - timedelta(days=2), end + timedelta(days=1))
    show_trace(env, seen)


def imported(env: Mapping[str, str], data: Path) -> None:
    """Import a history and report all of it."""
    format_ = "stackexchange" if (data / "Posts.xml").is_file() else "slack"
    console.print(veche(env, "ingest", "import", str(data), "--brand", BRAND, "--from", format_))
    seen = asyncio.run(follow(env, console))
    reports(env, datetime(2000, 1, 1, tzinfo=UTC), SystemClock().now())
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


def reports(env: Mapping[str, str], since: datetime, until: datetime) -> None:
    """Write the report in both languages and name the files."""
    for language in ("en", "ru"):
        out = STATE / f"report-{language}.html"
        span = ("--since", since.date().isoformat(), "--until", until.date().isoformat())
        veche(env, "report", "--brand", BRAND, *span, "--lang", language, "--out", str(out))
        console.print(f"report: {out}")


def show_trace(env: Mapping[str, str], seen: Seen) -> None:
    """Name the trace of a removed message, from the webhook to the figure. One in ten is traced."""
    for cause in list(seen.causes.values())[: TRACE_TRIES * 3]:
        try:
            console.print(f"trace: {veche(env, 'trace', cause)}", soft_wrap=True)
        except DemoError:
            continue
        return
    console.print("trace: none of the removed messages was sampled")


if __name__ == "__main__":
    typer.run(main)
