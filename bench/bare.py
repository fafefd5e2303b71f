"""Bare FastAPI endpoints: one only reads the body, one also decodes the events in it. What the edge is measured against."""

from __future__ import annotations

import sys
from typing import Any, Union

import msgspec
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from shared.events import TYPES

UNION: Any = Union[tuple(TYPES.values())]  # noqa: UP007 - made of a tuple
app = FastAPI()


@app.post("/v1/hooks/{connection}")
async def hook(connection: str, request: Request) -> PlainTextResponse:
    """Read the body."""
    del connection
    await request.body()
    return PlainTextResponse("ok")


_events = msgspec.json.Decoder(list[UNION])


@app.post("/v1/events", status_code=202)
async def events(request: Request) -> PlainTextResponse:
    """Read the body and decode the events."""
    return PlainTextResponse(f"{len(_events.decode(await request.body()))}", 202)


@app.get("/health/ready")
async def ready() -> PlainTextResponse:
    """Say that it is there."""
    return PlainTextResponse("ok")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False)
