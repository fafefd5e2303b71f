"""The API of what lets people in: personal tokens, invitations to set a password, sessions to be ended.

Whoever gives somebody a way in must have all that it opens: else a keeper of keys could become an owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from shared.clock import Clock
from shared.directory import Directory, Principal, Scope
from shared.documents.shape import Spec
from shared.http.auth import brand_of, needs
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.staff import passwords
from shared.staff.access import INVITED_FOR, Access
from shared.staff.passwords import Hasher
from shared.staff.people import person

BODY_BYTES_MAX = 10_000
KeysWriter = Annotated[Principal, Depends(needs(Scope.KEYS_WRITE))]


class PasswordRequest(Spec, frozen=True, kw_only=True):
    """A password to be set."""

    password: str


def routes(directory: Directory, access: Access, hasher: Hasher, clock: Clock) -> APIRouter:
    """Return the routes of people."""
    router = APIRouter()

    @router.post("/v1/staff/{name}/token", status_code=201)
    async def personal(name: str, principal: KeysWriter, brand: str | None = None) -> JSONResponse:
        who = await _declared(directory, principal, name, brand)
        replaced = await directory.granted(f"staff/{name}", who.brand)
        token = await directory.grant(who, clock.now(), f"staff/{name}")
        told = {"name": name, "brand": who.brand, "role": who.role.value}
        return JSONResponse(told | {"token": token, "replaced": replaced}, 201)

    @router.post("/v1/staff/{name}/invitation", status_code=201)
    async def invite(name: str, principal: KeysWriter, brand: str | None = None) -> JSONResponse:
        who, now = await _declared(directory, principal, name, brand), clock.now()
        token = await access.invite(who, now)
        told = {"name": name, "brand": who.brand, "expires": (now + INVITED_FOR).isoformat()}
        return JSONResponse(told | {"invitation": token}, 201)

    @router.put("/v1/staff/{name}/password", status_code=204)
    async def password(request: Request, name: str, principal: KeysWriter, brand: str | None = None) -> Response:
        who = await _declared(directory, principal, name, brand)
        chosen = _asked(await limited_body(request.headers, request.receive, BODY_BYTES_MAX)).password
        passwords.check(chosen, name, str(who.brand))
        await access.set_password(who, await hasher.hashed(chosen), clock.now())
        return Response(status_code=204)

    @router.delete("/v1/staff/{name}/sessions")
    async def sign_out(name: str, principal: KeysWriter, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.KEYS_WRITE)
        return JSONResponse({"ended": await access.end_sessions(named, name)})

    return router


async def _declared(directory: Directory, principal: Principal, name: str, brand: str | None) -> Principal:
    """Return what somebody may do. Raises Problem where they are not declared, or may more than whoever asks."""
    named = brand_of(principal, brand, Scope.KEYS_WRITE)
    who = await person(directory, named, name)
    if who is None:
        raise Problem(404, f"{name} is not declared as staff of {named}")
    check_given(principal, named, who.scopes)
    return who


def check_given(principal: Principal, brand: str, scopes: Iterable[Scope]) -> None:
    """Raise Problem where somebody would give what they do not have."""
    beyond = sorted(scope.value for scope in scopes if not principal.may(scope, brand))
    if beyond:
        raise Problem(403, f"you cannot give what you do not have: {', '.join(beyond)}")


def _asked(body: bytes) -> PasswordRequest:
    try:
        return msgspec.json.decode(body, type=PasswordRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, 'send a password: {"password": …}') from error
