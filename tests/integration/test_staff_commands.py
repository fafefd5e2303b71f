"""`veche staff`, as somebody types it, against an edge on a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from typer.testing import CliRunner, Result

from services.__main__ import app
from tests.integration.sockets import served
from tests.integration.staff import PASSWORD, Office, is_in, office, sign_in
from tests.parts import Addresses


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with office(parts) as found:
        yield found


async def typed(acme: Office, *words: str, answers: str = "", **env: str) -> Result:
    """Run a command with the owner's token; the edge answers meanwhile."""
    token = acme.api.headers["authorization"].removeprefix("Bearer ")
    async with served(acme.edge.api) as port:
        env = {"VECHE_INGEST_URL": f"http://127.0.0.1:{port}", "VECHE_TOKEN": token} | env
        return await asyncio.to_thread(CliRunner().invoke, app, ["staff", *words], answers, env=env)


async def test_an_invitation_is_printed_as_the_address_where_it_is_used(acme: Office) -> None:
    await acme.declare()

    done = await typed(acme, "invite", "vera", "--brand", "acme", VECHE_PAGES_URL="https://staff.example.org/")
    link = done.stdout.strip()
    shown = await acme.browser("https://staff.example.org").get(link)

    assert done.exit_code == 0, done.output
    assert link.startswith("https://staff.example.org/sign-in/invitation/veche_")
    assert "whoever has it becomes vera of acme" in done.stderr
    assert shown.status_code == 200


async def test_who_is_not_declared_is_not_invited(acme: Office) -> None:
    done = await typed(acme, "invite", "nobody")

    assert done.exit_code == 1
    assert "nobody is not declared as staff of acme" in done.output


async def test_a_password_is_asked_for_and_not_shown(acme: Office) -> None:
    await acme.declare()

    done = await typed(acme, "password", "vera", answers=f"{PASSWORD}\n{PASSWORD}\n")

    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert (await sign_in(acme.browser())).status_code == 303


async def test_a_weak_password_is_refused_with_why_and_nothing_changes(acme: Office) -> None:
    await acme.member()

    done = await typed(acme, "password", "vera", answers="vera-acme-2026\nvera-acme-2026\n")
    told = await acme.api.put("/v1/staff/vera/password", json={"password": "vera-acme-2026"})

    assert done.exit_code == 1
    assert "must not be a name" in done.output
    assert told.status_code == 422
    assert (await sign_in(acme.browser())).status_code == 303


async def test_somebody_is_signed_out_everywhere(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    done = await typed(acme, "sign-out", "vera")

    assert "sessions ended: 1" in done.output
    assert not await is_in(browser)
