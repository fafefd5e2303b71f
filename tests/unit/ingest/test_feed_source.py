"""Feeds: what is asked and what never is, what becomes of the answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.ingest.connectors.feed import ADDRESS
from services.ingest.sources.feed import SCHEMES, Feed
from services.ingest.sources.reddit import Reddit
from services.ingest.sources.rounds import AGAIN_S
from services.ingest.sources.source import Refused
from services.ingest.sources.youtube import Youtube
from services.ingest.store import Connected
from shared.outgoing.transport import Guarded
from tests.unit.ingest.asking import connection, first, http


class FakeSite:
    """A feed with an etag, a page that is none, and redirections."""

    def __init__(self) -> None:
        self.body, self.asked = b"<rss version='2.0'/>", [0]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked[0] += 1
        if request.url.path == "/rss" and request.headers.get("if-none-match") == '"1"':
            return httpx.Response(304)
        found = {
            "/rss": httpx.Response(200, content=self.body, headers={"etag": '"1"'}),
            "/bare": httpx.Response(200, content=self.body),
            "/moved": httpx.Response(301, headers={"location": "/rss"}),
            "/inside": httpx.Response(302, headers={"location": "http://127.0.0.1/rss"}),
            "/page": httpx.Response(200, content=b"<html><body>Are you a robot?</body></html>"),
            "/entities": httpx.Response(200, content=b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'/>"),
            "/round": httpx.Response(302, headers={"location": "/round"}),
            "/busy": httpx.Response(429, headers={"retry-after": "3600"}),
            "/large": httpx.Response(200, content=b"x" * 1_000_000),
        }
        return found.get(request.url.path, httpx.Response(404))


async def as_written(host: str) -> list[str]:
    return [host]


def guarded(site: FakeSite) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=Guarded(httpx.MockTransport(site), schemes=SCHEMES, resolve=as_written))


def feeds(*paths: str) -> Connected:
    return connection(*(f"feed:https://203.0.113.9{path}" for path in paths), token=None)


@pytest.mark.parametrize("path", ["/rss", "/bare", "/moved"])
async def test_a_feed_is_taken_in_when_it_changed(path: str) -> None:
    site = FakeSite()
    source = Feed(http(site), every_s=0)

    one, two = await first(source, feeds(path), 2)
    (later,) = await first(source, feeds(path), place=one.place)

    assert [len(page.pieces) for page in (one, two, later)] == [1, 0, 0]
    assert one.pieces[0].headers == {ADDRESS: f"https://203.0.113.9{path}"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gone", "status 404"),
        ("/page", "not a feed"),
        ("/entities", "entities"),
        ("/busy", "asks for a pause"),
        ("/round", "redirects more than"),
        ("/large", "more than 900000 bytes"),
    ],
)
async def test_a_feed_that_is_none_is_named_and_the_others_are_read(path: str, said: str) -> None:
    pages = await first(Feed(http(FakeSite()), every_s=0), feeds(path, "/rss"), 2)

    assert [len(page.pieces) for page in pages] == [0, 1]
    assert said in str(pages[1].missing)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/rss",
        "http://[::1]/rss",
        "http://10.0.0.1/rss",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/rss",
        "http://0.0.0.0/rss",
        "http://100.64.0.1/rss",
        "http://224.0.0.1/rss",
        "http://[64:ff9b::a9fe:a9fe]/latest",
        "http://[2002:7f00:1::]/rss",
        "http://[::127.0.0.1]/rss",
        "http://[ff02::1]/rss",
    ],
)
async def test_nobody_makes_the_server_ask_inside_its_own_network(url: str) -> None:
    site = FakeSite()

    (page,) = await first(Feed(guarded(site), every_s=0), connection(f"feed:{url}", token=None))

    assert "own network" in str(page.missing)
    assert site.asked == [0]


async def test_a_redirection_into_the_own_network_is_not_followed() -> None:
    site = FakeSite()

    source = Feed(guarded(site), every_s=0)
    (page,) = await first(source, connection("feed:https://93.184.216.34/inside", token=None))

    assert "own network" in str(page.missing)
    assert site.asked == [1]


@pytest.mark.parametrize("url", ["ftp://a.example/x", "file:///etc/passwd", "https://", "https://[x", "nonsense"])
async def test_an_address_that_is_none_of_the_web_is_refused(url: str) -> None:
    (page,) = await first(Feed(guarded(FakeSite()), every_s=0), connection(f"feed:{url}", token=None))

    assert "none of the web" in str(page.missing)


async def test_what_is_missing_is_looked_for_soon_though_a_round_is_a_day() -> None:
    (missing,) = await first(Feed(http(FakeSite()), every_s=86_400), feeds("/gone"))

    assert missing.pause_s == AGAIN_S


@pytest.mark.parametrize("make", [Youtube, Reddit, Feed])
async def test_who_lists_no_community_is_told_to(make: type[Any]) -> None:
    with pytest.raises(Refused, match="lists no communities"):
        await first(make(http(FakeSite())), connection())
