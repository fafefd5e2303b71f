"""VK's Long Poll: what is asked, what becomes of the answers, what a person hears when it refuses."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.ingest.sources.source import Busy, Refused
from services.ingest.sources.vk import Vk
from shared.errors import Retryable
from tests.unit.ingest.asking import TOKEN, bodies, connection, first, http


class FakeVk:
    """VK's Long Poll: news by number, and what it answers instead, once."""

    def __init__(self, **instead: Any) -> None:  # noqa: ANN401 - JSON
        self.news = {"5": [{"type": "group_join"}], "6": [{"type": "group_leave"}]}
        self.instead, self.asked, self.keys = instead, [], 0  # type: ignore[var-annotated] # numbers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("groups.getLongPollServer"):
            assert TOKEN in request.content.decode()
            if "error" in self.instead:
                return httpx.Response(200, json={"error": self.instead["error"]})
            self.keys += 1
            return httpx.Response(
                200, json={"response": {"key": f"k{self.keys}", "server": "https://lp.example/x", "ts": "5"}}
            )
        ts = request.url.params["ts"]
        self.asked.append((request.url.params["key"], ts))
        failed = self.instead.pop("failed", None)
        if failed is not None:
            return httpx.Response(200, json=failed)
        return httpx.Response(200, json={"ts": str(int(ts) + 1), "updates": self.news.get(ts, [])})


async def test_vk_tells_events_from_now_on_and_goes_on_from_its_place() -> None:
    vk = FakeVk()

    one, two = await first(Vk(http(vk)), connection("vk:501"), 2)
    (later,) = await first(Vk(http(vk)), connection("vk:501"), place=one.place)

    assert [bodies(page) for page in (one, two, later)] == [[{"type": "group_join"}], *[[{"type": "group_leave"}]] * 2]
    assert (one.place, two.place) == ("6", "7")


@pytest.mark.parametrize(
    ("failed", "asked"),
    [
        ({"failed": 1, "ts": 6}, [("k1", "5"), ("k1", "6")]),
        ({"failed": 2}, [("k1", "5"), ("k2", "5")]),
        ({"failed": 3}, [("k1", "5"), ("k2", "5")]),
    ],
)
async def test_what_vk_has_forgotten_is_asked_for_anew(failed: dict[str, int], asked: list[tuple[str, str]]) -> None:
    vk = FakeVk(failed=failed)

    await first(Vk(http(vk)), connection("vk:501"), 2)

    assert vk.asked == asked


@pytest.mark.parametrize(("code", "kind"), [(5, Refused), (15, Refused), (6, Busy), (10, Retryable)])
async def test_what_vk_refuses_says_whether_a_person_must_do_something(code: int, kind: type[Exception]) -> None:
    vk = FakeVk(error={"error_code": code, "error_msg": "no"})

    with pytest.raises(kind) as told:
        await first(Vk(http(vk)), connection("vk:501"))

    assert TOKEN not in str(told.value)


@pytest.mark.parametrize("communities", [(), ("vk:1", "vk:2"), ("vk:name",)])
async def test_a_key_of_vk_is_that_of_one_community(communities: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="exactly one"):
        await first(Vk(http(FakeVk())), connection(*communities))
