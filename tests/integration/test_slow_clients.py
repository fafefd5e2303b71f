"""On a real socket: who sends too much, or too slowly, is cut off, and others are answered meanwhile."""

from __future__ import annotations

import asyncio
import time

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from shared.http.body import limited_body
from shared.http.problems import Problem, of_problem
from tests.integration.sockets import BODY_S, HEAD_S, client, served

LIMIT = 100_000
HEAD = b"POST / HTTP/1.1\r\nhost: localhost\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body as the edge does."""
    if scope["type"] != "http":
        return
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    try:
        body = await limited_body(headers, receive, LIMIT)
    except Problem as problem:
        await of_problem(problem)(scope, receive, send)
        return
    await PlainTextResponse(f"{len(body)}")(scope, receive, send)


async def answered_meanwhile(port: int, slow: asyncio.Future[tuple[int, bytes]]) -> int:
    """Return how many others were answered, each at once, while somebody was slow."""
    count = 0
    async with httpx.AsyncClient() as http:
        while not slow.done():
            began = time.monotonic()
            answer = await http.post(f"http://127.0.0.1:{port}/", content=b"hello")
            assert (answer.text, time.monotonic() - began < 0.3) == ("5", True)
            count += 1
            await asyncio.sleep(0.02)
    return count


async def test_a_body_that_says_it_is_too_large_is_refused_before_any_of_it_is_sent() -> None:
    async with served(app) as port, client(port) as sender:
        await sender.send(HEAD + b"content-length: 100001\r\n\r\n")
        heard = await sender.heard()

    assert heard.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in heard


async def test_a_body_without_length_is_refused_at_the_limit_and_its_sender_cut_off() -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    async with served(app) as port, client(port) as sender:
        await sender.send(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        hearing = asyncio.create_task(sender.heard())
        sent = 0
        while not hearing.done() and sent < 100_000_000:
            sent += await sender.send(chunk)
            await asyncio.sleep(0)
        heard = await hearing

    assert heard.startswith(b"HTTP/1.1 413 ")
    assert sent < 100_000_000


async def test_a_body_that_drips_is_cut_off_while_others_are_answered() -> None:
    async with served(app) as port, client(port) as sender:
        await sender.send(HEAD + b"content-length: 1000\r\n\r\n")
        began = time.monotonic()
        slow = asyncio.gather(sender.send(b"x" * 1_000, 0.05), sender.heard())
        others = await answered_meanwhile(port, slow)
        sent, heard = await slow

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in heard.lower()
    assert sent < 1_000
    assert BODY_S <= time.monotonic() - began < BODY_S + 2
    assert others > 5


async def test_headers_that_drip_are_cut_off_while_others_are_answered() -> None:
    async with served(app) as port, client(port) as sender:
        slow = asyncio.gather(sender.send(HEAD + b"x-padding: " + b"y" * 1_000, 0.05), sender.heard())
        others = await answered_meanwhile(port, slow)
        sent, heard = await slow

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert sent < 100
    assert others > 5


async def test_who_connects_and_says_nothing_is_cut_off() -> None:
    async with served(app) as port, client(port) as sender:
        began = time.monotonic()
        heard = await sender.heard()

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert HEAD_S * 0.9 <= time.monotonic() - began < HEAD_S + 2


async def test_the_second_request_of_a_connection_has_no_more_time_than_the_first() -> None:
    async with served(app) as port, client(port) as sender:
        await sender.send(HEAD + b"content-length: 2\r\n\r\nhi" + b"POST / HT")
        heard = await sender.heard()

    assert [answer[:3] for answer in heard.split(b"HTTP/1.1 ")[1:]] == [b"200", b"408"]


async def test_a_connection_that_rests_between_two_requests_is_left_alone() -> None:
    request = HEAD + b"content-length: 2\r\n\r\nhi"
    async with served(app) as port, client(port) as sender:
        await sender.send(request)
        await asyncio.sleep(HEAD_S * 2)
        await sender.send(request)
        await sender.send(HEAD + b"content-length: 2\r\nconnection: close\r\n\r\nhi")
        heard = await sender.heard()

    assert heard.count(b"HTTP/1.1 200 ") == 3


async def test_beyond_the_connections_there_may_be_a_sender_is_told_when_to_come_again() -> None:
    async with served(app, connections_max=2) as port, client(port), client(port), client(port) as sender:
        await sender.send(HEAD + b"content-length: 2\r\n\r\nhi")
        heard = await sender.heard()

    assert heard.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: " in heard.lower()
    assert b"application/problem+json" in heard
