"""The API of reporting's documents: `Playbook`, `Listening`, `ContentPlan` as policies, goals and schedules by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from msgspec import Struct

from services.reporting.rules.goals import declared
from services.reporting.rules.schedules import declared as schedules
from shared.directory import Directory, Principal, Scope
from shared.documents import as_stored
from shared.documents.goals import Goal
from shared.documents.schedules import ReportSchedule
from shared.documents.shape import Document
from shared.errors import Misplaced
from shared.http.auth import brand_of, needs, part_of
from shared.http.documents import Policy, check_declared, latest_of, policies_of, posted, put_policy, shown, spec_of
from shared.http.problems import Problem
from shared.policy import Version
from shared.shelf import MongoShelf

GOALS_MAX = 100
"""Of a brand: each is looked at every hour."""
SCHEDULES_MAX = 20
"""Of a brand: each may take a minute of a core each day, and a link of those that a brand may have."""

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]


class Named(NamedTuple):
    """A kind of which a brand has several documents, by name, each about its `spec.communities`."""

    kind: str
    max: int
    """Of a brand."""
    check: Callable[[Struct], None]
    """Raises Misplaced with what the shape cannot tell."""
    warn: Callable[[Struct, Sequence[str]], str | None] = lambda *_: None
    """Says, of the brand's communities, what keeps it from being of use for now."""
    gives_figures: bool = False
    """Whether it gives figures to others: whoever writes it must be allowed to read them."""


class Kept(NamedTuple):
    """Where documents are kept, and what policies and others are checked by, by their kind."""

    shelf: MongoShelf
    directory: Directory
    policies: Mapping[str, Policy]
    named: Mapping[str, Named]


def named_kinds(*, has_folder: bool) -> Mapping[str, Named]:
    """Return the kinds of which a brand has several; `has_folder`: whether files can be put somewhere."""
    kinds = (
        Named(declared.KIND, GOALS_MAX, declared.check, declared.untold),
        Named(schedules.KIND, SCHEDULES_MAX, partial(schedules.check, has_folder=has_folder), gives_figures=True),
    )
    return {one.kind: one for one in kinds}


def routes(kept: Kept) -> APIRouter:
    """Return the routes of reporting's kinds."""
    router = APIRouter()
    kinds = {*kept.policies, *kept.named}

    @router.put("/v1/documents")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        document = await posted(request, kinds)
        if document.kind in kept.named:
            return await _put_named(kept, request, document, principal, brand)
        return await put_policy(kept.shelf, kept.policies[document.kind], request, document, principal, brand)

    @router.get("/v1/documents")
    async def listed(principal: Reader, kind: str = "Playbook", brand: str | None = None) -> JSONResponse:
        if kind not in kinds:
            raise Problem(422, f"this service owns {', '.join(sorted(kinds))}")
        if kind not in kept.named:
            return await policies_of(kept.shelf, kind, principal, brand)
        named = part_of(principal, brand, Scope.POLICIES_READ)
        found = latest_of(await kept.shelf.all(kind), named).values()
        return JSONResponse([_shown(one) for one in found if not one.deleted and may_see(principal, one.spec)])

    @router.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(kind: str, name: str, principal: Writer, brand: str | None = None) -> Response:
        if kind not in kept.named:
            raise Problem(422, f"a {kind} is not deleted: apply another one")
        named = part_of(principal, brand, Scope.POLICIES_WRITE)
        before = await kept.shelf.latest(kind, named, name)
        if before is not None and not before.deleted:
            allow(principal, named, before.spec.get("communities", ()))
        if not await kept.shelf.delete(kind, named, name, principal.name):
            raise Problem(404, f"there is no {kind} {name} that could be deleted")
        return Response(status_code=204)

    return router


def may_see(principal: Principal, spec: Mapping[str, Any]) -> bool:
    """Say whether somebody may read of a goal or a schedule: all of its communities are theirs."""
    named = spec.get("communities", ())
    return principal.communities is None or (bool(named) and set(named) <= principal.communities)


def allow(principal: Principal, brand: str, communities: Sequence[str]) -> None:
    """Raise Problem where not all of the communities are somebody's to write about."""
    for community in communities or (None,):
        brand_of(principal, brand, Scope.POLICIES_WRITE, community)


def allow_giving(principal: Principal) -> None:
    """Raise Problem where somebody may not read the figures that reports would give to others."""
    if Scope.FIGURES_READ not in principal.scopes:
        raise Problem(403, "who has reports sent must be allowed to read them: it takes figures:read as well")


async def _put_named(
    kept: Kept, request: Request, document: Document, principal: Principal, brand: str | None
) -> JSONResponse:
    spec, kind = spec_of(document), kept.named[document.kind]
    assert isinstance(spec, Goal | ReportSchedule), "it is of these kinds"
    if document.metadata.community is not None:
        raise Misplaced("say in `spec.communities` what it is about", "$.metadata.community")
    if kind.gives_figures:
        allow_giving(principal)
    named = part_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE)
    allow(principal, named, spec.communities)
    await check_declared(request, named)
    kind.check(spec)
    name, stored = document.metadata.name, latest_of(await kept.shelf.all(kind.kind), named)
    there = {one.name for one in stored.values() if not one.deleted} - {name}
    if len(there) >= kind.max:
        raise Problem(422, f"{named} has {kind.max} of kind {kind.kind}; delete those that are of no use any more")
    before = await kept.shelf.latest(kind.kind, named, name)
    if before is not None and not before.deleted:
        allow(principal, named, before.spec.get("communities", ()))
    after = await kept.shelf.store(kind.kind, named, name, as_stored(document), principal.name)
    connections = await kept.directory.all("Connection", named)
    communities = [one["id"] for connection in connections for one in connection["spec"].get("communities", ())]
    warnings = filter(None, [kind.warn(spec, communities)])
    is_new = before is None or before.version != after.version
    return JSONResponse(_shown(after) | {"changed": is_new, "warnings": list(warnings)})


def _shown(version: Version) -> dict[str, Any]:
    return shown(version) | {"metadata": {"name": version.name, "brand": version.brand}}
