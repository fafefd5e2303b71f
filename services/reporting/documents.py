"""The API of reporting's documents: `Playbook`, `Listening` and `ContentPlan` as policies, goals by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.reporting.rules.goals import declared
from shared.directory import Directory, Principal, Scope
from shared.documents import as_stored
from shared.documents.goals import Goal
from shared.documents.shape import Document
from shared.errors import Misplaced
from shared.http.auth import brand_of, needs, part_of
from shared.http.documents import Policy, check_declared, latest_of, policies_of, posted, put_policy, shown, spec_of
from shared.http.problems import Problem
from shared.policy import Version
from shared.shelf import MongoShelf

GOALS_MAX = 100
"""Of a brand: each is looked at every hour."""

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]


class Kept(NamedTuple):
    """Where documents are kept, and what policies are checked by, by their kind."""

    shelf: MongoShelf
    directory: Directory
    policies: Mapping[str, Policy]


def routes(kept: Kept) -> APIRouter:
    """Return the routes of reporting's kinds."""
    router = APIRouter()
    kinds = {*kept.policies, declared.KIND}

    @router.put("/v1/documents")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        document = await posted(request, kinds)
        if document.kind == declared.KIND:
            return await _put_goal(kept, request, document, principal, brand)
        return await put_policy(kept.shelf, kept.policies[document.kind], request, document, principal, brand)

    @router.get("/v1/documents")
    async def listed(principal: Reader, kind: str = "Playbook", brand: str | None = None) -> JSONResponse:
        if kind not in kinds:
            raise Problem(422, f"this service owns {', '.join(sorted(kinds))}")
        if kind != declared.KIND:
            return await policies_of(kept.shelf, kind, principal, brand)
        named = part_of(principal, brand, Scope.POLICIES_READ)
        found = latest_of(await kept.shelf.all(kind), named).values()
        return JSONResponse([_shown(one) for one in found if not one.deleted and may_see(principal, one.spec)])

    @router.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(kind: str, name: str, principal: Writer, brand: str | None = None) -> Response:
        if kind != declared.KIND:
            raise Problem(422, f"a {kind} is not deleted: apply another one")
        named = part_of(principal, brand, Scope.POLICIES_WRITE)
        before = await kept.shelf.latest(kind, named, name)
        if before is not None and not before.deleted:
            _allow(principal, named, before.spec.get("communities", ()))
        if not await kept.shelf.delete(kind, named, name, principal.name):
            raise Problem(404, f"there is no {kind} {name} that could be deleted")
        return Response(status_code=204)

    return router


def may_see(principal: Principal, spec: Mapping[str, Any]) -> bool:
    """Say whether somebody may read a goal: all of its communities are theirs."""
    named = spec.get("communities", ())
    return principal.communities is None or (bool(named) and set(named) <= principal.communities)


def _allow(principal: Principal, brand: str, communities: tuple[str, ...]) -> None:
    """Raise Problem where not all of the communities are somebody's to write about."""
    for community in communities or (None,):
        brand_of(principal, brand, Scope.POLICIES_WRITE, community)


async def _put_goal(
    kept: Kept, request: Request, document: Document, principal: Principal, brand: str | None
) -> JSONResponse:
    spec = spec_of(document)
    assert isinstance(spec, Goal), "it is of this kind"
    if document.metadata.community is not None:
        raise Misplaced("say in `spec.communities` what it is about", "$.metadata.community")
    named = part_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE)
    _allow(principal, named, spec.communities)
    await check_declared(request, named)
    declared.check(spec)
    name, stored = document.metadata.name, latest_of(await kept.shelf.all(declared.KIND), named)
    there = {one.name for one in stored.values() if not one.deleted} - {name}
    if len(there) >= GOALS_MAX:
        raise Problem(422, f"{named} has {GOALS_MAX} goals; delete those that are over")
    before = await kept.shelf.latest(declared.KIND, named, name)
    if before is not None and not before.deleted:
        _allow(principal, named, before.spec.get("communities", ()))
    after = await kept.shelf.store(declared.KIND, named, name, as_stored(document), principal.name)
    connections = await kept.directory.all("Connection", named)
    communities = [one["id"] for connection in connections for one in connection["spec"].get("communities", ())]
    warnings = filter(None, [declared.untold(spec, communities)])
    is_new = before is None or before.version != after.version
    return JSONResponse(_shown(after) | {"changed": is_new, "warnings": list(warnings)})


def _shown(version: Version) -> dict[str, Any]:
    return shown(version) | {"metadata": {"name": version.name, "brand": version.brand}}
