"""Reddit's listings: what is asked, what becomes of the answers, what a person hears when it refuses."""

from __future__ import annotations

import base64

import httpx

from services.ingest.sources.reddit import Reddit
from services.ingest.sources.source import Page
from tests.unit.ingest.asking import TOKEN, bodies, connection, first, http


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


async def test_the_pause_that_the_last_community_asks_for_is_kept() -> None:
    reddit = FakeReddit()
    reddit.left = "3.0"
    (only,) = await first(Reddit(http(reddit), every_s=5), connection("reddit:acme"))

    assert only.pause_s == 77


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
