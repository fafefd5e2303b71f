"""Sources over a made-up platform: a connection that is polled, and the first pages that come of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from services.ingest.sources.source import Page, Source
from services.ingest.store import Connected
from shared.documents.directory import Community, Connection, SecretRef

Answer = Callable[[httpx.Request], httpx.Response]
TOKEN = "a-token-that-nobody-may-see"


def http(answer: Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def connection(*communities: str, token: str | None = TOKEN) -> Connected:
    spec = Connection(
        platform="vk",
        mode="poll",
        token=SecretRef(env="ACME_TOKEN"),
        communities=tuple(Community(id=community) for community in communities),
    )
    return Connected("polled", "acme", spec, (), token)


async def first(source: Source, found: Connected, count: int = 1, place: str = "") -> list[Page]:
    """Return the first pages from a place on."""
    pages = source.pages(found, place)
    read = [await anext(pages) for _ in range(count)]
    await pages.aclose()
    return read


def bodies(page: Page) -> list[Any]:
    return [json.loads(piece.body) for piece in page.pieces]
