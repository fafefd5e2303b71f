"""`veche reporting topics`: what is talked about, and what of it rises."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer
import uvloop

from shared.cli.client import fail
from shared.cli.output import Output, Shape, print_json
from shared.clock import SystemClock
from shared.errors import Retryable, Unprocessable
from shared.settings import Settings

if TYPE_CHECKING:
    from services.reporting.subjects.run import Subjects

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4})([hdw])")


def topics(
    brand: Annotated[str, typer.Option(help="Whose communities.")],
    since: Annotated[str, typer.Option(help="How far back: `30d`, `12h`, `2w`. What is older is the past.")] = "7d",
    topics: Annotated[int, typer.Option(min=1, max=50, help="How many topics to look for.")] = 8,
    community: Annotated[list[str] | None, typer.Option(help="Only these; without it all of the brand's own.")] = None,
    output: Output = Shape.TABLE,
) -> None:
    """Say what members talk about, and which terms rise against their own past, as far back as Kafka holds texts.

    Speaks to Kafka, so for operators. It reads texts and keeps none; it names terms and ids of contents.
    """
    from services.reporting.subjects.run import lines, read  # noqa: PLC0415 - scikit-learn takes a second

    settings, began = Settings(), SystemClock().now() - span_of(since)

    async def run() -> Subjects:
        return await read(settings.kafka, brand, began, topics, community)

    try:
        found = uvloop.run(run())
    except (Retryable, Unprocessable) as error:
        fail(str(error))
    if output is Shape.JSON:
        told = found._asdict() | {"since": found.since.isoformat(), "first": found.first and found.first.isoformat()}
        print_json(told | {name: [one._asdict() for one in getattr(found, name)] for name in ("topics", "rising")})
    else:
        typer.echo("\n".join(lines(found)))


def span_of(told: str) -> timedelta:
    """Return how long `30d`, `12h` or `2w` are; ends the command where it is none of these."""
    found = _SPAN.fullmatch(told)
    if found is None:
        fail(f"{told} is no span of time: write 12h, 30d or 2w")
    return int(found[1]) * UNITS[found[2]]
