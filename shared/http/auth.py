"""Who asks: a token, `Authorization: Bearer …`, or the cookie of somebody who signed in, where a service serves pages.

Checked by every route but health, metrics, signed hooks and sign-in.

The brand that a request names is looked for at the same place. Permission comes first: who may not look into a brand is not
told whether there is one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from shared.directory import Directory, Principal, Scope
from shared.http.brands import Brands
from shared.http.problems import Problem
from shared.http.visitors import Visitors

OPEN_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Routes without a token; hooks check the platform's own signature or secret."""

BEFORE_A_BRAND = frozenset({Scope.DIRECTORY_READ, Scope.DIRECTORY_WRITE, Scope.POLICIES_READ})
"""Scopes of routes that are asked before a brand is there: it is declared through one, `veche diff` reads the others."""


def needs(scope: Scope, *others: Scope) -> Callable[[Request], Awaitable[Principal]]:
    """Return the dependency of a route that only tokens with this scope, or one of the others, may use.

    The brand that is named must be there.
    """

    async def principal(request: Request) -> Principal:
        found = await _principal(request)
        request.state.principal = found
        held = next((one for one in (scope, *others) if one in found.scopes), None)
        if held is None:
            raise Problem(403, f"{_what(request)} lacks the scope {scope.value}")
        named = request.query_params.get("brand") or found.brand
        if named is not None and held not in BEFORE_A_BRAND and found.may_in_part(held, named):
            await check_brand(request, named)
        return found

    principal.scope = scope  # type: ignore[attr-defined] # the route table's test reads it
    return principal


async def _principal(request: Request) -> Principal:
    """Return who asks. A request that names a token is never taken by its cookie: programs need no page's permission."""
    visitors: Visitors | None = getattr(request.app.state, "visitors", None)  # there where signin.py has put them
    if visitors is not None and "authorization" not in request.headers:
        session = await visitors.session(request)
        if session is not None:
            return session.principal
    return await _holder(request)


def _what(request: Request) -> str:
    return "this token" if "authorization" in request.headers else "your role"


async def _holder(request: Request) -> Principal:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Problem(401, "send a token: Authorization: Bearer …")
    directory: Directory = request.app.state.directory
    found = await directory.principal(token)
    if found is None:
        raise Problem(401, "this token is not known; it may have been replaced or revoked")
    return found


async def check_brand(request: Request, brand: str) -> None:
    """Raise Problem 404 where nobody has declared the brand: for routes that are told it in the body."""
    brands: Brands = request.app.state.brands
    await brands.check(brand)


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
        raise Problem(422, "name a brand: this token is of all of them (`?brand=`, in a terminal `--brand`)")
    if not principal.may_in_part(scope, named):
        raise Problem(403, f"this token may not do that in {named}")
    return named
