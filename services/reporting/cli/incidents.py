"""`veche reporting incidents`: what is unusual, in the terminal, and all that people do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from httpx import codes

from services.reporting.pages.incident_words import DID, SIGNALS
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.documents.playbook import Signal
from shared.said import Language
from shared.settings import Settings
from shared.times import clock

Status = Literal["open", "closed", "all"]

Id = Annotated[str, typer.Argument(help="The incident, as `veche reporting incidents list` names it.")]
Seen = Annotated[int | None, typer.Option("--version", help="Refuse where it was changed since this version.")]
Once = Annotated[str | None, typer.Option("--once", help="A key of your own: asked again with it, it is done once.")]
Words = Annotated[str, typer.Argument(help="In your words.")]

LATER = "asked for; the service has not done it yet: look again in a moment"

app = typer.Typer(
    no_args_is_help=True, help="What is unusual: list, show, acknowledge, assign, note, finish, approve, close."
)


def _api() -> Api:
    return Api(Settings(), "reporting")


@app.command("list")
def listed(
    brand: Annotated[str | None, typer.Option(help="Where the token does not name it.")] = None,
    community: Annotated[str | None, typer.Option()] = None,
    status: Annotated[Status, typer.Option()] = "open",
    signal: Annotated[Signal | None, typer.Option()] = None,
    cursor: Annotated[str | None, typer.Option(help="What the page before ended with.")] = None,
    limit: Annotated[int, typer.Option()] = 50,
    output: Output = Shape.TABLE,
) -> None:
    """List incidents, the newest first."""
    asked = {"brand": brand, "community": community, "status": status, "signal": signal, "cursor": cursor, "limit": limit}
    found = _api().call("GET", "/v1/incidents", params={name: value for name, value in asked.items() if value is not None})
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("opened (UTC)", "status", "severity", "signals", "people", "usual", "where", "taken by", "incident")
    print_table(columns, map(_row, found["incidents"]), "no incidents")
    if found["next"] is not None:
        typer.echo(f"--cursor {found['next']} shows the next page")


def _row(one: Mapping[str, Any]) -> Sequence[str]:
    return (
        one["opened"][:16].replace("T", " "),
        one["status"],
        one["severity"],
        ", ".join(one["signals"]),
        str(one["people"]),
        str(one["expected"]),
        one["community"] or "the whole brand",
        one["assigned"] or one["acknowledged_by"] or "",
        one["id"],
    )


@app.command()
def show(id_: Id, output: Output = Shape.TABLE) -> None:
    """Show an incident: its evidence, steps, statements and time line."""
    found = _api().call("GET", f"/v1/incidents/{id_}")
    if output is Shape.JSON:
        print_json(found)
        return
    for line in lines_of(found):
        typer.echo(printable(line))


def lines_of(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a person reads of an incident."""
    yield f"{one['id']}: {one['status']}, {one['severity']}, version {one['version']}"
    yield f"where: {one['community'] or 'the whole brand'} ({', '.join(one['communities'])})"
    for name, part in one["evidence"].items():
        first, worst = part["first"], part["worst"]
        told = f"{first['people']} {SIGNALS[name].en} since {clock(first['since'])}, {first['expected']} are usual"
        yield f"  {told}; at worst {worst['ratio']} times"
        if part["about"]:
            yield f"    about: {', '.join(part['about'])}"
    for step in one["steps"]:
        done = step.get("done")
        yield f"  step {step['id']} ({step['role']}): {step['en']} - {'done by ' + done['by'] if done else 'to do'}"
    for draft in one["statements"]:
        approved = draft.get("approved")
        state = f"approved by {approved['by']}" if approved else f"needs the approval of: {draft['approval']}"
        yield f"  statement {draft['id']} ({draft['audience']}): {draft['en']} - {state}"
    for line in one["time_line"]:
        what = "; ".join(line.get("what", {}).values())
        yield f"  {clock(line['at'])} {line['by']}: {DID[line['did']].en}{': ' + what if what else ''}"


def _done(id_: str, what: str, once: str | None, **body: object) -> None:
    sent = {name: value for name, value in body.items() if value is not None}
    headers = {} if once is None else {"idempotency-key": once}
    answer = _api().send("POST", f"/v1/incidents/{id_}/{what}", json=sent, headers=headers)
    found = answer.json()
    typer.echo(LATER if answer.status_code == codes.ACCEPTED else f"{found['status']}, version {found['version']}")


@app.command()
def acknowledge(id_: Id, version: Seen = None, once: Once = None) -> None:
    """Say that you look after it."""
    _done(id_, "acknowledgement", once, version=version)


@app.command()
def assign(
    id_: Id, to: Annotated[str, typer.Option(help="Name of a member of staff.")], version: Seen = None, once: Once = None
) -> None:
    """Have somebody look after it. For community managers."""
    _done(id_, "assignment", once, to=to, version=version)


@app.command()
def note(id_: Id, text: Words, version: Seen = None, once: Once = None) -> None:
    """Write something down: it stands in the post-mortem."""
    _done(id_, "notes", once, text=text, version=version)


@app.command()
def finish(
    id_: Id,
    step: Annotated[str, typer.Argument(help="Its name.")],
    text: Annotated[str | None, typer.Option(help="What came of it.")] = None,
    version: Seen = None,
    once: Once = None,
) -> None:
    """Say that a step is done."""
    _done(id_, "steps", once, step=step, text=text, version=version)


@app.command()
def approve(
    id_: Id, statement: Annotated[str, typer.Argument(help="Its name.")], version: Seen = None, once: Once = None
) -> None:
    """Have a statement published, once."""
    _done(id_, "approval", once, statement=statement, version=version)


@app.command()
def close(
    id_: Id,
    reason: Annotated[str | None, typer.Option(help="What was decided.")] = None,
    version: Seen = None,
    once: Once = None,
) -> None:
    """End it. For community managers; without you it ends when it was quiet for twelve hours."""
    _done(id_, "closing", once, reason=reason, version=version)


def post_mortem(
    id_: Id,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.", dir_okay=False)],
    lang: Annotated[Language, typer.Option(help="The language of the page.")] = Language.EN,
) -> None:
    """Write what happened in an incident and what was done: one page that needs no network."""
    content = _api().send("GET", f"/v1/incidents/{id_}/post-mortem", params={"lang": lang.value}).content
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"cannot write {out}: {error.strerror}")
    typer.echo(f"{out}: {len(content):,} bytes")
