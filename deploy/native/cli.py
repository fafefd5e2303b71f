"""`veche stack`: the parts that Veche stands on, without Docker."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.native.errors import StackError
from deploy.native.parts import CORE, METRICS, traces
from deploy.native.parts.collector import can_have_collector, is_built
from deploy.native.places import PlaceSettings, find_places
from deploy.native.runner import State, Status
from deploy.native.stack import Stack

LOG_LINES = 50
FAILED = 1

app = typer.Typer(no_args_is_help=True)


class Extra(StrEnum):
    """What may run beside the parts that services need."""

    TRACES = "traces"
    METRICS = "metrics"


@app.callback()
def quietly() -> None:
    """Start and stop broker, store and cache on this machine, without Docker."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a probe that fails is an answer, not news


@app.command()
def up(
    with_: Annotated[list[Extra] | None, typer.Option("--with", help="Also start these parts.")] = None,
) -> None:
    """Start what does not run yet, and wait until all of it answers."""
    with told_plainly():
        stack = this_stack()
        if Extra.TRACES in (with_ or ()) and not can_have_collector(stack.places.cache):
            typer.echo("Go is missing or too old to build the collector: services send traces straight to Zipkin")
        elif Extra.TRACES in (with_ or ()) and not is_built(stack.places.cache):
            typer.echo("the trace collector is built first: once, 2 to 10 minutes")
        stack.start(*CORE, *(name for extra in with_ or () for name in parts_of(extra, stack)))
        typer.echo(f"settings for services are in {stack.places.env_file}")


@app.command()
def fetch() -> None:
    """Download what `up` needs, so that a later `up` needs no network."""
    with told_plainly():
        this_stack().fetch()


@app.command()
def down() -> None:
    """Stop what `up` started; data and ports are kept."""
    with told_plainly():
        if not this_stack().stop():
            typer.echo("nothing was running")


@app.command()
def status() -> None:
    """Show each part: state, process, address, memory. Ends with 1 unless all that services need is up."""
    with told_plainly():
        statuses = this_stack().statuses()
    Console().print(as_table(statuses))
    if any(part.state is not State.UP for part in statuses if part.name in CORE):
        raise typer.Exit(FAILED)


@app.command()
def logs(
    part: str,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on showing new lines.")] = False,
) -> None:
    """Show the last lines of a part's log."""
    with told_plainly():
        log = this_stack().log(part)
        if not log.exists():
            raise StackError(f"{part} has no log yet: it was never started here")
    followed = ["-F"] if follow else []
    subprocess.run(["tail", "-n", str(LOG_LINES), *followed, log], check=False)


@app.command()
def reset(*, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and delete all data of this checkout's stack."""
    with told_plainly():
        stack = this_stack()
        if not yes:
            typer.confirm(f"Delete everything in {stack.places.state}?", abort=True)
        stack.reset()


def parts_of(extra: Extra, stack: Stack) -> tuple[str, ...]:
    """Return the names of the parts that an extra stands for."""
    return traces(stack.places.cache) if extra is Extra.TRACES else METRICS


def this_stack() -> Stack:
    """Return the stack of the checkout that the command runs in."""
    return Stack(find_places(Path.cwd(), PlaceSettings()), tell=typer.echo)


@contextmanager
def told_plainly() -> Iterator[None]:
    """End with the sentence of an error that is meant for a person, instead of a traceback."""
    try:
        yield
    except StackError as failure:
        typer.echo(str(failure), err=True)
        sys.exit(FAILED)


def as_table(statuses: list[Status]) -> Table:
    """Return the states of parts as a person reads them."""
    table = Table("part", "state", "pid", "address", "memory", box=None)
    for part in statuses:
        memory = "" if part.memory_mb is None else f"{part.memory_mb} MB"
        table.add_row(part.name, part.state.value, str(part.pid or ""), part.address, memory)
    return table
