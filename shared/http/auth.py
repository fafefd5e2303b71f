"""Tokens at the edge: `Authorization: Bearer …`, checked by every route but health, metrics and signed hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from shared.directory import Directory, Principal, Scope
from shared.http.problems import Problem

OPEN_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Routes without a token; hooks check the platform's own signature or secret."""


def needs(scope: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """Return the dependency of a route that only tokens with this scope may use."""

    async def principal(request: Request) -> Principal:
        found = await _principal(request)
        if scope not in found.scopes:
            raise Problem(403, f"this token lacks the scope {scope.value}")
        return found

    principal.scope = scope  # type: ignore[attr-defined] # the route table's test reads it
    return principal


async def _principal(request: Request) -> Principal:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Problem(401, "send a token: Authorization: Bearer …")
    directory: Directory = request.app.state.directory
    found = await directory.principal(token)
    if found is None:
        raise Problem(401, "this token is not known; it may have been replaced or revoked")
    return found


def brand_of(principal: Principal, brand: str | None, scope: Scope, community: str | None = None) -> str:
    """Return the brand a request is about: the named one, else the token's own. Raises Problem where it may not.

    Without a community the request is about the whole brand: a token that is limited to communities may not.
    """
    named = part_of(principal, brand, scope)
    if principal.may(scope, named, community):
        return named
    if community is None:
        raise Problem(403, f"that concerns all of {named}, and this token is limited to some of its communities")
    raise Problem(403, f"this token may not do that in {named}/{community}")


def part_of(principal: Principal, brand: str | None, scope: Scope) -> str:
    """Return the brand a request is about, for a route that keeps to the principal's communities by itself."""
    named = brand or principal.brand
    if named is None:
        raise Problem(422, "name a brand")
    if not principal.may_in_part(scope, named):
        raise Problem(403, f"this token may not do that in {named}")
    return named
