"""Sign-in: its pages, and what a service needs so that its own pages can be used by those who signed in.

    signin.install(service, package="services.moderation", home="/cases")

From then on `needs(scope)` takes a token or the cookie of a session. A page leads whoever is not known to sign-in, and back;
any other error is a page as well, where a person asked.
"""

from __future__ import annotations

from fastapi import FastAPI

from shared.http.doors import account, invitations, sign_in
from shared.http.pages.look import look_of
from shared.http.pages.serving import errors_as_pages, frame
from shared.http.visitors import Visitors
from shared.runtime import Service, prepared
from shared.staff.access import Access
from shared.staff.attempts import Attempts
from shared.staff.devices import Devices
from shared.staff.entrance import Entrance
from shared.staff.passwords import Hasher
from shared.staff.sessions import Sessions

PATHS = frozenset(
    {"/", "/account", "/pages/{name:path}", "/sign-in", "/sign-in/invitation/{token}", "/sign-out", "/signed-out"}
)
"""Routes without a scope: open to all, but the account and sign-out, which are each person's own."""


def install(service: Service, package: str | None = None, home: str = "/account") -> None:
    """Give a service sign-in, and its pages their frame.

    `package` has a folder `pages` with templates, styles and scripts of its own; `home` is the page that people come to.
    """
    database, state = service.settings.database("directory"), service.api.state
    sessions = Sessions(service.client, database, service.directory)
    access, attempts = Access(service.client, database), Attempts(service.client, database)
    devices = Devices(service.client, database)
    entrance = Entrance(service.directory, access, sessions, attempts, devices, Hasher(), service.clock)
    state.pages_url, state.proxies = service.settings.pages_url, service.settings.proxies
    state.look, state.visitors = look_of(package), Visitors(sessions, devices, service.clock)
    service.workers.append(prepared(entrance.prepare))
    for routes in (
        frame(state.look, home),
        sign_in(entrance, state.visitors),
        invitations(entrance, state.visitors),
        account(access, state.visitors),
    ):
        service.api.include_router(routes)
    errors_as_pages(service.api)
    _without_docs(service.api)


def show_pages(service: Service, package: str, home: str) -> None:
    """Give a service pages that nobody signs in for: the frame, and errors as pages. Links open them that hold a code."""
    state = service.api.state
    state.pages_url, state.proxies = service.settings.pages_url, service.settings.proxies
    state.look = look_of(package)
    service.api.include_router(frame(state.look, home))
    errors_as_pages(service.api)
    _without_docs(service.api)


def _without_docs(app: FastAPI) -> None:
    """Take away the page of the API's description: its scripts come from another host, and would run beside sessions.

    The description itself stays, at `/openapi.json`.
    """
    found = {"/docs", "/docs/oauth2-redirect"}
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", None) not in found]
