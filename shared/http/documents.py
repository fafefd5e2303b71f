"""The routes of a service's policy kinds: store a version, list, show. `veche apply` speaks to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from shared.directory import Principal, Scope
from shared.documents import API_VERSION, KINDS, as_stored
from shared.documents.shape import Document
from shared.errors import Unprocessable
from shared.http.auth import brand_of, check_brand, needs, part_of
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.policy import DEFAULT, Merge, Version
from shared.shelf import MongoShelf

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
DOCUMENT_BYTES_MAX = 5_000_000
"""A connection with ten thousand titled communities."""

Check = Callable[[msgspec.Struct], None]
"""Looks for what a shape cannot tell; raises Unprocessable."""

Warn = Callable[[str, msgspec.Struct], Awaitable[Sequence[str]]]
"""Tells of a brand's document what keeps it from working for now, each a sentence: it is stored all the same."""


Permit = Callable[[Principal, str, msgspec.Struct], None]
"""Looks whether somebody may have a document say that, of a brand; raises Misplaced."""


async def no_warning(_: str, __: msgspec.Struct) -> Sequence[str]:
    """Say nothing."""
    return ()


async def posted(request: Request, kinds: set[str]) -> Document:
    """Return the document of a request. Raises Problem where it is not one of these kinds."""
    try:
        body = await limited_body(dict(request.headers), request.receive, DOCUMENT_BYTES_MAX)
        document = msgspec.json.decode(body, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"not a document: {error}") from error
    if document.apiVersion != API_VERSION:
        raise Problem(422, f"apiVersion must be {API_VERSION}")
    if document.kind not in kinds:
        raise Problem(422, f"this service owns {', '.join(sorted(kinds))}")
    return document


def spec_of(document: Document) -> msgspec.Struct:
    """Return the spec in its kind's shape. Raises Problem where it is not."""
    try:
        return msgspec.convert(document.spec, KINDS[document.kind].spec)
    except msgspec.ValidationError as error:
        raise Problem(422, f"{document.kind} {document.metadata.name}: {error}") from error


class Inheritance(NamedTuple):
    """How policies of communities stand on their brand's, and what looks at both together; it raises Unprocessable."""

    merge: Merge
    check: Callable[[Mapping[str, Any]], None]


class Policy(NamedTuple):
    """One kind of policy: what looks for what is wrong with it."""

    kind: str
    check: Check
    inheritance: Inheritance | None = None
    warn: Warn = no_warning
    permit: Permit | None = None


def policy_routes(
    kind: str,
    shelf: MongoShelf,
    check: Check,
    inheritance: Inheritance | None = None,
    warn: Warn = no_warning,
    permit: Permit | None = None,
) -> APIRouter:
    """Return PUT, GET for versions of the one kind of policy of a service, for a brand or for one community of it."""
    routes, policy = APIRouter(), Policy(kind, check, inheritance, warn, permit)

    @routes.put("/v1/documents", name=f"apply {kind}")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        return await put_policy(shelf, policy, request, await posted(request, {kind}), principal, brand)

    @routes.get("/v1/documents", name=f"list {kind}")
    async def listed(principal: Reader, brand: str | None = None) -> JSONResponse:
        return await policies_of(shelf, kind, principal, brand)

    return routes


async def put_policy(
    shelf: MongoShelf, policy: Policy, request: Request, document: Document, principal: Principal, brand: str | None
) -> JSONResponse:
    """Store a version of a policy, and return it. Raises Problem and Misplaced where it cannot be one."""
    community, kind = document.metadata.community, policy.kind
    named = brand_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE, community)
    await check_declared(request, named)
    told = spec_of(document)
    policy.check(told)
    if policy.permit is not None:
        policy.permit(principal, named, told)
    spec, name = as_stored(document), community or DEFAULT
    if policy.inheritance is not None:
        check_together(policy.inheritance, name, spec, latest_of(await shelf.all(kind), named))
    before = await shelf.latest(kind, named, name)
    stored = await shelf.store(kind, named, name, spec, principal.name)
    warnings = list(await policy.warn(named, told))
    changed = before is None or before.version != stored.version
    return JSONResponse(shown(stored) | {"changed": changed, "warnings": warnings})


async def policies_of(shelf: MongoShelf, kind: str, principal: Principal, brand: str | None) -> JSONResponse:
    """Return the newest versions of a brand's policies of a kind, those that are in force where the principal looks."""
    named = part_of(principal, brand, Scope.POLICIES_READ)
    latest = latest_of(await shelf.all(kind), named)
    return JSONResponse([shown(version) for version in latest.values() if concerns(principal, version)])


async def check_declared(request: Request, brand: str) -> None:
    """Raise Problem where the brand is not there, with its place in the document."""
    try:
        await check_brand(request, brand)
    except Problem as problem:
        raise Problem(
            problem.status, problem.detail, errors=[{"at": "$.metadata.brand", "message": problem.detail}]
        ) from None


def latest_of(versions: Iterable[Version], brand: str) -> Mapping[str, Version]:
    """Return the newest version of each document of a brand, by its name."""
    found = sorted((version for version in versions if version.brand == brand), key=lambda version: version.version)
    return {version.name: version for version in found}


def check_together(inheritance: Inheritance, name: str, spec: Mapping[str, Any], latest: Mapping[str, Version]) -> None:
    """Look at each community's policy together with the brand's, where the document is one of the two."""
    specs = {version.name: version.spec for version in latest.values()} | {name: spec}
    brand = specs.pop(DEFAULT, {})
    for community, own in specs.items():
        if name not in {DEFAULT, community}:
            continue
        try:
            inheritance.check(inheritance.merge(brand, own))
        except (Unprocessable, msgspec.ValidationError) as error:
            raise Unprocessable(f"the policies of the brand and of {community} do not go together: {error}") from error


def concerns(principal: Principal, version: Version) -> bool:
    """Say whether a policy is in force where the principal looks: the brand's own is in force everywhere."""
    return version.name == DEFAULT or principal.communities is None or version.name in principal.communities


def shown(version: Version) -> dict[str, Any]:
    """Return a version of a policy as the API tells it: the brand's own, or that of a community."""
    community = None if version.name == DEFAULT else version.name
    return {
        "apiVersion": API_VERSION,
        "kind": version.kind,
        "metadata": {"name": DEFAULT, "brand": version.brand} | ({"community": community} if community else {}),
        "spec": dict(version.spec),
        "version": version.version,
        "effective": version.effective.isoformat(),
    }
