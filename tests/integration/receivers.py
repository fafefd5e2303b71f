"""Whoever is told, over loopback sockets: a receiver of webhooks, and a mail server. Both keep what came."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import NamedTuple

Answer = Callable[["Request", int], tuple[int, Mapping[str, str]]]
"""From a request, and how many came to its path before: a status and headers."""


class Request(NamedTuple):
    """One delivery as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


def ok(_: Request, __: int) -> tuple[int, Mapping[str, str]]:
    return 204, {}


@dataclass
class Receiver:
    """Takes deliveries; `answers` says what becomes of those to a path, `slow_s` how long one of these waits."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    slow_s: dict[str, float] = field(default_factory=dict)
    _seen: Counter[str] = field(default_factory=Counter)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def to(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head, _, lines = (await reader.readuntil(b"\r\n\r\n")).decode().partition("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in lines.split("\r\n")) if name
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(head.split()[1], headers, body)
            self.requests.append(request)
            before = self._seen[request.path]
            self._seen[request.path] += 1
            await asyncio.sleep(self.slow_s.get(request.path, 0))
            status, more = self.answers.get(request.path, ok)(request, before)
            rest = "".join(f"{name}: {value}\r\n" for name, value in more.items())
            writer.write(f"HTTP/1.1 {status} X\r\n{rest}content-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever sent it was killed
        finally:
            writer.close()


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = int(server.sockets[0].getsockname()[1])
    try:
        yield found
    finally:
        server.close()


@dataclass
class Postman:
    """A mail server that takes every mail, but for some recipients."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    busy: int = 0
    """So many connections are sent away first."""
    starttls: ssl.SSLContext | None = None
    """What it does TLS with, where somebody asks for it."""
    password: str | None = None
    """Whoever does not sign in with it is refused."""
    commands: list[tuple[bool, str]] = field(default_factory=list)
    """What it was asked, and whether that came by TLS."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        self.busy -= 1
        await say("421 later" if self.busy >= 0 else "220 postman")
        to: list[str] = []
        while line := (await reader.readline()).decode().strip():
            word = line[:4].upper()
            is_private = writer.get_extra_info("ssl_object") is not None
            self.commands.append((is_private, word))
            if word == "EHLO":
                await say(self._offers(is_private=is_private))
            elif word == "STAR" and self.starttls is not None:
                await say("220 go on")
                await writer.start_tls(self.starttls)
            elif word == "AUTH":
                _, _, given = base64.b64decode(line.split()[-1]).decode().rpartition("\0")
                await say("235 welcome" if given == self.password else "535 who are you?")
            elif word == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                await say("550 nobody" if address in self.refuses else "250 ok")
                to += [] if address in self.refuses else [address]
            elif word == "DATA":
                await say("354 go on")
                content = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
                message = email.message_from_bytes(content, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.mails.append((to, message))
                await say("250 taken")
            else:
                await say("221 bye" if word == "QUIT" else "250 ok")
        writer.close()

    def _offers(self, *, is_private: bool) -> str:
        offered = ["postman"]
        offered += ["STARTTLS"] if self.starttls is not None and not is_private else []
        offered += ["AUTH PLAIN"] if self.password is not None else []
        return "\r\n".join(f"250{' ' if one is offered[-1] else '-'}{one}" for one in offered)


@asynccontextmanager
async def postman(tls: ssl.SSLContext | None = None) -> AsyncIterator[Postman]:
    """Serve mail; by TLS from the start where it is given what to do that with."""
    found = Postman()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=tls)
    found.port = int(server.sockets[0].getsockname()[1])
    try:
        yield found
    finally:
        server.close()
