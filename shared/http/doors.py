"""The pages by which people get in and out: sign-in, an invitation, the account, sign-out."""

from __future__ import annotations

import math
import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from shared.http.forms import Form, form
from shared.http.origin import address_of, check_origin
from shared.http.pages.page import elsewhere, language_here, page
from shared.http.pages.words import ROLES, WORDS
from shared.http.problems import Problem
from shared.http.visitors import Visitors, clear, device_of
from shared.said import Said
from shared.staff.access import Access
from shared.staff.entrance import Claim, Entrance, TooSoon, Uninvited, Wrong
from shared.staff.passwords import Weak
from shared.staff.sessions import Session

LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}\Z")
"""A path of our own: two slashes, or a slash and a backslash, would lead to another host."""


def local(path: str) -> str:
    """Return a path of our own as it is, and the start for anything else."""
    return path if LOCAL.match(path) else "/"


def sign_in(entrance: Entrance, visitors: Visitors) -> APIRouter:
    """Return the routes of sign-in, which anybody may use."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/sign-in")
    async def ask(request: Request, next: str = "/", brand: str = "") -> Response:  # noqa: A002 - as links have it
        if await visitors.session(request) is not None:
            return elsewhere(request, local(next))
        return _asked(request, Form((("next", next), ("brand", brand))))

    @routes.post("/sign-in")
    async def try_in(request: Request) -> Response:
        check_origin(request)
        sent = await form(request)
        try:
            session = await entrance.sign_in(_claim(sent), address_of(request), device_of(request))
        except Wrong:
            return _asked(request, sent, WORDS["wrong"].by(language_here(request)), 403)
        except TooSoon as error:
            wait_s = math.ceil(error.wait_s)
            later = _asked(request, sent, WORDS["too_soon"].by(language_here(request)).format(wait_s), 429)
            later.headers["Retry-After"] = str(wait_s)
            return later
        answer = elsewhere(request, local(sent.one("next")))
        await visitors.begin(request, answer, session)
        return answer

    return routes


def invitations(entrance: Entrance, visitors: Visitors) -> APIRouter:
    """Return the routes of invitations, for whoever has one."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/sign-in/invitation/{token}")
    async def invited(request: Request, token: str) -> Response:
        return await _invited(request, entrance, token)

    @routes.post("/sign-in/invitation/{token}")
    async def accept(request: Request, token: str) -> Response:
        check_origin(request)
        sent = await form(request)
        if sent.one("password") != sent.one("again"):
            return await _invited(request, entrance, token, WORDS["unlike"])
        try:
            session = await entrance.accept(token, sent.one("password"))
        except Weak as error:
            return await _invited(request, entrance, token, error.said)
        except Uninvited:
            return _uninvited(request)
        answer = elsewhere(request, "/")
        await visitors.begin(request, answer, session)
        return answer

    return routes


def account(access: Access, visitors: Visitors) -> APIRouter:
    """Return the routes of whoever is signed in, whatever they may do."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/account")
    async def shown(request: Request) -> Response:
        role = (await _signed_in(visitors, request)).principal.role
        return page(request, "account.html.j2", role=ROLES[role.value].by(language_here(request)))

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        who = (await _signed_in(visitors, request)).principal
        if (await form(request)).one("everywhere"):
            await access.end_sessions(who.brand, who.name)
        await visitors.forget(request)
        answer = elsewhere(request, "/signed-out")
        clear(request, answer)
        return answer

    @routes.get("/signed-out")
    async def signed_out(request: Request) -> Response:
        return page(request, "signed-out.html.j2")

    return routes


async def _signed_in(visitors: Visitors, request: Request) -> Session:
    session = await visitors.session(request)
    if session is None:
        raise Problem(401, "sign in first")
    return session


def _claim(sent: Form) -> Claim:
    """Return who somebody says they are; keyboards of phones begin names with a capital and end them with a space."""
    brand, name = (sent.one(field).strip().lower() for field in ("brand", "name"))
    return Claim(brand, name, sent.one("password"))


def _asked(request: Request, sent: Form, error: str | None = None, status: int = 200) -> HTMLResponse:
    """Return the form, with what was typed but the password."""
    back, brand, name = local(sent.one("next")), sent.one("brand"), sent.one("name")
    return page(request, "sign-in.html.j2", status=status, error=error, next=back, brand=brand, name=name)


async def _invited(request: Request, entrance: Entrance, token: str, error: Said | None = None) -> Response:
    try:
        found = await entrance.invited(token)
    except Uninvited:
        return _uninvited(request)
    said = None if error is None else error.by(language_here(request))
    return page(request, "invitation.html.j2", status=422 if error else 200, error=said, invited=found)


def _uninvited(request: Request) -> Response:
    return page(request, "problem.html.j2", status=404, detail=WORDS["uninvited"].by(language_here(request)))
