"""People sign in, do what their role says, and are out when they should be."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from typing_extensions import override

from shared.staff.attempts import ACCOUNT_FREE, ADDRESS_FREE, WAIT_S_MAX, Attempts
from shared.staff.devices import Devices
from shared.staff.entrance import Claim, Entrance, Wrong
from shared.staff.passwords import Hasher
from shared.staff.sessions import Sessions
from tests.integration.staff import PASSWORD, PUBLIC, Office, is_in, known, office, sign_in
from tests.integration.test_tokens_of_communities import OTHER, OWN, stored
from tests.parts import Addresses

WRONG = "another password"


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with office(parts) as found:
        yield found


async def test_who_signs_in_comes_to_the_page_they_wanted_and_is_named_there(acme: Office) -> None:
    await acme.member()
    browser = acme.browser()

    asked = await browser.get("/account")
    answer = await sign_in(browser, next="/account")
    account = await browser.get("/account")

    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Faccount")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert account.status_code == 200
    assert "Moderator" in account.text
    assert account.headers["cache-control"] == "no-store"


async def test_over_https_the_cookie_is_of_this_host_alone_and_on_the_loopback_a_plain_one(acme: Office) -> None:
    await acme.member()

    public = (await sign_in(acme.browser(PUBLIC))).headers
    local = (await sign_in(acme.browser())).headers

    assert public["set-cookie"].startswith("__Host-veche=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(public["set-cookie"].split("; "))
    assert "strict-transport-security" in public
    assert local["set-cookie"].startswith("veche=")
    assert "Secure" not in local["set-cookie"]
    assert "strict-transport-security" not in local


async def test_plain_http_from_elsewhere_gets_no_cookie_that_a_browser_would_send_back_in_the_clear(acme: Office) -> None:
    await acme.member()
    browser = acme.browser("http://staff.example.org")

    honest = await sign_in(browser)
    claimed = await browser.post(
        "/sign-in", headers={"origin": PUBLIC}, data={"brand": "acme", "name": "vera", "password": PASSWORD}
    )

    assert honest.status_code == 403, "its origin is http, and https is what we take ourselves to be reached by"
    assert "Secure" in claimed.headers["set-cookie"]


@pytest.mark.parametrize(
    "claim",
    [{"name": "vera", "password": WRONG}, {"name": "nobody"}, {"name": "../x\n"}, {"name": "petr"}, {"brand": "other"}],
)
async def test_what_does_not_belong_together_is_refused_in_the_same_words(acme: Office, claim: dict[str, str]) -> None:
    await acme.member()
    await acme.declare("petr")  # has no password
    browser = acme.browser()

    answer = await browser.post("/sign-in", data={"brand": "acme", "name": "vera", "password": PASSWORD} | claim)

    assert answer.status_code == 403
    assert '<p class="alert" role="alert" id="error">The brand, the name or the password is wrong.</p>' in answer.text
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in answer.text


async def test_a_failure_is_logged_with_the_name_of_staff_and_with_nothing_else_that_was_typed(
    acme: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await acme.member()
    caplog.set_level(logging.INFO)

    await sign_in(acme.browser(), password=WRONG)
    await sign_in(acme.browser(), name="anna.ivanova@example.org", password=WRONG)

    lines = [record.getMessage() for record in caplog.records if record.name.startswith("shared.staff")]
    assert lines == ["sign-in refused: acme/vera", "sign-in refused: nobody known"]
    assert WRONG not in caplog.text
    assert "192.0.2.1" not in caplog.text


@pytest.mark.parametrize("name", ["vera", "nobody"])
async def test_whoever_guesses_a_name_waits_longer_each_time_and_never_longer_than_a_minute(acme: Office, name: str) -> None:
    await acme.member()
    waits = []

    for n in range(ACCOUNT_FREE + 8):
        await sign_in(acme.browser(address=f"192.0.2.{n}"), name, WRONG)
        probe = await sign_in(acme.browser(address=f"198.51.100.{n}"), name, WRONG)
        waits.append(int(probe.headers.get("retry-after", 0)))
        acme.forward(seconds=waits[-1])

    # Where there is no wait the probe is a failure of its own.
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, *[WAIT_S_MAX] * 5]


async def test_the_owner_gets_in_after_the_wait_and_then_nothing_is_held_against_them(acme: Office) -> None:
    await acme.member()
    for n in range(ACCOUNT_FREE):
        await sign_in(acme.browser(address=f"192.0.2.{n}"), password=WRONG)

    early = await sign_in(acme.browser())
    acme.forward(seconds=1)
    late = await sign_in(acme.browser())
    failed = await sign_in(acme.browser(), password=WRONG)
    again = await sign_in(acme.browser())

    assert [answer.status_code for answer in (early, late, failed, again)] == [429, 303, 403, 303]
    assert "Try again in 1 s." in early.text


async def test_who_is_guessed_at_without_end_keeps_their_session_and_gets_in_by_an_invitation(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()
    for n in range(ACCOUNT_FREE):
        await sign_in(acme.browser(address=f"192.0.2.{n}"), password=WRONG)

    before = await is_in(browser)
    another = acme.browser()
    await another.post(await acme.invite(), data={"password": "new ferry new maple", "again": "new ferry new maple"})

    assert (await sign_in(acme.browser())).status_code == 429
    assert before
    assert await is_in(another)


async def test_an_address_that_tries_many_names_waits_and_others_do_not(acme: Office) -> None:
    await acme.member()
    browser = acme.browser()

    for n in range(ADDRESS_FREE):
        await sign_in(browser, f"name{n}", WRONG)
    here, elsewhere = await sign_in(browser), await sign_in(acme.browser(address="192.0.2.2"))

    assert (here.status_code, elsewhere.status_code) == (429, 303)


async def test_a_moderator_of_one_community_sees_by_cookie_what_their_token_would_show(acme: Office) -> None:
    await acme.member(communities=[OWN])
    made = {"kind": "decision", "imported": False}
    await stored(acme.service, "moderation", *({"_id": place, "community": place, **made} for place in (OWN, OTHER)))
    browser = await acme.signed_in()

    listed = (await browser.get("/v1/decisions")).json()
    named = [await browser.get("/v1/decisions", params={"community": place}) for place in (OWN, OTHER)]
    policy = await browser.get("/v1/documents", params={"brand": "other"})

    assert [decision["community"] for decision in listed] == [OWN]
    assert [answer.status_code for answer in named] == [200, 403]
    assert policy.status_code == 403


async def test_a_role_without_the_scope_is_told_so_and_not_sent_to_sign_in(acme: Office) -> None:
    await acme.member(role="analyst")
    browser = await acme.signed_in()

    answer = await browser.get("/v1/decisions")

    assert answer.status_code == 403
    assert answer.json()["detail"] == "your role lacks the scope decisions:read"


async def test_a_program_without_a_token_is_asked_for_one_as_before(acme: Office) -> None:
    answer = await acme.browser().get("/v1/decisions")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_no_page_beside_sessions_loads_scripts_of_other_hosts(acme: Office) -> None:
    found = [await acme.browser().get(path) for path in ("/docs", "/docs/oauth2-redirect", "/openapi.json")]

    assert [answer.status_code for answer in found] == [404, 404, 200]


async def test_a_password_that_is_replaced_while_its_hash_is_made_lets_nobody_in(acme: Office) -> None:
    await acme.member()
    service, database = acme.service, acme.service.settings.database("directory")

    class Slow(Hasher):
        """Somebody replaces the password before it has said whether the old one fits."""

        @override
        async def fits(self, stored: str | None, password: str) -> bool:
            acme.forward(seconds=1)
            found = await super().fits(stored, password)
            who = await known(acme)
            assert who is not None
            await acme.access.set_password(who, await self.hashed("quite another one"), acme.clock.now())
            return found

    sessions, attempts = Sessions(service.client, database, service.directory), Attempts(service.client, database)
    devices = Devices(service.client, database)
    entrance = Entrance(service.directory, acme.access, sessions, attempts, devices, Slow(), acme.clock)
    with pytest.raises(Wrong):
        await entrance.sign_in(Claim("acme", "vera", PASSWORD), "192.0.2.1")

    assert await service.client[database]["sessions"].count_documents({}) == 0


async def test_ingest_takes_no_cookie(acme: Office) -> None:
    await acme.member(role="owner")
    cookie = (await acme.signed_in()).cookies["veche"]
    del acme.api.headers["authorization"]

    answer = await acme.api.get("/v1/documents", params={"kind": "Staff"}, headers={"cookie": f"veche={cookie}"})

    assert answer.status_code == 401
