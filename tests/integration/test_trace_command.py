"""`veche trace` before a store that answers as Zipkin does."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from typer.testing import CliRunner, Result

from services.__main__ import app as command
from tests.integration.sockets import served

TRACE, EVENT = "0af7651916cd43dd8448eb211c80319c", "e" * 32


def store() -> FastAPI:
    """Return a store that holds one trace, with one event in it."""
    app = FastAPI()

    @app.get("/zipkin/api/v2/trace/{trace}")
    async def one(trace: str) -> JSONResponse:
        return JSONResponse([{"traceId": TRACE}]) if trace == TRACE else JSONResponse({}, 404)

    @app.get("/zipkin/api/v2/traces")
    async def found(annotationQuery: str) -> list[list[dict[str, Any]]]:  # noqa: N803 - Zipkin's name
        return [[{"traceId": TRACE}]] if annotationQuery == f"veche.event_id={EVENT}" else []

    return app


async def asked(id_: str) -> tuple[Result, str]:
    async with served(store()) as port:
        ui = f"http://127.0.0.1:{port}/zipkin/"
        return await asyncio.to_thread(CliRunner().invoke, command, ["trace", id_], env={"VECHE_TRACE_UI": ui}), ui


async def test_an_event_and_a_trace_lead_to_the_same_page() -> None:
    for id_ in (EVENT, TRACE):
        result, ui = await asked(id_)

        assert (result.exit_code, result.stdout.strip()) == (0, f"{ui}traces/{TRACE}")


async def test_what_is_in_no_trace_is_said_to_be() -> None:
    for id_ in ("f" * 32, "telegram:-1:5"):
        result, _ = await asked(id_)

        assert result.exit_code == 1
        assert f"no trace holds {id_}" in result.output
