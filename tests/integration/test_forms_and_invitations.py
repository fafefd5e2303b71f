"""Who may send a form, and how a password comes to be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from shared.directory import ROLE_SCOPES, Principal, Role, Scope
from shared.staff.passwords import Hasher
from tests.integration.services import token
from tests.integration.staff import LOCAL, PASSWORD, Office, csrf, is_in, known, office, sign_in
from tests.parts import Addresses


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with office(parts) as found:
        yield found


async def verdict(browser: httpx.AsyncClient, **headers: str) -> httpx.Response:
    """Ask for what a POST of moderation's API asks a scope for; 422 tells that it was let through."""
    return await browser.post("/v1/verdicts", content=b"{}", headers=headers)


async def test_a_request_that_changes_something_needs_the_session_s_own_token(acme: Office) -> None:
    await acme.member(role="owner")
    browser, other = await acme.signed_in(), await acme.signed_in()
    right, foreign = await csrf(browser), await csrf(other)

    missing = await verdict(browser)
    wrong = [await verdict(browser, **{"x-csrf-token": sent}) for sent in (foreign, right[:-1], "x")]
    taken = await verdict(browser, **{"x-csrf-token": right})

    assert missing.status_code == 403
    assert [answer.status_code for answer in wrong] == [403] * 3
    assert taken.status_code == 422


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-site"},
        {"origin": LOCAL, "sec-fetch-site": "cross-site"},
        {"origin": LOCAL, "sec-fetch-site": "none"},
        {"origin": "", "sec-fetch-site": ""},
    ],
)
async def test_a_request_from_another_page_is_refused_even_with_the_token(acme: Office, told: dict[str, str]) -> None:
    await acme.member(role="owner")
    browser = await acme.signed_in()
    right = await csrf(browser)

    refused = await verdict(browser, **told, **{"x-csrf-token": right})
    out = await browser.post("/sign-out", data={"csrf": right}, headers=told)
    door = await browser.post("/sign-in", data={"brand": "acme", "name": "vera", "password": PASSWORD}, headers=told)

    assert [answer.status_code for answer in (refused, out, door)] == [403] * 3
    assert await is_in(browser)


async def test_a_browser_that_tells_no_origin_at_all_is_refused(acme: Office) -> None:
    await acme.member(role="owner")
    browser = await acme.signed_in()
    right = await csrf(browser)
    for name in ("origin", "sec-fetch-site"):
        del browser.headers[name]

    assert (await verdict(browser, **{"x-csrf-token": right})).status_code == 403


async def test_reading_asks_for_no_token_wherever_the_link_stood(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    answer = await browser.get("/v1/decisions", headers={"origin": "https://mail.example", "sec-fetch-site": "cross-site"})

    assert answer.status_code == 200


async def test_a_bearer_token_needs_none_of_it_and_is_not_helped_by_a_cookie(acme: Office) -> None:
    await acme.member(role="owner")
    browser = await acme.signed_in()
    holder = await token(acme.service, "acme", *ROLE_SCOPES[Role.OWNER])

    good = await verdict(browser, **holder, origin="https://evil.example")
    bad = await verdict(browser, authorization="Bearer veche_nothing", **{"x-csrf-token": await csrf(browser)})

    assert (good.status_code, bad.status_code) == (422, 401)


async def test_an_invited_person_sets_a_password_and_is_in_and_can_sign_in_with_it(acme: Office) -> None:
    await acme.declare()
    link, browser = await acme.invite(), acme.browser()

    shown = await browser.get(link)
    answer = await browser.post(link, data={"password": PASSWORD, "again": PASSWORD})

    assert "<strong>vera</strong> (acme)" in shown.text
    assert answer.status_code == 303
    assert await is_in(browser)
    assert (await sign_in(acme.browser())).status_code == 303


async def test_an_invitation_is_good_once(acme: Office) -> None:
    await acme.declare()
    link = await acme.invite()
    await acme.browser().post(link, data={"password": PASSWORD, "again": PASSWORD})

    asked = await acme.browser().get(link)
    again = await acme.browser().post(link, data={"password": "quite another one", "again": "quite another one"})

    assert (asked.status_code, again.status_code) == (404, 404)
    assert "Ask for another." in again.text
    assert (await sign_in(acme.browser())).status_code == 303


async def test_an_invitation_is_good_for_a_day(acme: Office) -> None:
    await acme.declare()
    link = await acme.invite()

    acme.forward(hours=23, minutes=59)
    early = await acme.browser().get(link)
    acme.forward(minutes=1)
    late = await acme.browser().post(link, data={"password": PASSWORD, "again": PASSWORD})

    assert (early.status_code, late.status_code) == (200, 404)
    assert await acme.access.password("acme", "vera") is None


async def test_another_invitation_replaces_the_one_before(acme: Office) -> None:
    await acme.declare()
    first, second = await acme.invite(), await acme.invite()

    assert (await acme.browser().get(first)).status_code == 404
    assert (await acme.browser().get(second)).status_code == 200


@pytest.mark.parametrize("change", [{"role": "owner"}, {"communities": ["telegram:-1"]}])
async def test_an_invitation_ends_with_what_its_person_was(acme: Office, change: dict[str, str]) -> None:
    await acme.declare()
    link = await acme.invite()

    await acme.service.directory.put("Staff", "acme", "vera", {"title": "Vera", "role": "moderator"} | change)
    answer = await acme.browser().post(link, data={"password": PASSWORD, "again": PASSWORD})

    assert answer.status_code == 404
    assert await acme.access.password("acme", "vera") is None


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("too short", "too short", "at least 12"),
        (PASSWORD, PASSWORD + "!", "not the same"),
        ("password123456", "password123456", "Many people use"),
    ],
)
async def test_a_password_that_is_not_taken_leaves_the_invitation_good(
    acme: Office, password: str, again: str, said: str
) -> None:
    await acme.declare()
    link, browser = await acme.invite(), acme.browser()

    refused = await browser.post(link, data={"password": password, "again": again})
    taken = await browser.post(link, data={"password": PASSWORD, "again": PASSWORD})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert said in refused.text
    assert password not in refused.text
    assert taken.status_code == 303


async def test_a_new_password_ends_sessions_and_the_old_one(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    link = await acme.invite()
    still = await is_in(browser)
    await acme.browser().post(link, data={"password": "quite another one", "again": "quite another one"})

    assert still, "an invitation alone ends nothing"
    assert not await is_in(browser)
    assert (await sign_in(acme.browser())).status_code == 403
    assert (await sign_in(acme.browser(), password="quite another one")).status_code == 303


async def test_nobody_lets_in_whoever_may_more_than_they(acme: Office) -> None:
    await acme.declare(role="owner")
    acme.api.headers.update(await token(acme.service, "acme", Scope.KEYS_WRITE))

    invited = await acme.api.post("/v1/staff/vera/invitation")
    given = await acme.api.put("/v1/staff/vera/password", json={"password": PASSWORD})

    assert (invited.status_code, given.status_code) == (403, 403)


async def test_an_owner_signs_somebody_out_everywhere(acme: Office) -> None:
    await acme.member()
    browsers = [await acme.signed_in(), await acme.signed_in()]

    told = await acme.api.delete("/v1/staff/vera/sessions", params={"brand": "acme"})

    assert told.json() == {"ended": 2}
    assert [await is_in(browser) for browser in browsers] == [False, False]
    assert (await sign_in(acme.browser())).status_code == 303


async def test_a_password_hashed_with_weaker_parameters_is_hashed_anew_at_sign_in(acme: Office) -> None:
    await acme.declare()
    who = await known(acme)
    assert isinstance(who, Principal)
    weak = await Hasher(passes=1, memory_kib=64, lanes=1).hashed(PASSWORD)
    await acme.access.set_password(who, weak, acme.clock.now())

    signed = await sign_in(acme.browser())
    stored = await acme.access.password("acme", "vera")

    assert signed.status_code == 303
    assert stored is not None
    assert "m=65536,t=3,p=4" in stored.hash
    assert (await sign_in(acme.browser())).status_code == 303
