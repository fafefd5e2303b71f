"""Posts, languages, partners and communities side by side, over the real store and the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services.reporting.figures.tables import BY_ID
from shared.directory import Scope
from shared.events import Actor, Envelope
from tests import builders
from tests.builders import AT, PLACE, STAFF
from tests.integration.reporting.stored import Asked, reporting
from tests.parts import Addresses

PARTNER = "telegram:-9"
DAYS = {"since": "2026-03-01", "until": "2026-04-30"}
PLAN = {
    "categories": [
        {"id": "news", "title": {"en": "News", "ru": "Новости"}, "tags": ["news"], "share": 0.5},
        {"id": "fun", "title": {"en": "Fun", "ru": "Досуг"}, "tags": ["мем"]},
    ]
}


def posts() -> Iterator[Envelope]:
    """Yield twelve posts, one a day: photos bring three reactions, texts one; the last one is deleted."""
    for n in range(12):
        id_, at = f"{PLACE}:{n}", AT + timedelta(days=n)
        of = {"content_id": id_, "own_post": id_}
        told = {"kind": "post", "format": "photo" if n % 2 else "text", "tags": ("News",) if n < 3 else None}
        yield builders.content_created(content_id=id_, id=f"p{n}", time=at, actor=STAFF, **told)
        for m in range(3 if n % 2 else 1):
            yield builders.reaction_added(**of, id=f"r{n}/{m}", time=at + timedelta(hours=m), actor=f"telegram:{m}")
        yield builders.content_measured(content_id=id_, id=f"m{n}", time=at + timedelta(hours=2), views=100, reactions=2)
        yield builders.content_measured(content_id=id_, id=f"l{n}", time=at + timedelta(hours=90), views=900, reactions=9)
    yield builders.content_deleted(content_id=f"{PLACE}:11", own_post=f"{PLACE}:11", time=AT + timedelta(days=12))


def comings() -> Iterator[Envelope]:
    """Yield twenty who joined; five of them were known at the partner's."""
    for n in range(20):
        who: dict[str, Any] = {"member": f"telegram:{100 + n}", "time": AT, "id": f"j{n}"}
        yield builders.member_joined(**who, via="blog" if n < 8 else None)
        said = {"actor": f"telegram:{100 + n}", "text": "Well, this is it.", "id": f"w{n}"}
        if n % 4 == 0:
            at = AT - timedelta(days=9)
            yield builders.content_created(**said | {"id": f"k{n}"}, community=PARTNER, time=at, purpose="partner")
        if n % 2 == 0:
            yield builders.content_created(**said, time=AT + timedelta(days=4), content_id=f"{PLACE}:9{n}")


async def planned(asked: Asked) -> None:
    token = await asked.token(scope=Scope.POLICIES_WRITE)
    document = {"apiVersion": "veche/v1", "kind": "ContentPlan", "metadata": {"name": "default"}, "spec": PLAN}
    answer = await asked.http.put("/v1/documents", json=document, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    own = document | {"metadata": {"name": "own", "community": PLACE}, "spec": {"categories": PLAN["categories"][1:]}}
    assert (await asked.http.put("/v1/documents", json=own, headers={"authorization": f"Bearer {token}"})).status_code == 200
    wrong = document | {"spec": {"categories": [PLAN["categories"][0], PLAN["categories"][0]]}}
    refused = await asked.http.put("/v1/documents", json=wrong, headers={"authorization": f"Bearer {token}"})
    assert refused.status_code == 422


async def table(asked: Asked, name: str, token: str | None = None, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    rows = (await asked.get(f"/v1/tables/{name}", token, **DAYS | more)).json()["rows"]
    return [dict(zip([column.id for column in BY_ID[name].columns], row, strict=True)) for row in rows]


async def test_posts_tell_what_they_brought_until_their_window_was_over(parts: Addresses) -> None:
    async with reporting(parts, list(posts())) as asked:
        await planned(asked)
        text, photo = await table(asked, "post_formats")
        news, fun, none = await table(asked, "mix")
        own = await table(asked, "mix", community=PLACE)
        figures = (await asked.get("/v1/figures", by="whole", **DAYS)).json()["rows"][0]["figures"]
        page = (await asked.get("/v1/reports", **DAYS, lang="ru")).text

    assert (text["posts"], text["reactions"], text["views"]) == (6, 1 + 2, 100), "told by members, and as a total in time"
    assert (photo["posts"], photo["reactions"], photo["rate"]) == (5, 3 + 2, 0.05), "the last one is gone"
    assert photo["ratio"] > 1 > text["ratio"]
    assert (news["category"], news["posts"], news["wanted"], news["missing"]) == ({"en": "News", "ru": "Новости"}, 3, 0.5, 3)
    assert (fun["posts"], none["posts"]) == (0, 8)
    assert [row["category"]["en"] for row in own] == ["Fun", "In no category"], "its own plan, where it is looked at alone"
    assert (figures["posts"], figures["posts:news"]) == (11, 3)
    assert "Посты и план" in page
    assert "Новости" in page


async def test_a_post_is_told_once_its_hours_are_counted_though_the_report_reaches_further(parts: Addresses) -> None:
    daily = [
        builders.content_created(
            content_id=f"{PLACE}:{n}", id=f"p{n}", time=AT + timedelta(days=n), actor=STAFF, kind="post"
        )
        for n in range(10)
    ]
    measured = builders.content_measured(content_id=f"{PLACE}:9", id="m", time=AT + timedelta(days=10, hours=1), views=5)
    async with reporting(parts, daily) as asked:
        (first,) = await table(asked, "post_formats")
    async with reporting(parts, [*daily, measured]) as asked:
        (second,) = await table(asked, "post_formats")

    assert (first["posts"], second["posts"]) == (7, 8), "72 hours after they were written, something was counted"


async def test_partners_are_told_to_whom_they_may_be_and_languages_are_counted(parts: Addresses) -> None:
    async with reporting(parts, list(comings())) as asked:
        listed = {"communities": [{"id": PARTNER, "purpose": "partner"}, {"id": PLACE}]}
        await asked.token()
        await asked.service.directory.put("Connection", "acme", "bot", {"platform": "telegram"} | listed)
        all_ = await table(asked, "partners")
        some = await table(asked, "partners", await asked.token(communities=frozenset({PLACE})))
        spoken = await table(asked, "languages")

    assert [(row["source"], row["joined"], row["watched"]) for row in all_] == [(PARTNER, 5, 5), ("blog", 8, 8)]
    assert (all_[0]["stayed"], all_[0]["others_stayed"]) == (1, 5 / 15)
    assert [row["source"] for row in some] == ["blog"]
    assert [(row["language"]["en"], row["content"], row["members"]) for row in spoken] == [("English", 10, 10)]


async def test_communities_stand_beside_those_that_somebody_may_see(parts: Addresses) -> None:
    places = [f"telegram:-{n}" for n in range(1, 6)]
    events = [
        builders.content_created(community=place, id=f"{place}/{n}", actor=f"telegram:{n}", text="Well.")
        for number, place in enumerate(places)
        for n in range(number + 2)
    ]
    itself = Actor(id=places[0], role="community")
    events.append(builders.content_created(community=places[0], actor=itself, id="itself", kind="post"))
    async with reporting(parts, events) as asked:
        all_ = await table(asked, "peers")
        four = await table(asked, "peers", await asked.token(communities=frozenset(places[:4])))
        three = await table(asked, "peers", await asked.token(communities=frozenset(places[:3])))
        headers = {"authorization": f"Bearer {await asked.token()}", "accept": "text/html"}
        page = await asked.http.get(f"/communities/{places[4]}", headers=headers)

    active = {row["community"]: row for row in all_ if row["figure"]["en"] == "Active members"}
    assert (active[places[4]]["value"], active[places[4]]["median"], active[places[4]]["rank"]) == (6, 3.5, 1)
    assert {row["community"] for row in four} == set(places[:4])
    assert {row["of"] for row in four} == {4}
    assert three == []
    assert "Beside the brand&#39;s other communities" in page.text
    assert "1 of 5" in page.text
