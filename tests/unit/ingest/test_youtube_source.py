"""YouTube's comments and its hub: what is asked, what becomes of the answers, what a person hears."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer as Heard
from services.ingest.connectors.delivery import Keys
from services.ingest.sources import youtube as youtube_source
from services.ingest.sources.source import Busy, Refused
from services.ingest.sources.youtube import Youtube
from services.ingest.sources.youtube_hub import YoutubeHub
from tests.unit.ingest.asking import TOKEN, bodies, connection, first, http


class FakeYoutube:
    """Threads by when they were begun, newest first, three a page; a thread tells one of its replies."""

    def __init__(self, count: int) -> None:
        self.threads = [self.thread(number) for number in reversed(range(count))]
        self.asked: list[str] = []

    @staticmethod
    def thread(number: int, replies: int = 0) -> dict[str, Any]:
        top = {"snippet": {"publishedAt": f"2026-03-01T12:00:{number:02}Z"}}
        told = {"replies": {"comments": [{"id": "r0"}]}} if replies else {}
        return {"id": f"t{number}", "snippet": {"topLevelComment": top, "totalReplyCount": replies}} | told

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert TOKEN not in str(request.url), "addresses stand in logs"
        assert request.headers["x-goog-api-key"] == TOKEN
        query = request.url.params
        self.asked.append(request.url.path.rpartition("/")[2])
        if request.url.path.endswith("/comments"):
            return httpx.Response(200, json={"items": [{"id": f"r{number}"} for number in range(3)]})
        begin = int(query.get("pageToken", "0"))
        more = {"nextPageToken": str(begin + 3)} if begin + 3 < len(self.threads) else {}
        return httpx.Response(200, json={"items": self.threads[begin : begin + 3]} | more)


async def test_youtube_tells_threads_that_began_since_oldest_first_and_nothing_of_what_was_before() -> None:
    youtube = FakeYoutube(2)
    source = Youtube(http(youtube), every_s=0)

    (before,) = await first(source, connection("youtube:UC1"))
    youtube.threads = [youtube.thread(number) for number in reversed(range(9))]
    (after,) = await first(source, connection("youtube:UC1"), place=before.place)
    (nothing,) = await first(source, connection("youtube:UC1"), place=after.place)

    assert before.pieces == []
    assert [thread["id"] for thread in bodies(after)] == [f"t{number}" for number in range(1, 9)]
    assert [thread["id"] for thread in bodies(nothing)] == ["t8"], "another may have begun in its second"


async def test_youtube_is_asked_for_the_replies_that_a_thread_does_not_tell() -> None:
    youtube = FakeYoutube(1)
    source = Youtube(http(youtube), every_s=0)
    (before,) = await first(source, connection("youtube:UC1"))
    youtube.threads = [youtube.thread(5, replies=3), *youtube.threads]

    (after,) = await first(source, connection("youtube:UC1"), place=before.place)

    assert [reply["id"] for reply in bodies(after)[-1]["replies"]["comments"]] == ["r0", "r1", "r2"]
    assert youtube.asked.count("comments") == 1


async def test_youtube_is_swept_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(youtube_source, "SWEEP_EVERY", 2)
    youtube = FakeYoutube(9)
    source = Youtube(http(youtube), every_s=0)

    pages = await first(source, connection("youtube:UC1"), 4)

    assert [len(page.pieces) for page in pages] == [0, 9, 1, 9], "between two sweeps only what may be new"


@pytest.mark.parametrize("reason", ["quotaExceeded", "keyInvalid", "commentsDisabled"])
async def test_what_youtube_refuses_of_one_channel_stops_no_other_and_a_spent_quota_waits(reason: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["allThreadsRelatedToChannelId"] == "UC2":
            return httpx.Response(200, json={"items": [FakeYoutube.thread(1)]})
        return httpx.Response(403, json={"error": {"errors": [{"reason": reason}], "message": "no"}})

    source = Youtube(http(answer), every_s=0)
    if reason == "quotaExceeded":
        with pytest.raises(Busy, match=reason):
            await first(source, connection("youtube:UC1", "youtube:UC2"))
        return
    one, two = await first(source, connection("youtube:UC1", "youtube:UC2"), 2)

    assert one.missing is None
    assert [reason in text and "youtube:UC1" in text for text in two.missing or ()] == [True]


async def test_the_hub_is_asked_for_each_channel_again_and_again_and_knows_our_secret() -> None:
    asked: list[dict[str, str]] = []

    def hub(request: httpx.Request) -> httpx.Response:
        asked.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(400 if "UC2" in asked[-1]["hub.topic"] else 202, content=b"no such topic")

    source = YoutubeHub(http(hub), "https://veche.example/", every_s=7)
    found = replace(connection("youtube:UC1", "youtube:UC2"), secrets=("s3cret", "old"), handshake="verify")

    one, two, again = await first(source, found, 3)

    assert not any(page.pieces for page in (one, two, again))
    assert (two.pause_s, two.missing and "no such topic" in two.missing[0]) == (7, True)
    assert asked[0]["hub.callback"] == "https://veche.example/v1/hooks/polled"
    assert (asked[0]["hub.secret"], asked[0]["hub.verify_token"]) == ("s3cret", "verify")
    assert CONNECTORS["youtube"].handshake(
        {**asked[0], "hub.challenge": "c"}, Keys(("s3cret",), "verify", ("youtube:UC1",))
    ) == Heard(b"c"), "what is asked for is what our own handshake takes"
    assert len(asked) == 3


async def test_without_a_public_address_nobody_subscribes_and_it_is_said() -> None:
    with pytest.raises(Refused, match="VECHE_PUBLIC_URL"):
        await first(YoutubeHub(http(FakeYoutube(0)), None), connection("youtube:UC1"))
