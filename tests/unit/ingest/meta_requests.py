"""One request of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.meta_requests` writes the golden file anew; read the difference before committing it. What we
read in a request may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "meta.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

FACEBOOK, INSTAGRAM = CONNECTORS["facebook"], CONNECTORS["instagram"]
PAGE, ANNA, IVAN = "701", {"id": "81", "name": "Анна"}, {"id": 82, "name": "Иван"}
ACCOUNT = "901"
SECRET, TOKEN = "app-secret", "verify-me"
WRITTEN, TOLD = 1_767_225_600, 1_767_225_660
POST, COMMENT, REPLY = f"{PAGE}_30", "30_31", "30_32"


def request(*changes: Json, object_: str = "page", account: str = PAGE, **entry: object) -> Json:
    return {"object": object_, "entry": [{"id": account, "time": TOLD, "changes": list(changes)} | entry]}


def feed(item: str, verb: str = "add", field: str = "feed", /, **value: object) -> Json:
    return {"field": field, "value": {"item": item, "verb": verb} | value}


def post(item: str = "status", verb: str = "add", /, **value: object) -> Json:
    told = {"post_id": POST, "from": ANNA, "created_time": WRITTEN, "message": "Новинка #клей https://a.example/1."}
    return request(feed(item, verb, **told | value))


def comment(verb: str = "add", /, **value: object) -> Json:
    told = {"comment_id": COMMENT, "post_id": POST, "parent_id": POST, "from": IVAN, "created_time": WRITTEN}
    return request(feed("comment", verb, **told | {"message": "Где купить?"} | value))


def reaction(verb: str = "add", /, **value: object) -> Json:
    told = {"post_id": POST, "from": IVAN, "created_time": WRITTEN, "reaction_type": "love"}
    return request(feed("reaction", verb, **told | value))


def rating(verb: str = "add", /, **value: object) -> Json:
    told = {"open_graph_story_id": 40, "reviewer_id": 81, "reviewer_name": "Анна", "review_text": "Отлично"}
    return request(feed("rating", verb, "ratings", **told | value))


def review(item: str, verb: str = "add", /, **value: object) -> Json:
    told = {"post_id": "81_40", "parent_id": "81_40", "from": IVAN, "created_time": WRITTEN}
    return request(feed(item, verb, "ratings", **told | value))


def mention(item: str, /, **value: object) -> Json:
    told = {"post_id": "82_50", "sender_id": 82, "sender_name": "Иван", "created_time": WRITTEN, "message": "Спасибо"}
    return request(feed(item, "add", "mention", **told | value))


def of_instagram(field: str, **value: object) -> Json:
    return request({"field": field, "value": value}, object_="instagram", account=ACCOUNT)


CASES: dict[str, Json] = {
    "status": post(),
    "status_of_the_page": post(**{"from": {"id": int(PAGE), "name": "Мастерская"}}),
    "status_of_nobody_named": post(**{"from": None}),
    "status_with_photos": post(photos=["https://p.example/1", "https://p.example/2"]),
    "post_of_a_flat_sender": post("post", **{"from": None}, sender_id=81, sender_name="Анна"),
    "photo": post("photo", photo_id=33, link="https://p.example/33", published=1),
    "photo_not_published": post("photo", photo_id=33, published=0),
    "video": post("video", video_id="34", link="https://v.example/34"),
    "share": post("share", share_id=30, link="https://b.example/"),
    "link_alone": post(message="https://b.example/"),
    "album": request(feed("album", album_id=35, sender_id=701, photo_ids=[1, 2, 3])),
    "status_edited": post("status", "edited", message="Новинки"),
    "post_edited": post("post", "edit", message="Новинки"),
    "status_hidden": post("status", "hide", created_time=None),
    "status_shown_again": post("status", "unhide", created_time=None),
    "status_removed": post("status", "remove"),
    "event": request(feed("event", event_id="1", post_id=POST, story="Page added an event.")),
    "video_blocked": request(feed("video", "block", video_id="34", video_flag_reason=1)),
    "verb_unheard_of": post("status", "frame"),
    "item_unheard_of": request(feed("hologram")),
    "item_that_is_no_fact": request(feed("profile")),
    "comment": comment(),
    "comment_of_a_flat_sender": comment(**{"from": None}, sender_id=82, sender_name="Иван"),
    "comment_answered": comment(comment_id=REPLY, parent_id=COMMENT, **{"from": {"id": PAGE}}),
    "comment_with_a_photo": comment(photo="https://p.example/4"),
    "comment_with_a_video": comment(video="https://v.example/4", message=""),
    "comment_edited": comment("edited", message="Где?"),
    "comment_hidden": comment("hide"),
    "comment_shown_again": comment("unhide"),
    "comment_removed": comment("remove", created_time=None),
    "reaction": reaction(),
    "reaction_changed": reaction("edit", reaction_type="wow", created_time=WRITTEN + 5),
    "reaction_taken_back": reaction("remove"),
    "reaction_to_a_comment": reaction(comment_id=COMMENT),
    "reaction_of_nobody_named": reaction(**{"from": None}),
    "reaction_hidden": reaction("hide"),
    "like": request(feed("like", post_id=POST, sender_id=82, sender_name="Иван", created_time=WRITTEN)),
    "like_as_a_reaction": reaction(reaction_type="like"),
    "like_of_the_page": request(feed("like", user_id=82)),
    "like_of_the_page_taken_back": request(feed("like", "remove", user_id=82)),
    "like_of_the_page_by_nobody_named": request(feed("like")),
    "rating": rating(rating=4, created_time=WRITTEN),
    "rating_without_words": rating(rating=1, review_text=None),
    "recommended": rating(recommendation_type="NEGATIVE", created_time=WRITTEN),
    "rating_edited": rating("edit", rating=2),
    "rating_removed": rating("remove", review_text=None),
    "review_commented": review("comment", comment_id="40_41", message="Спасибо"),
    "review_comment_removed": review("comment", "remove", comment_id="40_41"),
    "review_liked": review("like", open_graph_story_id="40"),
    "review_reacted": review("reaction", reaction_type="haha"),
    "review_comment_reacted": review("reaction", reaction_type="haha", comment_id="40_41"),
    "mentioned": mention("post"),
    "mentioned_in_a_comment": mention("comment", comment_id="50_51"),
    "mentioned_on_the_page": mention("post", post_id=POST),
    "setting": request({"field": "hours"}),
    "field_unheard_of": request({"field": "holograms", "value": {}}),
    "talks": request() | {"entry": [{"id": PAGE, "time": TOLD * 1000, "messaging": [{"message": {"text": "тайна"}}]}]},
    "talk_as_a_change": request({"field": "messages", "value": {"message": {"text": "тайна"}}}),
    "nothing": request(),
    "other_object": request(object_="user"),
    "two_changes": request(post()["entry"][0]["changes"][0], {"field": "hours"}),
    "instagram_comment": of_instagram(
        "comments", id="61", text="Хочу #клей", media={"id": "60"}, **{"from": {"id": "91", "username": "anna"}}
    ),
    "instagram_answer": of_instagram(
        "comments", id=62, text="Есть", parent_id=61, media={"id": "60"}, **{"from": {"id": ACCOUNT, "username": "shop"}}
    ),
    "instagram_comment_of_nobody_named": of_instagram("comments", id="61", text="https://a.example"),
    "instagram_live_comment": of_instagram("live_comments", id="63", text="Привет", media={"id": "64"}),
    "instagram_mention": of_instagram("mentions", media_id="65"),
    "instagram_mention_in_a_comment": of_instagram("mentions", media_id="65", comment_id="66"),
    "instagram_story": of_instagram("story_insights", media_id="67", impressions=400, reach=300, exits=3, replies=0),
    "instagram_story_today": of_instagram("story_insights", media_id="67", views=400, reach=300, saved=2),
    "instagram_story_of_nothing": of_instagram("story_insights", media_id="67", exits=3),
    "instagram_talk": of_instagram("messages", sender={"id": "91"}, message={"text": "тайна"}),
    "instagram_not_a_fact": of_instagram("share_to_feed"),
    "instagram_unheard_of": of_instagram("holograms"),
}


def bytes_of(sent: object) -> bytes:
    return sent if isinstance(sent, bytes) else json.dumps(sent, ensure_ascii=False).encode()


def payload(sent: object, **fields: object) -> Payload:
    body = bytes_of(sent)
    first = Payload(body=body, brand="acme", connection="hook", community=FACEBOOK.place(body, {}), recordedtime=RECORDED)
    return msgspec.structs.replace(first, **fields)


def decode(sent: object, **fields: object) -> Decoded:
    return FACEBOOK.decode(payload(sent, **fields))


def told(name: str, **fields: object) -> Decoded:
    return decode(CASES[name], **fields)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: told(name) for name in CASES})
