"""`veche ingest status`: how each connection is, for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import typer

from shared.cli.output import print_table, printable

NONE = "no connections: imports and what keys send need none; for a platform `veche apply -f` a document of kind Connection"


def show(found: list[dict[str, Any]], now: datetime) -> None:
    """Print a row for each connection, and below what to do where something is wrong."""
    columns = ("connection", "brand", "platform", "mode", "state", "last event", "per minute", "refused", "communities")
    print_table(columns, [_row(one, now) for one in found], NONE)
    for one in found:
        for problem in one["problems"]:
            typer.echo(printable(f"{one['name']}: {problem['what']}"))
            typer.echo(printable(f"  → {problem['next']}"))


def _row(one: dict[str, Any], now: datetime) -> tuple[object, ...]:
    last = one["last_event_at"]
    refused = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in sorted(one["refused"].items()))
    state = f"{len(one['problems'])} problems" if one["problems"] else "well"
    age = "never" if last is None else _age(now - datetime.fromisoformat(last))
    communities = len(one["communities"])
    return (
        *(one[name] for name in ("name", "brand", "platform", "mode")),
        *(state, age, one["per_minute"], refused or "-", communities),
    )


def _age(age: timedelta) -> str:
    """Return how long ago, in the largest unit that says enough."""
    seconds = max(0, int(age.total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit} ago"
    return f"{seconds} s ago"
