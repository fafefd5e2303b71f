"""Sessions end when they should: by time, by signing out, and with what their owner was to the brand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.staff import PASSWORD, Office, csrf, is_in, office, sign_in
from tests.integration.test_tokens_of_communities import OWN
from tests.parts import Addresses


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with office(parts) as found:
        yield found


async def test_a_session_ends_when_it_rests_and_after_a_day_however_much_it_is_used(acme: Office) -> None:
    await acme.member()
    resting, busy = await acme.signed_in(), await acme.signed_in()

    for _ in range(4):
        acme.forward(hours=5)
        assert await is_in(busy)
    rested = await is_in(resting)
    acme.forward(hours=3, minutes=59)
    last = await is_in(busy)
    acme.forward(minutes=1)

    assert not rested
    assert last
    assert not await is_in(busy)


async def test_sign_out_ends_this_session_and_everywhere_ends_all(acme: Office) -> None:
    await acme.member()
    first, second, third = [await acme.signed_in() for _ in range(3)]
    kept = first.cookies["veche"]

    answer = await first.post("/sign-out", data={"csrf": await csrf(first)})
    first.cookies.set("veche", kept, "127.0.0.1")
    only_first = [await is_in(browser) for browser in (first, second, third)]
    await second.post("/sign-out", data={"csrf": await csrf(second), "everywhere": "yes"})

    assert answer.headers["location"] == "/signed-out"
    assert only_first == [False, True, True]
    assert not await is_in(third)


async def test_signing_in_again_gives_another_id_and_ends_the_one_before(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()
    before = browser.cookies["veche"]

    await sign_in(browser)
    after = browser.cookies["veche"]
    browser.cookies.clear()
    browser.cookies.set("veche", before, "127.0.0.1")

    assert before != after
    assert not await is_in(browser)


async def test_only_digests_of_what_lets_people_in_are_stored(acme: Office) -> None:
    await acme.member()
    token = (await acme.invite()).rpartition("/")[2]
    browser = await acme.signed_in()

    directory = acme.service.client.get_database(acme.service.settings.database("directory"))
    everything = str([await directory[name].find().to_list() for name in await directory.list_collection_names()])

    for secret in (PASSWORD, token, browser.cookies["veche"], await csrf(browser), "192.0.2.1"):
        assert secret not in everything
    assert "$argon2id$" in everything


@pytest.mark.parametrize("change", [{"role": "analyst"}, {"communities": [OWN]}])
async def test_another_role_or_other_communities_end_session_and_password(acme: Office, change: dict[str, Any]) -> None:
    await acme.member()
    browser = await acme.signed_in()

    await acme.declare(title="Vera P.")
    kept = await is_in(browser)
    await acme.declare(**change)
    gone = await is_in(browser)
    await acme.declare()  # as before: what was ended stays so

    assert kept
    assert not gone
    assert not await is_in(browser)
    assert (await sign_in(acme.browser())).status_code == 403


async def test_a_change_takes_effect_even_where_ingest_ended_before_it_could_take_anything_back(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    await acme.service.directory.put("Staff", "acme", "vera", {"title": "Vera", "role": "analyst"})

    assert not await is_in(browser)
    assert (await sign_in(acme.browser())).status_code == 403


async def test_who_is_gone_is_out_and_a_namesake_does_not_get_their_password(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    await acme.service.directory.remove("Staff", "acme", "vera")  # as a deletion that ended early leaves it
    out = not await is_in(browser)
    await acme.declare()

    assert out
    assert not await is_in(browser)
    assert (await sign_in(acme.browser())).status_code == 403


async def test_a_brand_that_goes_takes_its_people_s_passwords_along(acme: Office) -> None:
    await acme.member()
    browser = await acme.signed_in()

    await acme.api.delete("/v1/documents/Brand/acme")

    assert not await is_in(browser)
    assert await acme.access.password("acme", "vera") is None
