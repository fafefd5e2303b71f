"""People in a browser, over a moderation service and an edge of ingest that share a directory and a clock."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from services.ingest import app as ingest
from services.moderation import app as moderation
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.runtime import Service
from shared.staff.access import Access
from shared.staff.people import person
from tests.integration.services import running, settings_for, with_brand
from tests.parts import Addresses

LOCAL, PUBLIC = "http://127.0.0.1:8082", "https://staff.example.org"
PASSWORD = "ferry under maple"


@dataclass
class Office:
    """A brand whose staff signs in."""

    service: Service
    edge: Service
    api: httpx.AsyncClient
    clock: SetClock
    browsers: list[httpx.AsyncClient]

    @property
    def access(self) -> Access:
        return Access(self.service.client, self.service.settings.database("directory"))

    async def declare(self, name: str = "vera", role: str = "moderator", **spec: Any) -> None:  # noqa: ANN401 - the spec
        document = {"apiVersion": "veche/v1", "kind": "Staff", "metadata": {"name": name, "brand": "acme"}}
        document |= {"spec": {"title": "Vera", "role": role} | spec}
        assert (await self.api.put("/v1/documents", json=document)).is_success

    async def invite(self, name: str = "vera") -> str:
        answer = await self.api.post(f"/v1/staff/{name}/invitation", params={"brand": "acme"})
        return f"/sign-in/invitation/{answer.json()['invitation']}"

    async def member(self, name: str = "vera", **spec: Any) -> None:  # noqa: ANN401 - the spec
        """Declare somebody who has a password."""
        await self.declare(name, **spec)
        answer = await self.api.put(f"/v1/staff/{name}/password", params={"brand": "acme"}, json={"password": PASSWORD})
        assert answer.status_code == 204, answer.text

    def browser(self, origin: str = LOCAL, address: str = "192.0.2.1") -> httpx.AsyncClient:
        """Return a browser that says of itself what browsers say."""
        transport = httpx.ASGITransport(self.service.api, client=(address, 1))
        headers = {"accept": "text/html,*/*", "origin": origin, "sec-fetch-site": "same-origin"}
        made = httpx.AsyncClient(transport=transport, base_url=origin, headers=headers)
        self.browsers.append(made)
        return made

    async def signed_in(self, name: str = "vera") -> httpx.AsyncClient:
        browser = self.browser()
        assert (await sign_in(browser, name)).status_code == 303
        return browser

    def forward(self, **by: float) -> None:
        self.clock.forward(timedelta(**by))


async def sign_in(browser: httpx.AsyncClient, name: str = "vera", password: str = PASSWORD, **more: str) -> httpx.Response:
    return await browser.post("/sign-in", data={"brand": "acme", "name": name, "password": password} | more)


async def csrf(browser: httpx.AsyncClient) -> str:
    """Return what the page of an account has its forms send along."""
    (found, *_) = re.findall(r'name="csrf" value="([0-9a-f]+)"', (await browser.get("/account")).text)
    return str(found)


async def is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/account")).status_code == 200


async def known(office: Office, name: str = "vera") -> Principal | None:
    return await person(office.service.directory, "acme", name)


@asynccontextmanager
async def office(parts: Addresses) -> AsyncIterator[Office]:
    """Yield the brand acme, with a clock that begins now: MongoDB deletes what is over by its own."""
    settings, clock = settings_for(parts), SetClock(SystemClock().now())
    service = moderation.create_app(settings, clock)
    edge = ingest.create_app(settings, ingest.Role.EDGE, clock)
    async with running(service, edge) as (_, api):
        await with_brand(service.directory, "acme")
        owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
        api.headers["authorization"] = f"Bearer {await service.directory.grant(owner, clock.now(), 'owner')}"
        made = Office(service, edge, api, clock, [])
        yield made
        for browser in made.browsers:
            await browser.aclose()
