"""`veche reporting goals`: how far goals have come, and where they will probably end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.settings import Settings

UNKNOWN = "-"


def listed(
    name: Annotated[str | None, typer.Argument(help="A goal; without one all are listed.")] = None,
    brand: Annotated[str | None, typer.Option(help="Where the token does not name it.")] = None,
    cursor: Annotated[str | None, typer.Option(help="What the page before ended with.")] = None,
    output: Output = Shape.TABLE,
) -> None:
    """Say how far goals have come, and where they will probably end."""
    path = "/v1/goals" if name is None else f"/v1/goals/{name}"
    asked = {key: value for key, value in (("brand", brand), ("cursor", cursor)) if value is not None}
    found = Api(Settings(), "reporting").call("GET", path, params=asked)
    if output is Shape.JSON:
        print_json(found)
    elif name is None:
        columns = ("goal", "state", "now", "on line", "target", "expected", "80 % within", "probability", "due", "owner")
        print_table(columns, map(_row, found["goals"]), "no goals")
        if found["next"] is not None:
            typer.echo(f"--cursor {found['next']} shows the next page")
    else:
        for line in lines_of(found):
            typer.echo(printable(line))


def _row(one: Mapping[str, Any]) -> Sequence[str]:
    ahead = one["forecast"]
    return (
        one["name"],
        one["state"].replace("_", " "),
        *(_number(one[field]) for field in ("current", "on_line", "target")),
        _number(None if ahead is None else ahead["expected"]),
        UNKNOWN if ahead is None else f"{_number(ahead['low'])} to {_number(ahead['high'])}",
        UNKNOWN if one["probability"] is None else f"{one['probability']:.0%}",
        one["due"],
        one["owner"],
    )


def lines_of(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person reads of a goal."""
    yield f"{one['name']}: {one['title']['en']} ({one['figure']}, {one['state'].replace('_', ' ')})"
    yield f"from {_number(one['baseline'])} to {_number(one['target'])}, {one['from']} to {one['due']}, owner {one['owner']}"
    yield f"now {_number(one['current'])}; evenly it would be {_number(one['on_line'])}"
    if one["forecast"] is None:
        yield f"no forecast: {one['days_known']} days are known, {one['days_needed']} are needed"
    else:
        low, expected, high = (_number(one["forecast"][name]) for name in ("low", "expected", "high"))
        yield f"expected at the end: {expected}, in four of five cases {low} to {high}"
    if one["probability"] is not None:
        yield f"reached with a probability of {one['probability']:.0%}"
    for step in one["milestones"]:
        state = {True: "reached", False: "missed", None: "to come"}[step["reached"]]
        yield f"  {step['at']} {_number(step['value'])} {step['en']}: {state}"


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.10g}" if abs(value) < 1 else f"{value:,.1f}".removesuffix(".0")
