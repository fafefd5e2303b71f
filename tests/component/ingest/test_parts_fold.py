"""Parts of deliveries through the normaliser: each fact once however often it is delivered, one bad part alone is lost."""

from __future__ import annotations

from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.handlers import GROUP
from shared.topics import RAW
from tests.component.ingest.world import World
from tests.unit.ingest import discourse_deliveries, meta_requests, youtube_payloads
from tests.unit.ingest.meta_requests import FACEBOOK, bytes_of, comment, feed, reaction, request


def send(world: World, platform: str, *payloads: Payload) -> None:
    for payload in payloads:
        world.broker.append(RAW.name, 0, *to_record(Raw(platform, payload)))


def changes(*requests: meta_requests.Json) -> bytes:
    return bytes_of(request(*(one["entry"][0]["changes"][0] for one in requests)))


async def test_a_bad_change_is_one_dead_letter_and_the_others_are_told_once() -> None:
    world = World()
    body = changes(reaction(comment_id=meta_requests.COMMENT), request(feed("status", post_id=[])), comment())
    for _ in range(2):
        send(world, "facebook", *map(meta_requests.payload, FACEBOOK.parts(FACEBOOK.keep(body))))

    content, reacted = await world.fold()

    assert (content.data.content_id, reacted.data.content_id) == (f"facebook:701:{meta_requests.COMMENT}",) * 2
    assert reacted.data.content_author == content.data.actor.id == "facebook:82"
    assert len(world.broker.logs[f"{GROUP}.dlq", 0]) == 2


async def test_a_topic_of_a_forum_is_told_once_with_all_that_happens_to_its_first_post() -> None:
    world = World()
    for name in ("topic", "first_post", "first_post", "flag_of_a_first_post", "title_edited", "title_edited"):
        send(world, "discourse", discourse_deliveries.payload(*discourse_deliveries.CASES[name]))

    told = await world.fold()

    assert [type(event).__name__ for event in told] == ["ContentCreated", "ContentFlagged", "ContentEdited"]
    assert told[1].data.content_author == "discourse:forum.example:71"


async def test_a_video_pushed_again_and_comments_listed_again_are_told_once() -> None:
    world = World()
    for name in ("video", "thread_with_replies", "video", "video_told_late", "thread_with_replies", "comment_edited"):
        send(world, "youtube", youtube_payloads.payload(youtube_payloads.CASES[name]))

    told = [type(event).__name__ for event in await world.fold()]

    assert told.count("ContentCreated") == 3
    assert told.count("ContentEdited") == 2
    assert told.count("ContentMeasured") == 1
