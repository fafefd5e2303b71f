"""A browser in which somebody has signed in is theirs: what is guessed elsewhere does not make them wait there."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from shared.staff.attempts import ACCOUNT_FREE, ADDRESS_FREE
from shared.staff.devices import KNOWN_FOR, KNOWN_MAX, Devices
from shared.staff.people import person
from tests.integration.staff import PUBLIC, Office, csrf, sign_in

WRONG = "another password"
KNOWN = "veche-known"


async def known(acme: Office, name: str = "vera") -> httpx.AsyncClient:
    """Return a browser in which somebody signed in, and out again."""
    browser = await acme.signed_in(name)
    await browser.post("/sign-out", data={"csrf": await csrf(browser)})
    return browser


async def guess(acme: Office, name: str = "vera") -> None:
    """Guess from many addresses, and more often than they are free to."""
    for n in range(ACCOUNT_FREE + 3):
        await sign_in(acme.browser(address=f"198.51.100.{n}"), name, WRONG)
        acme.forward(seconds=8)
    while (await sign_in(acme.browser(address="203.0.113.1"), name, WRONG)).status_code != 429:
        pass


async def test_who_is_guessed_at_signs_in_where_they_did_before_and_waits_elsewhere(acme: Office) -> None:
    browser = await known(acme)
    await guess(acme)

    new, mine = await sign_in(acme.browser(address="192.0.2.9")), await sign_in(browser)
    after = await sign_in(acme.browser(address="192.0.2.9"))

    assert (new.status_code, mine.status_code) == (429, 303)
    assert after.status_code == 429, "the guesser is not let go on by it"


async def test_a_colleague_s_failures_from_the_same_address_do_not_matter_there_either(acme: Office) -> None:
    browser = await known(acme)
    for n in range(ADDRESS_FREE):
        await sign_in(acme.browser(), f"name{n}", WRONG)

    assert (await sign_in(acme.browser())).status_code == 429
    assert (await sign_in(browser)).status_code == 303


async def test_a_known_browser_has_a_limit_of_its_own_that_harms_no_other(acme: Office) -> None:
    browser = await known(acme)

    tries = [(await sign_in(browser, password=WRONG)).status_code for _ in range(ACCOUNT_FREE)]
    waits, elsewhere = await sign_in(browser), await sign_in(acme.browser())
    acme.forward(seconds=1)

    assert tries == [403] * ACCOUNT_FREE
    assert (waits.status_code, elsewhere.status_code) == (429, 303)
    assert (await sign_in(browser)).status_code == 303


async def test_a_browser_is_known_for_its_own_person_alone(acme: Office) -> None:
    await acme.member("petr")
    browser = await known(acme, "petr")
    await guess(acme)

    assert (await sign_in(browser)).status_code == 429


@pytest.mark.parametrize("cookie", ["", "x", "veche_" + "x" * 43])
async def test_a_made_up_cookie_is_none(acme: Office, cookie: str) -> None:
    await guess(acme)
    browser = acme.browser(address="192.0.2.9")
    browser.cookies.set(KNOWN, cookie, "127.0.0.1")

    assert (await sign_in(browser)).status_code == 429


async def test_a_browser_is_forgotten_with_another_password_and_half_a_year_later(acme: Office) -> None:
    browser, old = await known(acme), await known(acme)
    directory = acme.service.client.get_database(acme.service.settings.database("directory"))

    acme.forward(seconds=KNOWN_FOR.total_seconds())
    await guess(acme)
    late = await sign_in(old)
    await acme.member()  # sets the password
    left = await directory["devices"].count_documents({})

    assert (late.status_code, left) == (429, 0)
    assert (await sign_in(browser)).status_code == 429


async def test_of_too_many_browsers_the_one_used_longest_ago_is_forgotten(acme: Office) -> None:
    database, who = acme.service.settings.database("directory"), await person(acme.service.directory, "acme", "vera")
    devices = Devices(acme.service.client, database)
    assert who is not None
    at, cookies = acme.clock.now(), list[str]()
    for n in range(KNOWN_MAX):
        cookies.append(await devices.note(None, who, at + timedelta(minutes=n)))
    await devices.note(cookies[0], who, at + timedelta(hours=1))

    newest = await devices.note(None, who, at + timedelta(hours=1))

    known_ = [await devices.is_known(one, "acme", "vera", at) for one in (*cookies, newest)]
    assert known_ == [True, False, *[True] * (KNOWN_MAX - 1)]
    assert await acme.service.client[database]["devices"].count_documents({}) == KNOWN_MAX


async def test_the_cookie_stays_is_renewed_and_is_stored_as_a_digest(acme: Office) -> None:
    browser = await known(acme)
    first = browser.cookies[KNOWN]
    await sign_in(browser)
    public = await sign_in(acme.browser(PUBLIC))
    directory = acme.service.client.get_database(acme.service.settings.database("directory"))

    (cookie,) = [one for one in public.headers.get_list("set-cookie") if "-known=" in one]
    assert browser.cookies[KNOWN] == first
    assert cookie.startswith(f"__Host-{KNOWN}=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={180 * 24 * 3600}"} <= set(cookie.split("; "))
    assert first not in str(await directory["devices"].find().to_list())
