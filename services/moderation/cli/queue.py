"""`veche moderation queue`: cases in the terminal, the most urgent first, and all that a moderator does with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer
from httpx import codes

from services.moderation.cli.lines import LATER, lines_of
from services.moderation.pages.told import rules_of
from services.moderation.rules.commands import Ruling
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table, printable
from shared.events.moderation import Severity
from shared.http.pages.told import told
from shared.settings import Settings
from shared.times import clock

Status = Literal["open", "closed", "all"]
Outcome = Literal["settled", "first", "second", "both"]

Key = Annotated[str, typer.Argument(help="The case, as `veche moderation queue list` names it.")]
Keys = Annotated[list[str], typer.Argument(help="One case, or up to a hundred that are ended alike.")]
Seen = Annotated[int | None, typer.Option("--version", help="Refuse where the case was changed since this version.")]

EXCERPT_CHARS = 60
"""Of how a content begins: a row stands on one line."""

HARD = "(hard: look at the case)"
"""In the place of a text that is shown to nobody who does not ask for it."""

Words = Annotated[str, typer.Argument(help="In your words.")]

app = typer.Typer(no_args_is_help=True, help="Cases that wait for a person.")


def _api() -> Api:
    return Api(Settings(), "moderation")


@app.command("list")
def listed(
    brand: Annotated[str | None, typer.Option(help="Where the token does not name it.")] = None,
    community: Annotated[str | None, typer.Option()] = None,
    member: Annotated[str | None, typer.Option()] = None,
    why: Annotated[str | None, typer.Option(help="A rule, or complaints, appeal, review.")] = None,
    severity: Annotated[Severity | None, typer.Option()] = None,
    status: Annotated[Status, typer.Option()] = "open",
    claimed: Annotated[str | None, typer.Option(help="By whom.")] = None,
    assigned: Annotated[str | None, typer.Option(help="To whom.")] = None,
    after: Annotated[str | None, typer.Option(help="What the page before ended with.")] = None,
    limit: Annotated[int, typer.Option()] = 50,
    output: Output = Shape.TABLE,
    *,
    escalated: Annotated[bool, typer.Option("--escalated", help="Only what waits for a community manager.")] = False,
) -> None:
    """List cases, the most urgent first."""
    asked = {
        "brand": brand, "community": community, "member": member, "why": why, "severity": severity, "status": status,
        "claimed": claimed, "assigned": assigned, "after": after, "limit": limit, "escalated": escalated or None,
        "excerpts": True,
    }  # fmt: skip
    found = _api().call("GET", "/v1/cases", params={name: value for name, value in asked.items() if value is not None})
    if output is Shape.JSON:
        print_json(found)
        return
    columns = ("opened (UTC)", "severity", "why", "member", "community", "text", "worked on by", "case")
    print_table(columns, map(_row, found["cases"]), "no cases")
    if "next" in found:
        typer.echo(f"{found['total']} in all; --after {found['next']} shows the next page")


def _row(case: Mapping[str, Any]) -> Sequence[str]:
    marks = [mark for mark in ("escalated", "blind") if case.get(mark)]
    why = ", ".join([*(case.get("why") or rules_of(told(case))), *marks])
    claim = case.get("claim", {}).get("by") or case.get("assigned") or ""
    return (
        str(case.get("opened", ""))[:16],
        case["severity"],
        why,
        case.get("member") or ", ".join(case.get("dispute", {}).get("members", ())),
        case["community"],
        _text(case),
        claim,
        case["key"],
    )


def _text(case: Mapping[str, Any]) -> str:
    """Return how a content begins, or what a dispute is about."""
    if case.get("severe") and "content" in case:
        return HARD
    return str(case.get("excerpt") or case.get("dispute", {}).get("about", ""))[:EXCERPT_CHARS]


@app.command()
def show(key: Key, output: Output = Shape.TABLE) -> None:
    """Show a case: what was written around it, what rules found, what is known of the member, what was done."""
    found = _api().call("GET", f"/v1/cases/{key}")
    if output is Shape.JSON:
        print_json(found)
        return
    for line in lines_of(found):
        typer.echo(line)


def _became(found: Mapping[str, Any]) -> str:
    told = f"{found['status']}, version {found['version']}"
    if found.get("mine"):
        return f"{told}; yours until {clock(found['claim']['until'])}"
    return f"{told}; it waits for somebody else's second look" if found.get("blind") else told


def _done(key: str, what: str, **body: object) -> None:
    sent = {name: value for name, value in body.items() if value is not None}
    answer = _api().send("POST", f"/v1/cases/{key}/{what}", json=sent)
    found = answer.json()
    typer.echo(LATER if answer.status_code == codes.ACCEPTED else _became(found))
    if "remark" in found and what == "decision":
        typer.echo(found["remark"])


@app.command()
def claim(key: Key, *, force: Annotated[bool, typer.Option("--force", help="From whoever has it.")] = False) -> None:
    """Work on a case; it is yours alone for a while."""
    _done(key, "claim", force=force or None)


@app.command()
def release(key: Key) -> None:
    """Give a case back."""
    _done(key, "release")


@app.command()
def assign(key: Key, to: Annotated[str, typer.Option(help="Name of a member of staff.")]) -> None:
    """Have somebody work on a case."""
    _done(key, "assignment", to=to)


@app.command()
def note(key: Key, text: Words) -> None:
    """Write something down for other moderators."""
    _done(key, "notes", text=text)


@app.command()
def escalate(key: Key, reason: Annotated[str | None, typer.Option()] = None) -> None:
    """Have a community manager look."""
    _done(key, "escalation", reason=reason)


@app.command()
def decide(
    keys: Keys,
    ruling: Annotated[Ruling, typer.Option(help="What becomes of it.")],
    lasts: Annotated[str | None, typer.Option("--for", help="For a mute or a ban: 30m, 12h, 7d.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="Else as the rules said.")] = None,
    reason: Annotated[str | None, typer.Option(help="For the member; else as the rules said.")] = None,
    version: Seen = None,
) -> None:
    """End a case, or several alike."""
    body = {"ruling": ruling, "for": lasts, "severity": severity, "reason": reason}
    sent = {name: value for name, value in body.items() if value is not None}
    if len(keys) == 1:
        _done(keys[0], "decision", version=version, **sent)
        return
    if version is not None:
        fail("--version goes with one case: each of several has its own")
    found = _api().call("POST", "/v1/cases/decisions", json=sent | {"cases": [{"key": key} for key in keys]})
    refused = [one for one in found["cases"] if not one["done"]]
    for one in found["cases"]:
        if not one["done"] or "remark" in one:
            typer.echo(f"{one['key']}: {one.get('why') or one['remark']}")
    typer.echo(f"{len(found['cases']) - len(refused)} of {len(found['cases'])} ended")
    if refused:
        raise typer.Exit(1)


@app.command()
def dispute(
    community: Annotated[str, typer.Option()],
    members: Annotated[list[str], typer.Option("--member", help="Twice: the two members.")],
    about: Annotated[str, typer.Option(help="What it is about.")],
    brand: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Open a case between two members; say by which key it is worked on."""
    body = {"community": community, "members": members, "about": about} | ({"brand": brand} if brand else {})
    answer = _api().send("POST", "/v1/disputes", json=body)
    found = answer.json()
    between = f"a dispute between {' and '.join(map(printable, found['dispute']['members']))}: {found['key']}"
    typer.echo(f"{LATER}: {between}" if answer.status_code == codes.ACCEPTED else f"opened {between}")


@app.command()
def statement(
    key: Key, of: Annotated[str, typer.Option(help="The member.")], text: Annotated[str, typer.Argument()]
) -> None:
    """Take down what one side of a dispute says."""
    _done(key, "statements", of=of, text=text)


@app.command()
def settle(
    key: Key,
    outcome: Annotated[Outcome, typer.Option(help="Who was wrong.")],
    text: Annotated[str, typer.Argument()],
) -> None:
    """End a dispute."""
    _done(key, "settlement", outcome=outcome, text=text)
