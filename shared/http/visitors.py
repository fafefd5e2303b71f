"""People who are known by a cookie instead of a token: which session it is, and that a page of ours sent the request."""

from __future__ import annotations

import hmac

from fastapi import Request, Response

from shared.clock import Clock
from shared.http.forms import form
from shared.http.origin import check_origin, is_secure
from shared.http.problems import Problem
from shared.staff.devices import KNOWN_FOR, Devices
from shared.staff.sessions import Session, Sessions

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, whoever sends them."""
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


def cookie_of(request: Request) -> str:
    """Return the cookie's name; `__Host-` has browsers refuse it from anybody but this host, over https."""
    return "__Host-veche" if is_secure(request) else "veche"


def known_cookie_of(request: Request) -> str:
    """Return the name of the cookie by which a browser is known."""
    return f"{cookie_of(request)}-known"


def device_of(request: Request) -> str | None:
    """Return what a browser is known by in which somebody has signed in before."""
    return request.cookies.get(known_cookie_of(request))


class Visitors:
    """Whoever signed in at a service's pages."""

    def __init__(self, sessions: Sessions, devices: Devices, clock: Clock) -> None:
        self._sessions, self._devices, self._clock = sessions, devices, clock

    async def session(self, request: Request) -> Session | None:
        """Return the session of a request, None where there is none.

        Raises Problem 403 where the request would change something, and no page of that very session sent it.
        """
        id_ = request.cookies.get(cookie_of(request))
        found = None if not id_ else await self._sessions.get(id_, self._clock.now())
        if found is None:
            return None
        if request.method not in SAFE:
            check_origin(request)
            await _check_token(request, found)
        request.state.session, request.state.principal = found, found.principal
        return found

    async def begin(self, request: Request, response: Response, session: Session) -> None:
        """Hand out a session, and end the one that the browser had before: an id is never used for two people.

        The cookie goes along when a link of a mail or a chat is followed (Lax), so that links to cases work; what changes
        something is sent by POST, and no other site's POST takes it along. It ends with the browser, or with the session.
        Another, which lets nobody in, stays: by it the browser is known at the next sign-in.
        """
        await self.forget(request)
        secure = is_secure(request)
        response.set_cookie(cookie_of(request), session.id, path="/", secure=secure, httponly=True, samesite="lax")
        known = await self._devices.note(device_of(request), session.principal, self._clock.now())
        for_s = round(KNOWN_FOR.total_seconds())
        name = known_cookie_of(request)
        response.set_cookie(name, known, max_age=for_s, path="/", secure=secure, httponly=True, samesite="lax")

    async def forget(self, request: Request) -> None:
        """End the session that a request names."""
        id_ = request.cookies.get(cookie_of(request))
        if id_:
            await self._sessions.end(id_)


def clear(request: Request, response: Response) -> None:
    """Have the browser drop its cookie."""
    response.delete_cookie(cookie_of(request), path="/", secure=is_secure(request), httponly=True, samesite="lax")


async def _check_token(request: Request, session: Session) -> None:
    sent = request.headers.get(CSRF_HEADER) or (await form(request)).one(CSRF_FIELD)
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Problem(403, "this page is of another session; load it again, and then send it")
