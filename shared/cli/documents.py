"""`veche apply`, `get`, `diff`, `delete`: documents to and from the services that own their kinds."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer
import yaml
from rich.console import Console

from shared.cli.client import Api, fail, problem_of
from shared.cli.output import print_table
from shared.documents import KINDS, as_stored
from shared.documents.reading import Invalid, Source, read
from shared.documents.shape import Document
from shared.meant import meant
from shared.settings import Settings

app = typer.Typer()
console = Console()

NAMES = frozenset({"id", "name", "model"})
"""Fields that say what the others are of: they stand first, and above what differs."""

Files = Annotated[list[Path], typer.Option("--file", "-f", help="YAML file with one or more documents.")]
BrandName = Annotated[str | None, typer.Option("--brand", help="Brand, where neither document nor token names it.")]


def sources(files: list[Path]) -> list[Source]:
    """Return the documents of some files, all of them checked before any is sent."""
    found: list[Source] = []
    wrong: list[str] = []
    for path in files:
        try:
            found += read(path.read_text(encoding="utf-8"), str(path))
        except Invalid as error:
            wrong.append(str(error))
        except OSError as error:
            wrong.append(f"{path}: {error.strerror}")
    return found if not wrong else fail("\n".join(wrong))


@app.command()
def apply(file: Files, brand: BrandName = None) -> None:
    """Store the documents of YAML files, in their order. All are checked here before the first one is sent."""
    settings = Settings()
    for source in sources(file):
        document = source.document
        api = Api(settings, KINDS[document.kind].service)
        query = {"brand": brand} if brand else {}
        answer = api.answer("PUT", "/v1/documents", params=query, content=msgspec.json.encode(document))
        if not answer.is_success:
            fail(refusal(source, answer))
        stored = answer.json()
        state = "configured" if stored["changed"] else "unchanged"
        version = f" (version {stored['version']}, in force from {stored['effective']})" if "version" in stored else ""
        console.print(f"{document.kind} {document.metadata.name} {state}{version}", highlight=False, markup=False)
        for warning in stored.get("warnings", ()):
            typer.echo(f"  not usable yet: {warning}", err=True)


def refusal(source: Source, answer: httpx.Response) -> str:
    """Return why a service does not take a document: a line for each thing of which it names the place."""
    named = source.document
    placed = [(str(error.get("at", "")), str(error.get("message", ""))) for error in _errors(answer)]
    if lines := [str(source.wrong(at, message)) for at, message in placed if at.startswith("$.")]:
        return "\n".join(lines)
    about = f"{source.file}:{source.line}: {named.kind} {named.metadata.name}: "
    return about + problem_of(answer, KINDS[named.kind].service)


def _errors(answer: httpx.Response) -> Sequence[Mapping[str, Any]]:
    try:
        found = answer.json().get("errors", ())
    except (ValueError, AttributeError):
        return ()
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else ()


def _known(kind: str) -> str:
    """Return the kind of that name, in whatever case and number."""
    by_lower = {name.lower(): name for name in KINDS} | {"brands": "Brand", "connections": "Connection"}
    by_lower |= {name.lower().removesuffix("y") + "ies": name for name in KINDS if name.endswith("y")}
    return by_lower.get(kind.lower()) or fail(f"unknown kind {kind}{meant(kind, KINDS)}")


def _stored(kind: str, brand: str | None) -> list[dict[str, Any]]:
    query = {"kind": kind} | ({"brand": brand} if brand else {})
    found: list[dict[str, Any]] = Api(Settings(), KINDS[kind].service).call("GET", "/v1/documents", params=query)
    return [document for document in found if document["kind"] == kind]


@app.command()
def get(
    kind: str,
    name: Annotated[str | None, typer.Argument()] = None,
    brand: BrandName = None,
    output: Annotated[str, typer.Option(help="table, yaml or json")] = "table",
) -> None:
    """Show stored documents of a kind."""
    found = [d for d in _stored(_known(kind), brand) if name in {None, d["metadata"]["name"]}]
    if output == "json":
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif output == "yaml" or name is not None:
        typer.echo(yaml.safe_dump_all(found, allow_unicode=True, sort_keys=False))
    else:
        columns = ("kind", "brand", "community", "name", "version")
        print_table(columns, map(_row, found), f"no {_known(kind)} is stored")


def _row(document: dict[str, Any]) -> Sequence[object]:
    named = document["metadata"]
    return (
        document["kind"],
        named.get("brand", "-"),
        named.get("community", "-"),
        named["name"],
        document.get("version", "-"),
    )


@app.command()
def diff(file: Files, brand: BrandName = None) -> None:
    """Show what `apply` would change; exit code 1 where it would."""
    changed = False
    for source in sources(file):
        wanted = source.document
        lines = difference(wanted, _stored(wanted.kind, wanted.metadata.brand or brand))
        changed = changed or bool(lines)
        typer.echo("\n".join(lines) if lines else f"{wanted.kind} {wanted.metadata.name}: no difference")
    raise typer.Exit(int(changed))


def difference(wanted: Document, stored: list[dict[str, Any]]) -> list[str]:
    """Return what applying a document would change: lines that differ, each below the names of what it belongs to.

    It is compared with the stored one of its name and community; of one that is not stored yet it is what was written.
    """
    about, name = wanted.metadata, f"{wanted.kind} {wanted.metadata.name}"
    place = (about.name, about.community)
    before = [d["spec"] for d in stored if (d["metadata"]["name"], d["metadata"].get("community")) == place]
    if not before:
        return [f"+++ {name} (file)", *(f"+{line}" for line in _lines(wanted.spec))]
    old, new = _lines(before[0]), _lines(as_stored(wanted))
    lines = list(difflib.unified_diff(old, new, f"{name} (stored)", f"{name} (file)", lineterm="", n=len(old) + len(new)))
    return [*lines[:2], *_changed(lines[3:])]


def _changed(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines that differ, and those under which they stand."""
    kept = set[int]()
    for place, line in enumerate(lines):
        if line[0] != " ":
            depth = _depth(line)
            kept.add(place)
            for above in range(place - 1, -1, -1):
                if _depth(lines[above]) < depth:
                    depth = _depth(lines[above])
                    kept.add(above)
    return (lines[place] for place in sorted(kept))


def _depth(line: str) -> int:
    """Return how deep a line stands: the entries of a list below its name, though YAML begins them in the same column."""
    text = line[1:]
    return 2 * (len(text) - len(text.lstrip())) + text.lstrip().startswith("- ")


def _lines(spec: dict[str, Any]) -> list[str]:
    return yaml.safe_dump(_named_first(spec), allow_unicode=True, sort_keys=False).splitlines()


def _named_first(value: object) -> object:
    """Return a document with its fields in order, behind the one that says what it is of."""
    match value:
        case dict():
            return {name: _named_first(value[name]) for name in sorted(value, key=lambda name: (name not in NAMES, name))}
        case list() | tuple():
            return [_named_first(one) for one in value]
        case _:
            return value


@app.command()
def delete(
    kind: str,
    name: str,
    brand: BrandName = None,
    community: Annotated[str | None, typer.Option(help="Of a Notify: the community whose own it is.")] = None,
) -> None:
    """Delete a document: a Brand, Connection, Staff, Subscription, Notify, Goal, or what members take part in.

    A ReportSchedule, too. Policies are not deleted: apply others.
    """
    known = _known(kind)
    if community is not None and known != "Notify":
        fail(f"a {known} is deleted by its name alone, without --community")
    query = {name: value for name, value in (("brand", brand), ("community", community)) if value}
    api = Api(Settings(), KINDS[known].service)
    try:
        api.send("DELETE", f"/v1/documents/{known}/{name}", params=query)
    finally:
        api.http.close()
    console.print(f"{known} {name} deleted", highlight=False)
