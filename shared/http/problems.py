"""Errors as RFC 9457 problem documents. HTTP codes exist here and nowhere deeper."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import Misplaced, Retryable, Unprocessable

log = logging.getLogger(__name__)
RETRY_AFTER_S = 5


class Problem(Exception):
    """An answer that is not a success: status, a short title, a sentence on what to do."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: list[dict[str, object]] | None = None,
        retry_after_s: float = RETRY_AFTER_S,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.retry_after_s = status, detail, errors, retry_after_s


def document(
    status: int, detail: str, errors: list[dict[str, object]] | None = None, retry_after_s: float = RETRY_AFTER_S
) -> JSONResponse:
    """Return the problem document of an answer; `retry_after_s` goes with 429 and 503."""
    body: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    headers = {"Retry-After": str(math.ceil(retry_after_s))} if status in {429, 503} else {}
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        headers["Connection"] = "close"  # the rest of the body is not waited for
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def of_problem(problem: Problem) -> JSONResponse:
    """Return the problem document of a problem."""
    return document(problem.status, problem.detail, problem.errors, problem.retry_after_s)


def install(app: FastAPI) -> None:
    """Answer every error of an app with a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        return of_problem(error)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return document(error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        errors: list[dict[str, object]] = [{"at": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        return document(422, "the request is not as it should be", errors)

    @app.exception_handler(Retryable)
    async def _retryable(_: Request, error: Retryable) -> JSONResponse:
        log.warning("answered 503: %s", error)
        return document(503, f"try again in a moment: {error}")

    @app.exception_handler(Unprocessable)
    async def _unprocessable(_: Request, error: Unprocessable) -> JSONResponse:
        errors: list[dict[str, object]] | None = None
        if isinstance(error, Misplaced):
            errors = [{"at": one.at, "message": str(one)} for one in error.all]
        return document(422, str(error), errors)
