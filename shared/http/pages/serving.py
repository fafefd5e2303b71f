"""What stands around pages: the files that they load, the start, and errors as a person reads them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from shared.errors import Retryable, Unprocessable
from shared.http.origin import is_secure
from shared.http.pages.headers import guard
from shared.http.pages.look import Look
from shared.http.pages.page import elsewhere, page
from shared.http.problems import Problem

FOR_EVER = "public, max-age=31536000, immutable"
"""A year, the most that is customary: the name changes with the content."""
UNAUTHORIZED = 401
KEPT_HEADERS = ("retry-after", "allow")
ERRORS = (Problem, HTTPException, RequestValidationError, Retryable, Unprocessable)
Handler = Callable[[Request, Any], Awaitable[Response]]


def frame(look: Look, home: str) -> APIRouter:
    """Return the routes of files and of the start."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def start(request: Request) -> Response:
        return elsewhere(request, home)

    @routes.get("/pages/{name:path}")
    async def asset(request: Request, name: str) -> Response:
        found = look.assets.get(name)
        if found is None:
            raise Problem(404, "there is no such file")
        response = Response(found.body, media_type=found.kind)
        return guard(response, is_secure=is_secure(request), cache=FOR_EVER)

    return routes


def errors_as_pages(app: FastAPI) -> None:
    """Answer errors with a page where a person asked for one, and who is not known with the way to sign-in."""
    for kind in ERRORS:
        app.add_exception_handler(kind, _as_page(app.exception_handlers[kind]))  # type: ignore[arg-type]


def _as_page(handler: Handler) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        told = await handler(request, error)
        if not wants_page(request):
            return told
        if told.status_code == UNAUTHORIZED:
            return elsewhere(request, f"/sign-in{_back(request)}")
        shown = page(request, "problem.html.j2", status=told.status_code, detail=json.loads(bytes(told.body))["detail"])
        shown.headers.update({name: told.headers[name] for name in KEPT_HEADERS if name in told.headers})
        return shown

    return answer


def wants_page(request: Request) -> bool:
    """Say whether a person asked, and not a program: by a browser, and not for the API."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


def _back(request: Request) -> str:
    """Return what has sign-in lead back to where somebody wanted to go; nobody is led back to what a form sends."""
    if request.method != "GET":
        return ""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"?{urlencode({'next': request.url.path + query})}"
