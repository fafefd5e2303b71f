"""Bare FastAPI endpoints: one only reads the body, one decodes and validates events. What the edge is measured against."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from services.ingest.rules.strict import all_accepted
from shared.clock import SystemClock

app = FastAPI()
clock = SystemClock()


@app.post("/v1/hooks/{connection}")
async def hook(connection: str, request: Request) -> PlainTextResponse:
    """Read the body."""
    del connection
    await request.body()
    return PlainTextResponse("ok")


@app.post("/v1/events", status_code=202)
async def events(request: Request) -> PlainTextResponse:
    """Read the body, decode the events and validate them by the rules of the API, and let them go."""
    found = all_accepted(await request.body(), clock.now())
    return PlainTextResponse("", 422 if found is None else 202)


@app.get("/health/ready")
async def ready() -> PlainTextResponse:
    """Say that it is there."""
    return PlainTextResponse("ok")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False)
