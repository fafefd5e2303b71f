"""One delivery of a webhook: what its answer means."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from services.delivery.sending.unsent import Unsent
from services.delivery.sending.webhook import Hook, deliver

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOOK = Hook("https://hooks.example/of-acme?token=of-acme", [b"k" * 24])


async def refusal(answer: httpx.Response | Exception) -> Unsent:
    def answered(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(answered)) as http:
        with pytest.raises(Unsent) as unsent:
            await deliver(http, HOOK, "id", b"{}", AT)
    return unsent.value


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [
        ("120", 120),
        ("0", 0),
        ("Mon, 02 Mar 2026 12:02:00 GMT", 120),
        ("Mon, 02 Mar 2026 14:02:00 +0200", 120),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 0),
        ("-5", 0),
        ("soon", 0),
        ("Mon, 99 Mar 2026 12:02:00 GMT", 0),
    ],
)
async def test_a_receiver_says_how_long_it_wants_to_be_left_alone_in_seconds_or_by_a_date(told: str, wait_s: float) -> None:
    found = await refusal(httpx.Response(503, headers={"retry-after": told}))

    assert found.wait_s == wait_s


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, content=b"of-acme"),
        httpx.Response(302, headers={"location": "https://hooks.example/of-acme"}),
        httpx.ConnectError("https://hooks.example/of-acme"),
        httpx.InvalidURL("of-acme"),
        httpx.Response(418, headers={"x": "of-acme"}),
    ],
)
async def test_what_is_said_of_a_failure_repeats_neither_address_nor_answer(answer: httpx.Response | Exception) -> None:
    found = await refusal(answer)

    assert "of-acme" not in str(found)
    assert "hooks.example" not in str(found)
    assert "of-acme" not in repr(HOOK)


@pytest.mark.parametrize(("status", "is_gone", "is_refused"), [(410, True, False), (422, False, True), (404, False, False)])
async def test_some_answers_are_of_this_delivery_and_one_of_all(status: int, *, is_gone: bool, is_refused: bool) -> None:
    found = await refusal(httpx.Response(status))

    assert (found.is_gone, found.is_refused) == (is_gone, is_refused)
