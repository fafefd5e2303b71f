"""`/v1/models`: a brand's own classifiers, uploaded, listed, and turned live, shadow or off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from shared.directory import Principal, Scope
from shared.documents.shape import Slug
from shared.http.auth import brand_of, check_brand, needs
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.learned.artifact import MODEL_BYTES_MAX
from shared.learned.stored import ModelStatus
from shared.models.shelf import Models
from shared.policy import Version

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]


Asked = Callable[[], Awaitable[Collection[tuple[str, str]]]]
"""Tells which models policies name, each with its brand."""


def models(store: Models, asked: Asked, first: ModelStatus = "shadow", bytes_max: int = MODEL_BYTES_MAX) -> APIRouter:
    """Return the routes; `first` is the status of one that is uploaded without one, `bytes_max` the size of a file."""
    routes = APIRouter()

    async def shown(stored: Version) -> JSONResponse:
        return JSONResponse(_shown(stored) | {"asked": (stored.brand, stored.name) in await asked()})

    @routes.put("/v1/models/{name}")
    async def put(
        name: str, request: Request, principal: Writer, brand: str | None = None, status: ModelStatus = first
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_WRITE)
        _check_name(name)
        await check_brand(request, named)
        raw = await limited_body(dict(request.headers), request.receive, bytes_max)
        return await shown(await store.put(named, name, raw, status, principal.name))

    @routes.put("/v1/models/{name}/status/{status}")
    async def turn(name: str, status: ModelStatus, principal: Writer, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_WRITE)
        stored = await store.turn(named, name, status, principal.name)
        if stored is None:
            raise Problem(404, f"there is no model {name} in {named}")
        return await shown(stored)

    @routes.get("/v1/models")
    async def listed(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_READ)
        return JSONResponse([_shown(version) for version in await store.listed(named)])

    return routes


def _check_name(name: str) -> None:
    try:
        msgspec.convert(name, Slug)
    except msgspec.ValidationError as error:
        raise Problem(422, f"{name} is no name: lower-case letters, digits, inner dots, dashes and underscores") from error


def _shown(version: Version) -> dict[str, Any]:
    told = {name: version.spec[name] for name in ("status", "labels", "bytes")}
    return {
        "name": version.name,
        "model": version.spec["version"],
        **told,
        "version": version.version,
        "effective": version.effective.isoformat(),
    }
