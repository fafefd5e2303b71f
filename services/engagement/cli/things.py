"""`veche engagement things`, `look`, `do`, `proof`, `code`, `member`, `review`: what members take part in, and how."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from services.engagement.rules.participation.doings import BY_MEMBER, BY_STAFF
from shared.cli.client import Api, fail
from shared.cli.output import Output, Shape, print_json, print_table
from shared.meant import meant
from shared.settings import Settings
from shared.times import clock

app = typer.Typer()

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Thing = Annotated[str, typer.Argument(help="Kind and name, for example poll/spring.")]
Member = Annotated[str, typer.Argument(help="platform:account, for example telegram:12345.")]

LISTS = frozenset({"options"})
"""Fields that hold several numbers."""

NUMBERS = frozenset({"question", "quantity", "amount", "score", "round"})


@app.command()
def things(
    kind: Annotated[str | None, typer.Option(help="poll, contest, quiz, activity, goods.")] = None,
    brand: Brand = None,
    output: Output = Shape.TABLE,
) -> None:
    """List what members can take part in."""
    found = _get("/v1/things", brand, {"kind": kind} if kind else {})
    if output is Shape.JSON:
        print_json(found)
        return
    rows = ((one["thing"], one["title"], _at(one["from"]), _at(one["until"])) for one in found)
    print_table(
        ("thing", "title", "from", "until"), rows, "there is nothing: `veche apply` a Poll, a Quiz, an Activity or a Contest"
    )


@app.command()
def look(
    thing: Thing,
    member: Annotated[str | None, typer.Option(help="Show this member's own part, too.")] = None,
    entries: Annotated[bool, typer.Option("--entries", help="Show what was done, newest first.")] = False,  # noqa: FBT002
    brand: Brand = None,
) -> None:
    """Show how something goes that members take part in, as JSON."""
    path = f"/v1/things/{_path(thing)}"
    print_json(_get(f"{path}/entries", brand, {}) if entries else _get(path, brand, {"member": member} if member else {}))


@app.command()
def do(
    thing: Thing,
    what: Annotated[
        str, typer.Argument(help="vote, join, leave, buy; for staff: attended, judged, fulfil, passed, give_back.")
    ],
    fields: Annotated[list[str] | None, typer.Argument(help="Such as options=0,2 or quantity=2.")] = None,
    member: Annotated[str | None, typer.Option(help="Who does it; without: you, as staff.")] = None,
    key: Annotated[str | None, typer.Option(help="Your own name for it: with the same one it is done once.")] = None,
    brand: Brand = None,
) -> None:
    """Do something for a member, or as staff; the fold decides."""
    _check_who(what, member)
    does: dict[str, Any] = {"do": what} | dict(_field(field) for field in fields or ())
    path = f"/v1/things/{_path(thing)}/{'orders' if member is None else 'parts'}"
    body = {"does": does} if member is None else {"member": member, "does": does}
    once = key or secrets.token_hex(8)
    answer = Api(Settings(), "engagement").answer(
        "POST", path, params=_query(brand), json=body, headers={"idempotency-key": once}
    )
    told = answer.json()
    if "outcome" not in told:
        fail(told.get("detail", answer.text))
    if told["outcome"] == "pending":
        typer.echo(f"it is on its way; the same command with --key {once} tells what became of it")
    elif told["outcome"] == "refused":
        fail(told.get("reason", {}).get("en", told["code"]))
    else:
        typer.echo("done")


@app.command()
def proof(
    contest: Annotated[str, typer.Argument(help="Its name.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    brand: Brand = None,
) -> None:
    """Save the proof of a contest's draw, for everybody to check with verify-draw."""
    answer = Api(Settings(), "engagement").answer("GET", f"/v1/things/contest/{quote(contest)}/proof", params=_query(brand))
    if not answer.is_success:
        fail(answer.json()["detail"])
    output.write_bytes(answer.content)
    typer.echo(f"{output}: {len(answer.content)} bytes; check it with `veche engagement verify-draw {output}`")


@app.command()
def code(
    name: Annotated[str, typer.Argument(help="Of the activity, for example meetup.")],
    brand: Brand = None,
) -> None:
    """Show the code by which members check in at an activity: to be told there."""
    typer.echo(_get(f"/v1/things/activity/{quote(name, safe='')}/code", brand, {})["code"])


@app.command()
def member(member: Member, brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show a member's level and what is missing for the next, tasks, badges, streak, status."""
    found = _get(f"/v1/members/{quote(member, safe='')}/standing", brand, {})
    if output is Shape.JSON:
        print_json(found)
        return
    above = found["next"]
    rows = [
        ("level", found["level_name"]["en"]),
        ("next", "-" if above is None else f"{above['level_name']['en']}: {_missing(above['missing'])} missing"),
        ("earned", f"{found['earned']} points, {found['karma']} karma"),
        ("streak", f"{found['streak']['days']} days, the longest {found['streak']['longest']}"),
        ("vip", "yes" if found["vip"] else "no"),
        ("badges", ", ".join(found["badges"]) or "-"),
        ("tasks done", ", ".join(found["tasks"]["completed"]) or "-"),
    ]
    rows += [
        (f"task {one['task']}", ", ".join(f"{step['has']} of {step['of']}" for step in one["steps"]))
        for one in found["tasks"]["open"]
    ]
    print_table((member, ""), rows, "")


@app.command()
def review(brand: Brand = None) -> None:
    """Have all members looked at again: after `veche apply` of a Standing, instead of when each does something next."""
    told = Api(Settings(), "engagement").call("POST", "/v1/standing/review", params=_query(brand))
    typer.echo(f"{told['members']} members are looked at again")


def _at(told: str | None) -> str:
    return "-" if told is None else clock(datetime.fromisoformat(told).astimezone(UTC).isoformat())


def _check_who(what: str, member: str | None) -> None:
    """End the command where members do not do that, or staff do not."""
    if what not in BY_MEMBER and what not in BY_STAFF:
        fail(f"there is no `{what}`{meant(what, BY_MEMBER if member else BY_STAFF)}")
    if member is None and what in BY_MEMBER:
        fail(f"members do `{what}`: name who does it by --member telegram:12345")
    if member is not None and what in BY_STAFF:
        fail(f"staff do `{what}`: leave --member out")


def _missing(missing: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in missing.items() if count) or "nothing"


def _field(told: str) -> tuple[str, object]:
    name, equals, value = told.partition("=")
    if not equals:
        fail(f"{told}: a field is name=value")
    try:
        if name in LISTS:
            return name, [int(one) for one in value.split(",")]
        return name, int(value) if name in NUMBERS else value
    except ValueError:
        fail(f"{told}: {name} is a number")


def _path(thing: str) -> str:
    kind, slash, name = thing.partition("/")
    if not slash:
        fail(f"{thing}: name kind and name, for example poll/spring")
    return f"{quote(kind, safe='')}/{quote(name, safe='')}"


def _get(path: str, brand: str | None, query: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return Api(Settings(), "engagement").call("GET", path, params=_query(brand) | query)


def _query(brand: str | None) -> dict[str, str]:
    return {"brand": brand} if brand else {}
