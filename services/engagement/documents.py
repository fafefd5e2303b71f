"""The API of engagement's documents: `RewardsPolicy` and `Standing` as policies, polls, contests and goods by name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.engagement.rules.participation.kinds import DOCUMENTS, MECHANISMS
from services.engagement.rules.participation.mechanism import NAME_CHARS_MAX
from services.engagement.rules.unusable import Known, unusable
from services.engagement.store.proclaiming import LOOK_S, Proclaimer
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents import as_stored
from shared.documents.directory import Connection
from shared.documents.rewards import RewardsPolicy
from shared.documents.shape import Document
from shared.documents.standing import Standing
from shared.documents.things import Thing
from shared.errors import Misplaced, Retryable
from shared.http.auth import brand_of, needs, part_of
from shared.http.documents import check_declared, concerns, latest_of, posted, shown, spec_of
from shared.http.problems import Problem
from shared.policy import DEFAULT, Version
from shared.shelf import MongoShelf

THINGS_MAX = 1_000
"""Documents of one kind of a brand that are not deleted."""

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]

Check = Callable[[msgspec.Struct], None]


class Kept(NamedTuple):
    """Where documents are kept, who is told of them, and what policies are checked by (by their kind)."""

    shelf: MongoShelf
    proclaimer: Proclaimer
    policies: Mapping[str, Check]
    has_draw_key: bool
    clock: Clock


def routes(kept: Kept) -> APIRouter:
    """Return the routes of engagement's kinds."""
    router = APIRouter()
    kinds = {*kept.policies, *DOCUMENTS}

    @router.put("/v1/documents")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        document = await posted(request, kinds)
        if document.kind in DOCUMENTS:
            return await _put_thing(kept, request, document, principal, brand)
        return await _put_policy(kept, request, document, principal, brand)

    @router.get("/v1/documents")
    async def listed(principal: Reader, kind: str = "RewardsPolicy", brand: str | None = None) -> JSONResponse:
        if kind not in kinds:
            raise Problem(422, f"this service owns {', '.join(sorted(kinds))}")
        named = part_of(principal, brand, Scope.POLICIES_READ)
        found = [
            one
            for one in _by_name(await _versions(kept, kind, named)).values()
            if not one.deleted and _concerns(principal, one)
        ]
        return JSONResponse([_shown(one) for one in found])

    @router.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(kind: str, name: str, principal: Writer, brand: str | None = None) -> Response:
        if kind not in DOCUMENTS:
            raise Problem(422, f"a {kind} is not deleted: apply another one")
        before = await kept.shelf.latest(kind, part_of(principal, brand, Scope.POLICIES_WRITE), name)
        community = None if before is None or before.deleted else before.spec.get("community")
        named = brand_of(principal, brand, Scope.POLICIES_WRITE, community)
        if not await kept.shelf.delete(kind, named, name, principal.name):
            raise Problem(404, f"there is no {kind} {name} that could be deleted")
        gone = await kept.shelf.latest(kind, named, name)
        assert gone is not None, "it was deleted just now"
        with contextlib.suppress(Retryable):  # it is told later
            await kept.proclaimer.tell(gone)
        return Response(status_code=204)

    return router


async def _put_policy(
    kept: Kept, request: Request, document: Document, principal: Principal, brand: str | None
) -> JSONResponse:
    community = document.metadata.community
    if community is not None and document.kind == "Standing":
        raise Misplaced("where members stand is of the whole brand: leave the community out", "$.metadata.community")
    named = brand_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE, community)
    await check_declared(request, named)
    spec = spec_of(document)
    kept.policies[document.kind](spec)
    told = (await _stored(kept, document, named, community or DEFAULT, principal.name))[1]
    return JSONResponse(told | {"warnings": list(unusable(spec, await _known(kept, request, named)))})


async def _put_thing(
    kept: Kept, request: Request, document: Document, principal: Principal, brand: str | None
) -> JSONResponse:
    """Store a thing. Who looks after some communities alone has it in one of them."""
    spec = spec_of(document)
    assert isinstance(spec, Thing), "of these kinds all are"
    named = brand_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE, spec.community)
    await check_declared(request, named)
    if document.metadata.community is not None:
        raise Misplaced("say in `spec.community` where it is announced", "$.metadata.community")
    if len(document.metadata.name) > NAME_CHARS_MAX:
        raise Misplaced(f"what buttons name has a name of at most {NAME_CHARS_MAX} characters", "$.metadata.name")
    if spec.from_ is not None and spec.until is not None and spec.until <= spec.from_:
        raise Misplaced("it ends before it begins", "$.spec.until")
    mechanism = MECHANISMS[DOCUMENTS[document.kind]]
    mechanism.check(spec)
    versions = await _versions(kept, document.kind, named)
    before = [one for one in versions if one.name == document.metadata.name and not one.deleted]
    if before:  # what was deleted keeps its state
        mechanism.check_change(msgspec.convert(before[-1].spec, mechanism.spec), spec)
    there = [one for one in _by_name(versions).values() if not one.deleted]
    if len(there) >= THINGS_MAX and all(one.name != document.metadata.name for one in there):
        raise Problem(422, f"{named} has {THINGS_MAX} of them; delete those that are over")
    version, told = await _stored(kept, document, named, document.metadata.name, principal.name)
    told["warnings"] = list(unusable(spec, await _known(kept, request, named)))
    try:
        await kept.proclaimer.tell(version)
    except Retryable as error:
        told["warnings"] += [f"it is stored, and takes effect within {LOOK_S:.0f} s of when Kafka is back: {error}"]
    return JSONResponse(told)


async def _known(kept: Kept, request: Request, brand: str) -> Known:
    """Return what the brand has now."""
    standing = await kept.shelf.latest("Standing", brand)
    policies = latest_of(await kept.shelf.all("RewardsPolicy"), brand).values()
    specs = [msgspec.convert(one.spec, RewardsPolicy) for one in policies] or [RewardsPolicy()]
    quizzes = _by_name(await _versions(kept, "Quiz", brand)).values()
    connections = await request.app.state.directory.all("Connection", brand)
    return Known(
        kept.clock.now(),
        Standing() if standing is None else msgspec.convert(standing.spec, Standing),
        {rule.id for spec in specs for rule in spec.rules},
        {one.name for one in quizzes if not one.deleted},
        [msgspec.convert(one["spec"], Connection) for one in connections],
        kept.has_draw_key,
    )


async def _stored(kept: Kept, document: Document, brand: str, name: str, by: str) -> tuple[Version, dict[str, Any]]:
    before = await kept.shelf.latest(document.kind, brand, name)
    stored = await kept.shelf.store(document.kind, brand, name, as_stored(document), by)
    changed = before is None or before.version != stored.version
    return stored, _shown(stored) | {"changed": changed, "warnings": []}


async def _versions(kept: Kept, kind: str, brand: str) -> Sequence[Version]:
    """Return all versions of a brand's documents of a kind, of each document the oldest first."""
    return sorted((one for one in await kept.shelf.all(kind) if one.brand == brand), key=lambda one: one.version)


def _by_name(versions: Sequence[Version]) -> Mapping[str, Version]:
    return {version.name: version for version in versions}


def _concerns(principal: Principal, version: Version) -> bool:
    """Say whether a document is in force where the principal looks."""
    if version.kind not in DOCUMENTS:
        return concerns(principal, version)
    place = version.spec.get("community")
    return principal.communities is None or place is None or place in principal.communities


def _shown(version: Version) -> dict[str, Any]:
    told = shown(version)
    return told if version.kind not in DOCUMENTS else told | {"metadata": {"name": version.name, "brand": version.brand}}
