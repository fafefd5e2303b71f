"""What each polled platform is asked, what becomes of its answers, and what a person hears when it refuses."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer as Heard
from services.ingest.connectors.delivery import Keys
from services.ingest.connectors.feed import ADDRESS
from services.ingest.sources import youtube as youtube_source
from services.ingest.sources.feed import Feed
from services.ingest.sources.reddit import Reddit
from services.ingest.sources.rounds import AGAIN_S
from services.ingest.sources.source import Busy, Page, Refused, Source
from services.ingest.sources.vk import Vk
from services.ingest.sources.youtube import Youtube
from services.ingest.sources.youtube_hub import YoutubeHub
from services.ingest.store import Connected
from shared.documents.directory import Community, Connection, SecretRef
from shared.errors import Retryable

Answer = Callable[[httpx.Request], httpx.Response]
TOKEN = "a-token-that-nobody-may-see"


def http(answer: Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def connection(*communities: str, token: str | None = TOKEN) -> Connected:
    spec = Connection(
        platform="vk",
        mode="poll",
        token=SecretRef(env="ACME_TOKEN"),
        communities=tuple(Community(id=community) for community in communities),
    )
    return Connected("polled", "acme", spec, (), token)


async def first(source: Source, found: Connected, count: int = 1, place: str = "") -> list[Page]:
    """Return the first pages from a place on."""
    pages = source.pages(found, place)
    read = [await anext(pages) for _ in range(count)]
    await pages.aclose()
    return read


def bodies(page: Page) -> list[Any]:
    return [json.loads(piece.body) for piece in page.pieces]


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
        await first(YoutubeHub(http(FakeSite()), None), connection("youtube:UC1"))


class FakeReddit:
    """Listings by name, newest first, two a page; tokens that grow old."""

    def __init__(self) -> None:
        self.listings: dict[str, list[tuple[str, float]]] = {"new": [], "comments": [], "log": []}
        self.logins = 0
        self.left = "50"
        self.may_see_log = True
        self.good = "t1"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert "veche" in request.headers["user-agent"]
        if request.url.path.endswith("access_token"):
            self.logins += 1
            self.good = f"t{self.logins}"
            wanted = "Basic " + base64.b64encode(TOKEN.encode()).decode()
            ok = request.headers["authorization"] == wanted
            return httpx.Response(200 if ok else 401, json={"access_token": self.good})
        if request.headers["authorization"] != f"Bearer {self.good}":
            return httpx.Response(401)
        name = request.url.path.rpartition("/")[2]
        if name == "log" and not self.may_see_log:
            return httpx.Response(403)
        things = self.listings[name]
        begin = next((n + 1 for n, (id_, _) in enumerate(things) if id_ == request.url.params.get("after")), 0)
        page = things[begin : begin + 2]
        children = [{"kind": "t3", "data": {"id": id_, "created_utc": at, "subreddit": "acme"}} for id_, at in page]
        after = page[-1][0] if begin + 2 < len(things) else None
        headers = {"x-ratelimit-remaining": self.left, "x-ratelimit-reset": "77"}
        return httpx.Response(200, json={"data": {"children": children, "after": after}}, headers=headers)


def ids(page: Page) -> list[str]:
    return [body["data"]["id"] for body in bodies(page)]


async def test_reddit_tells_what_is_new_oldest_first_though_the_newest_was_deleted_and_two_came_in_one_second() -> None:
    reddit = FakeReddit()
    source = Reddit(http(reddit), every_s=0)
    reddit.listings["new"] = [("b", 2.0), ("a", 1.0)]
    (before,) = await first(source, connection("reddit:acme"))

    reddit.listings["new"] = [("f", 5.0), ("e", 4.0), ("d", 3.0), ("c", 2.0), ("a", 1.0)]
    reddit.listings["comments"] = [("z", 9.0)]
    (after,) = await first(source, connection("reddit:acme"), place=before.place)
    (nothing,) = await first(source, connection("reddit:acme"), place=after.place)

    assert before.pieces == []
    assert ids(after) == ["c", "d", "e", "f", "z"]
    assert nothing.pieces == []


async def test_reddit_tells_what_was_approved_late_and_nothing_old_that_a_deletion_let_in() -> None:
    reddit = FakeReddit()
    source = Reddit(http(reddit), every_s=0)
    reddit.listings["new"] = [("d", 4.0), ("c", 3.0), ("a", 1.0)]
    (before,) = await first(source, connection("reddit:acme"))

    reddit.listings["new"] = [("d", 4.0), ("late", 3.5), ("c", 3.0), ("a", 1.0)]
    (approved,) = await first(source, connection("reddit:acme"), place=before.place)
    reddit.listings["new"] = [("d", 4.0), ("a", 1.0), ("ancient", 0.5)]
    (deleted,) = await first(source, connection("reddit:acme"), place=approved.place)

    assert ids(approved) == ["late"]
    assert deleted.pieces == []


async def test_the_last_community_s_pause_is_kept_and_what_is_missing_is_looked_for_soon() -> None:
    reddit = FakeReddit()
    reddit.left = "3.0"
    (only,) = await first(Reddit(http(reddit), every_s=5), connection("reddit:acme"))
    (missing,) = await first(Feed(http(FakeSite()), private=True, every_s=86_400), feeds("/gone"))

    assert only.pause_s == 77
    assert missing.pause_s == AGAIN_S


async def test_an_old_token_of_reddit_is_taken_anew_and_a_log_that_may_not_be_seen_is_done_without() -> None:
    reddit = FakeReddit()
    reddit.may_see_log = False
    source = Reddit(http(reddit), every_s=0)
    await first(source, connection("reddit:acme"))

    reddit.good = "another"
    (page,) = await first(source, connection("reddit:acme"))

    assert reddit.logins == 2
    assert not page.missing


async def test_reddit_is_left_alone_when_few_requests_are_left_and_a_wrong_application_is_refused() -> None:
    reddit = FakeReddit()
    reddit.left = "3.0"
    one, _ = await first(Reddit(http(reddit), every_s=0), connection("reddit:acme", "reddit:other"), 2)
    (refused,) = await first(Reddit(http(reddit), every_s=0), connection("reddit:acme", token="wrong"))

    assert one.pause_s == 77
    assert "reddit.com/prefs/apps" in str(refused.missing)


class FakeSite:
    """A feed with an etag, a page that is none, and redirections."""

    def __init__(self) -> None:
        self.body, self.asked = b"<rss version='2.0'/>", [0]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked[0] += 1
        if request.url.path == "/rss" and request.headers.get("if-none-match") == '"1"':
            return httpx.Response(304)
        found = {
            "/rss": httpx.Response(200, content=self.body, headers={"etag": '"1"'}),
            "/bare": httpx.Response(200, content=self.body),
            "/moved": httpx.Response(301, headers={"location": "/rss"}),
            "/inside": httpx.Response(302, headers={"location": "http://127.0.0.1/rss"}),
            "/page": httpx.Response(200, content=b"<html><body>Are you a robot?</body></html>"),
            "/entities": httpx.Response(200, content=b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss version='2.0'/>"),
            "/round": httpx.Response(302, headers={"location": "/round"}),
            "/large": httpx.Response(200, content=b"x" * 1_000_000),
        }
        return found.get(request.url.path, httpx.Response(404))


async def as_written(host: str) -> list[str]:
    return [host]


def feeds(*paths: str) -> Connected:
    return connection(*(f"feed:https://203.0.113.9{path}" for path in paths), token=None)


@pytest.mark.parametrize("path", ["/rss", "/bare", "/moved"])
async def test_a_feed_is_taken_in_when_it_changed(path: str) -> None:
    site = FakeSite()
    source = Feed(http(site), private=True, every_s=0)

    one, two = await first(source, feeds(path), 2)
    (later,) = await first(source, feeds(path), place=one.place)

    assert [len(page.pieces) for page in (one, two, later)] == [1, 0, 0]
    assert one.pieces[0].headers == {ADDRESS: f"https://203.0.113.9{path}"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gone", "status 404"),
        ("/page", "not a feed"),
        ("/entities", "entities"),
        ("/round", "redirects more than"),
        ("/large", "more than 900000 bytes"),
    ],
)
async def test_a_feed_that_is_none_is_named_and_the_others_are_read(path: str, said: str) -> None:
    pages = await first(Feed(http(FakeSite()), private=True, every_s=0), feeds(path, "/rss"), 2)

    assert [len(page.pieces) for page in pages] == [0, 1]
    assert said in str(pages[1].missing)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/rss",
        "http://[::1]/rss",
        "http://10.0.0.1/rss",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/rss",
        "http://0.0.0.0/rss",
        "http://100.64.0.1/rss",
        "http://224.0.0.1/rss",
        "http://[64:ff9b::a9fe:a9fe]/latest",
        "http://[2002:7f00:1::]/rss",
        "http://[::127.0.0.1]/rss",
        "http://[ff02::1]/rss",
    ],
)
async def test_nobody_makes_the_server_ask_inside_its_own_network(url: str) -> None:
    site = FakeSite()

    (page,) = await first(Feed(http(site), every_s=0, resolve=as_written), connection(f"feed:{url}", token=None))

    assert "own network" in str(page.missing)
    assert site.asked == [0]


async def test_a_redirection_into_the_own_network_is_not_followed() -> None:
    site = FakeSite()

    source = Feed(http(site), every_s=0, resolve=as_written)
    (page,) = await first(source, connection("feed:https://93.184.216.34/inside", token=None))

    assert "own network" in str(page.missing)
    assert site.asked == [1]


@pytest.mark.parametrize("url", ["ftp://a.example/x", "file:///etc/passwd", "https://", "https://[x", "nonsense"])
async def test_an_address_that_is_none_of_the_web_is_refused(url: str) -> None:
    (page,) = await first(Feed(http(FakeSite()), every_s=0), connection(f"feed:{url}", token=None))

    assert "none of the web" in str(page.missing)


@pytest.mark.parametrize("make", [Youtube, Reddit, Feed])
async def test_who_lists_no_community_is_told_to(make: type[Any]) -> None:
    with pytest.raises(Refused, match="lists no communities"):
        await first(make(http(FakeSite())), connection())
