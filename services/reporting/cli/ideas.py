"""`veche reporting ideas` and `veche reporting idea`: the register of members' ideas."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

import typer

from services.reporting.rules.ideas import NOTE_CHARS_MAX, STATUSES
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.settings import Settings

Brand = Annotated[str, typer.Option(help="Whose communities.")]
SHOWN_MAX = 100


def listed(
    brand: Brand,
    status: Annotated[str | None, typer.Option(help=f"Only those that are {', '.join(STATUSES)}.")] = None,
    community: Annotated[list[str] | None, typer.Option(help="Only of these communities.")] = None,
    output: Output = Shape.TABLE,
) -> None:
    """List the ideas of members, those with most votes first."""
    params: dict[str, Any] = {"brand": brand, "limit": SHOWN_MAX, "community": community or []}
    params |= {} if status is None else {"status": status}
    found = Api(Settings(), "reporting").send("GET", "/v1/ideas", params=params).json()
    if output is Shape.JSON:
        print_json(found["ideas"])
        return
    rows = [
        (one["votes"], one["status"], one["community"], one["content"], one["author"], one["at"]) for one in found["ideas"]
    ]
    print_table(("votes", "status", "community", "content", "author", "written"), rows, "no ideas")


def decide(
    content: Annotated[str, typer.Argument(help="The content's id, as `veche reporting ideas` names it.")],
    *,
    brand: Brand,
    community: Annotated[str, typer.Option(help="Where it was written.")],
    status: Annotated[str, typer.Option(help=f"What becomes of it: {', '.join(STATUSES)}.")],
    note: Annotated[
        str | None,
        typer.Option(help=f"Told to the author in public instead of the usual words; {NOTE_CHARS_MAX} characters."),
    ] = None,
) -> None:
    """Say what becomes of an idea, and have its author told."""
    if status not in STATUSES:
        fail(f"{status} is no status: there are {', '.join(STATUSES)}")
    body = {"brand": brand, "community": community, "content": content, "status": status, "note": note}
    answer = Api(Settings(), "reporting").send("POST", "/v1/ideas", json=body)
    typer.echo(f"{content}: {status}" + ("" if answer.status_code == HTTPStatus.OK else " (soon)"))
