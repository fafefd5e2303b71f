"""Sharing reports with people who have no account: by links that expire and can be taken back."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.reporting.api.asked import Named, Source, named
from services.reporting.api.reports import Format, written
from services.reporting.figures.tables import TABLES
from services.reporting.pages.report import compose, is_short
from services.reporting.store.shares import SHARES_MAX, Share, Shares
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents.shape import Spec
from shared.http.auth import needs, part_of
from shared.http.body import limited_body, request_of
from shared.http.problems import Problem
from shared.said import Language

PATHS = frozenset({"/shared/{token}"})
"""Routes without a scope: whoever was given the link may read that report."""

DAYS_MAX = 90
"""A link is valid for so long at most."""
BODY_BYTES_MAX = 20_000
COMMUNITIES_MAX = 100

Sharer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
"""Who speaks for the brand: analysts read figures and do not give them away."""

PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


SHARED = tuple(table for table in TABLES if not any(column.id == "member" for column in table.columns))
"""Tables of shared reports: none that names members, or says how soon each of the staff answers."""

RENDERS_MAX = 1
"""Shared reports that are made at once: strangers wait for each other, and not people who work here for them."""

INVALID = "this link is not valid, or not any more: ask for a new one / ссылка не действует: попросите новую"


class ShareRequest(Spec, frozen=True, kw_only=True):
    """Share the report of these days."""

    since: date
    until: date
    """Not included."""
    communities: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=COMMUNITIES_MAX)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = 14
    """How long the link is valid."""


class Sharing(NamedTuple):
    """What links are made from."""

    source: Source
    shares: Shares
    clock: Clock

    async def share(self, principal: Principal, brand: str | None, sent: ShareRequest) -> dict[str, Any]:
        """Make a link; what it holds is told in this answer and never again."""
        if Scope.FIGURES_READ not in principal.scopes:
            raise Problem(403, "who shares a report must be allowed to read it")
        of = named(principal, brand, None if sent.communities is None else list(sent.communities))
        await self.source.frame(of, sent.since, sent.until)  # days that can be asked for
        now = self.clock.now()
        if len(await self.shares.listed(of.brand, now)) >= SHARES_MAX:
            raise Problem(409, f"{of.brand} has {SHARES_MAX} valid links: take some back first")
        communities = None if of.communities is None else tuple(sorted(of.communities))
        over = now + timedelta(days=sent.days)
        asked = Share("", of.brand, communities, sent.since, sent.until, principal.name, now, over)
        token, made = await self.shares.add(asked)
        return _shown(made) | {"path": f"/shared/{token}"}


def routes(sharing: Sharing) -> APIRouter:
    """Return the routes."""
    (source, shares, clock), router, renders = sharing, APIRouter(), asyncio.Semaphore(RENDERS_MAX)
    _add_making(router, sharing)

    @router.get("/shared/{token}", response_class=Response)
    async def read(
        token: str,
        format: Format = Format.HTML,  # noqa: A002 - the parameter's name in the address
        lang: Language = Language.EN,
    ) -> Response:
        """Return the report of a link, as it is now."""
        share = await shares.shown_by(token, clock.now())
        if share is None:
            raise Problem(404, INVALID)
        of = Named(share.brand, share.communities)
        frame = await source.frame(of, share.since, share.until)
        names = await source.names(of.brand)
        async with renders:
            material = await source.read(of, frame, frame.before.first, by_hour=is_short(frame))
            report = await asyncio.to_thread(compose, names, frame, material, SHARED)
            answer = await written(report, format, lang)
        answer.headers.update(PRIVATE)
        return answer

    return router


def _add_making(router: APIRouter, sharing: Sharing) -> None:
    shares, clock = sharing.shares, sharing.clock

    @router.post("/v1/shares")
    async def share(request: Request, principal: Sharer, brand: str | None = None) -> JSONResponse:
        """Make a link; what it holds is told in this answer and never again."""
        sent = request_of(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX), ShareRequest)
        return JSONResponse(await sharing.share(principal, brand, sent), 201)

    @router.get("/v1/shares")
    async def listed(principal: Sharer, brand: str | None = None) -> list[dict[str, Any]]:
        """Return the links that are valid, without what they hold."""
        of = part_of(principal, brand, Scope.POLICIES_WRITE)
        return [_shown(one) for one in await shares.listed(of, clock.now()) if _concerns(principal, one)]

    @router.delete("/v1/shares/{id_}", status_code=204)
    async def take_back(id_: str, principal: Sharer, brand: str | None = None) -> Response:
        """Have a link show nothing any more."""
        of = part_of(principal, brand, Scope.POLICIES_WRITE)
        known = (one for one in await shares.listed(of, clock.now()) if _concerns(principal, one))
        if not any(one.id == id_ for one in known) or not await shares.remove(of, id_):
            raise Problem(404, f"{of} has no valid link {id_}")
        return Response(status_code=204)


def _concerns(principal: Principal, share: Share) -> bool:
    """Say whether all that a link shows is something that they may look at."""
    if principal.communities is None:
        return True
    return share.communities is not None and set(share.communities) <= set(principal.communities)


def _shown(share: Share) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(share)
    return found
