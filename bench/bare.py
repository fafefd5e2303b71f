"""A bare FastAPI endpoint that only reads the body: what the webhook is measured against."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.post("/v1/hooks/{connection}")
async def hook(connection: str, request: Request) -> PlainTextResponse:
    """Read the body."""
    del connection
    await request.body()
    return PlainTextResponse("ok")


@app.get("/health/ready")
async def ready() -> PlainTextResponse:
    """Say that it is there."""
    return PlainTextResponse("ok")


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False, server_header=False)
