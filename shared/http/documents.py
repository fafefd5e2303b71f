"""The routes of a service's policy kinds: store a version, list, show. `veche apply` speaks to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from shared.directory import Principal, Scope
from shared.documents import API_VERSION, KINDS, as_stored
from shared.documents.shape import Document
from shared.http.auth import brand_of, check_brand, needs, part_of
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.policy import DEFAULT, MongoShelf, Version

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
DOCUMENT_BYTES_MAX = 5_000_000
"""A connection with ten thousand titled communities."""

Check = Callable[[msgspec.Struct], None]
"""Looks for what a shape cannot tell; raises Unprocessable."""


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


def policy_routes(kind: str, shelf: MongoShelf, check: Check) -> APIRouter:
    """Return PUT, GET for versions of one kind of policy, for a brand or for one community of it."""
    routes = APIRouter()

    @routes.put("/v1/documents", name=f"apply {kind}")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        document = await posted(request, {kind})
        community = document.metadata.community
        named = brand_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE, community)
        await check_brand(request, named)
        spec = spec_of(document)
        check(spec)
        before = await shelf.latest(kind, named, community or DEFAULT)
        stored = await shelf.store(kind, named, community or DEFAULT, as_stored(kind, spec), principal.name)
        return JSONResponse(_shown(stored) | {"changed": before is None or before.version != stored.version})

    @routes.get("/v1/documents", name=f"list {kind}")
    async def listed(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.POLICIES_READ)
        found = [version for version in await shelf.all(kind) if version.brand == named and _concerns(principal, version)]
        latest = {version.name: version for version in sorted(found, key=lambda version: version.version)}
        return JSONResponse([_shown(version) for version in latest.values()])

    return routes


def _concerns(principal: Principal, version: Version) -> bool:
    """Say whether a policy is in force where the principal looks: the brand's own is in force everywhere."""
    return version.name == DEFAULT or principal.communities is None or version.name in principal.communities


def _shown(version: Version) -> dict[str, Any]:
    community = None if version.name == DEFAULT else version.name
    return {
        "apiVersion": API_VERSION,
        "kind": version.kind,
        "metadata": {"name": DEFAULT, "brand": version.brand} | ({"community": community} if community else {}),
        "spec": dict(version.spec),
        "version": version.version,
        "effective": version.effective.isoformat(),
    }
