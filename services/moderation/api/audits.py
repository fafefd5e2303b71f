"""The record of who did what, to be verified by whoever reads it; and how often second looks agree with first ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.moderation.api.second_looks import SecondLooks
from services.moderation.store.cases import Cases
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs, part_of

PAGE_MAX = 1_000
"""Entries of one answer: about 500 kB."""

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
After = Annotated[int, Query(ge=0)]


def audits(cases: Cases) -> APIRouter:
    """Return the routes of the audit and of agreement."""
    routes, second_looks = APIRouter(), SecondLooks(cases)

    @routes.get("/v1/audit")
    async def heads(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        seen = [one for one in await cases.audited(named) if principal.may(Scope.DECISIONS_READ, named, one)]
        found = {community: await cases.head(named, community) for community in seen}
        return JSONResponse([{"community": name, "n": head.n, "hash": head.hash} for name, head in found.items()])

    @routes.get("/v1/audit/entries")
    async def entries(principal: Reader, community: str, brand: str | None = None, after: After = 0) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        brand_of(principal, named, Scope.DECISIONS_READ, community)
        found = await second_looks.audited(await cases.audit(named, community, after, PAGE_MAX), principal)
        return JSONResponse([{name: value for name, value in one.items() if name not in {"_id", "kind"}} for one in found])

    @routes.get("/v1/agreement")
    async def agreement(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        found = await cases.reviews(named, principal.communities)
        return JSONResponse(
            {
                "reviews": len(found),
                "by_rule": _counted(found, lambda one: one["rules"]),
                "by_moderator": _counted(found, lambda one: (one["first"]["by"], one["second"]["by"])),
            }
        )

    return routes


def _counted(reviews: Sequence[Mapping[str, Any]], names: Any) -> Mapping[str, Mapping[str, float]]:  # noqa: ANN401 - a function
    """Return how many reviews there are by name, and the share that agrees."""
    total: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for one in reviews:
        of: Iterable[str] = names(one)
        total.update(of)
        agreed.update(names(one) if one["agree"] else ())
    return {name: {"reviews": count, "agreed": round(agreed[name] / count, 3)} for name, count in sorted(total.items())}
