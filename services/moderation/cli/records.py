"""`veche moderation member, lift, audit, agreement`: what stands against a member, and what people did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from httpx import codes

from services.moderation.cases.audit import Chain, Verified, verified
from services.moderation.cli.lines import LATER
from shared.cli.client import Api
from shared.cli.output import Output, Shape, print_json, print_table
from shared.settings import Settings

Brand = Annotated[str | None, typer.Option(help="Where the token does not name it.")]
Member = Annotated[str, typer.Argument(help="As events name it: telegram:12345.")]


def member(member: Member, brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show what stands against a member: strikes and what they count now, sanctions and whether they are in force."""
    found = _api().call("GET", f"/v1/members/{member}/record", params=_of(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    strikes = [
        (one["at"][:16], one["community"], one["points"], one["points_now"], one["decision"]) for one in found["strikes"]
    ]
    print_table(("at (UTC)", "community", "points", "now", "decision"), strikes, "no strikes")
    rows = [
        (one["kind"], one["since"][:16], one.get("until", "")[:16], "yes" if one["in_force"] else "no", one["id"])
        for one in found["sanctions"]
    ]
    print_table(("sanction", "since (UTC)", "until (UTC)", "in force", "id"), rows, "no sanctions")


def lift(
    member: Member,
    sanction: Annotated[str, typer.Option(help="Its id.")],
    reason: Annotated[str, typer.Option(help="Why; the member is not told.")],
    brand: Brand = None,
) -> None:
    """End a sanction before its time; the strikes stay."""
    body = {"sanction": sanction, "reason": reason}
    answer = _api().send("POST", f"/v1/members/{member}/lift", params=_of(brand), json=body)
    typer.echo(LATER if answer.status_code == codes.ACCEPTED else "lifted")


def audit(brand: Brand = None, community: Annotated[str | None, typer.Option()] = None) -> None:
    """Verify the record of who did what: each entry, its digest, and that none is missing. Fails where one is wrong."""
    api = _api()
    heads = api.call("GET", "/v1/audit", params=_of(brand))
    wrong = False
    for head in heads:
        if community in {None, head["community"]}:
            found = verified(_entries(api, brand, head["community"], head["n"]), Chain(head["n"], head["hash"]))
            wrong = wrong or found.broken is not None
            typer.echo(f"{head['community']}: {_told(head['n'], found)}")
    if not heads:
        typer.echo("nothing was done yet")
    if wrong:
        raise typer.Exit(1)


def _told(entries: int, found: Verified) -> str:
    if found.broken is not None:
        return found.broken.why
    of_second_looks = f"; {found.withheld} are not shown to you: you may give a second look" if found.withheld else ""
    return f"{entries} entries, as written{of_second_looks}"


def _entries(api: Api, brand: str | None, community: str, last: int) -> Iterator[Mapping[str, Any]]:
    """Yield the entries up to the head; more may be written meanwhile."""
    after = 0
    while after < last:
        query = _of(brand) | {"community": community, "after": str(after)}
        page = api.call("GET", "/v1/audit/entries", params=query)
        if not page:
            return
        yield from (one for one in page if one["n"] <= last)
        after = page[-1]["n"]


def agreement(brand: Brand = None, output: Output = Shape.TABLE) -> None:
    """Show how often second looks agree with first ones, by rule and by moderator."""
    found = _api().call("GET", "/v1/agreement", params=_of(brand))
    if output is Shape.JSON:
        print_json(found)
        return
    for what in ("rule", "moderator"):
        rows = [(name, one["reviews"], f"{one['agreed']:.0%}") for name, one in found[f"by_{what}"].items()]
        print_table((what, "second looks", "agreed"), rows, f"no second looks by {what}")


def _api() -> Api:
    return Api(Settings(), "moderation")


def _of(brand: str | None) -> dict[str, str]:
    return {} if brand is None else {"brand": brand}
