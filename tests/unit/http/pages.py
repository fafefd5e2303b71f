"""A service's pages without its database: one page, and the frame around it."""

from __future__ import annotations

from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import Response

from shared.http import problems
from shared.http.forms import form
from shared.http.origin import address_of, check_origin
from shared.http.pages.look import look_of
from shared.http.pages.page import page
from shared.http.pages.serving import errors_as_pages, frame
from shared.said import Said

LOCAL = "http://127.0.0.1:8082"


def browser(origin: str = LOCAL, pages_url: str | None = None, proxies: int = 0, **headers: Any) -> httpx.AsyncClient:  # noqa: ANN401
    """Return a browser before the pages, reached under an address."""
    told = {"accept": "text/html"} | headers
    transport = httpx.ASGITransport(_app(pages_url, proxies), client=("192.0.2.1", 1))
    return httpx.AsyncClient(transport=transport, base_url=origin, headers=told)


def _app(pages_url: str | None, proxies: int) -> FastAPI:
    app = FastAPI()
    app.state.look, app.state.pages_url, app.state.proxies = look_of(), pages_url, proxies
    problems.install(app)
    app.include_router(frame(app.state.look, "/cases"))

    @app.get("/member")
    async def member(request: Request, name: str = "") -> Response:
        words = {"problem": Said("Member", "Участник")}
        return page(request, "problem.html.j2", words=words, detail=name)

    @app.get("/closed")
    async def closed() -> Response:
        raise problems.Problem(401, "sign in")

    @app.post("/send")
    async def send(request: Request) -> Response:
        check_origin(request)
        sent = await form(request)
        return Response(f"{sent.one('a')}|{','.join(sent.all('a'))}|{address_of(request)}")

    errors_as_pages(app)
    return app
