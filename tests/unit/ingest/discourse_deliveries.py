"""One delivery of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.discourse_deliveries` writes the golden file anew; read the difference before committing it.
What we read in a delivery may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "discourse.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

DISCOURSE = CONNECTORS["discourse"]
SECRET = "a-long-forum-secret"
FORUM = "https://forum.example"
WRITTEN, LATER = "2026-01-01T00:00:00.123Z", "2026-01-01T00:05:00.456Z"
EMAIL = "anna@mail.example"


class Sent(NamedTuple):
    """What happened, and the body."""

    event: str
    body: Json


def user(**fields: object) -> Json:
    return {
        "id": 71,
        "username": "anna",
        "name": "Анна К.",
        "email": EMAIL,
        "secondary_emails": ["a@b.example"],
        "created_at": WRITTEN,
        "user_fields": {"1": "+7 900"},
        "trust_level": 1,
    } | fields


def post(**fields: object) -> Json:
    return {
        "id": 39,
        "topic_id": 15,
        "post_number": 2,
        "post_type": 1,
        "user_id": 71,
        "username": "anna",
        "created_at": WRITTEN,
        "updated_at": WRITTEN,
        "deleted_at": None,
        "user_deleted": False,
        "version": 1,
        "raw": "Пробовали [клей](https://a.example/1)? @ivan знает.",
        "topic_title": "Какой клей взять",
        "topic_archetype": "regular",
        "reply_to_post_number": None,
        "category_id": 5,
    } | fields


def posted(event: str = "post_created", **fields: object) -> Sent:
    return Sent(event, {"post": post(**fields)})


def chat(event: str = "chat_message_created", chatable: str = "Category", **fields: object) -> Sent:
    message = {"id": 501, "message": "Привет, @ivan", "created_at": WRITTEN, "user": {"id": 71, "username": "anna"}}
    return Sent(event, {"chat_message": {"message": message | fields, "channel": {"id": 9, "chatable_type": chatable}}})


def reviewable(**fields: object) -> Sent:
    told = {"id": 4, "type": "ReviewableFlaggedPost", "target_url": f"{FORUM}/t/glue/15/2", "created_at": LATER}
    return Sent("reviewable_created", {"reviewable": told | {"created_by_id": 72, "raw": "тайна"} | fields})


FIRST: Json = {"post_number": 1, "id": 38}
PRIVATE: Json = {"topic_archetype": "private_message", "raw": "тайна", "cooked": "<p>тайна</p>"}

CASES: dict[str, Sent] = {
    "first_post": posted(**FIRST),
    "first_post_without_words": posted(**FIRST, raw=""),
    "post": posted(),
    "post_answers_another": posted(reply_to_post_number=3),
    "post_with_a_picture": posted(raw="Вот: ![клей|690x388](upload://x.png)"),
    "post_of_one_link": posted(raw="https://a.example/2"),
    "post_of_the_forum_itself": posted(user_id=-1, username="system"),
    "post_of_nobody": posted(user_id=None, username=None),
    "post_edited": posted("post_edited", raw="Пробовали?", updated_at=LATER, version=2),
    "title_edited": posted("post_edited", **FIRST, topic_title="Какой клей взять?"),
    "post_deleted": posted("post_destroyed", deleted_at=LATER),
    "post_taken_back": posted("post_destroyed", user_deleted=True, updated_at=LATER, version=2),
    "post_taken_back_is_gone_at_last": posted("post_destroyed", user_deleted=True, deleted_at=LATER, version=2),
    "post_recovered": posted("post_recovered"),
    "notice": posted(post_type=3, raw=""),
    "whisper": posted(post_type=4, raw="тайна"),
    "private_post": posted(**PRIVATE),
    "private_post_liked": Sent("post_liked", {"like": {"post": post(**PRIVATE), "user": user()}}),
    "like": Sent("post_liked", {"like": {"post": post(), "user": user(id=72, username="ivan")}}),
    "solution": Sent("accepted_solution", {"solved": post()}),
    "private_solution": Sent("accepted_solution", {"solved": post(**PRIVATE)}),
    "solution_taken_back": Sent("unaccepted_solution", {"solved": post()}),
    "member": Sent("user_created", {"user": user()}),
    "member_gone": Sent("user_destroyed", {"user": user()}),
    "member_suspended": Sent("user_suspended", {"user": user(suspended_till=LATER, suspend_reason="реклама")}),
    "member_suspended_without_end": Sent("user_suspended", {"user": user()}),
    "member_let_in_again": Sent("user_unsuspended", {"user": user()}),
    "member_changed": Sent("user_updated", {"user": user()}),
    "flag": reviewable(),
    "flag_of_a_first_post": reviewable(target_url=f"{FORUM}/t/glue/15", created_by_id=None),
    "flag_of_nothing": reviewable(target_url=None),
    "post_that_waits": reviewable(type="ReviewableQueuedPost", payload={"raw": "тайна"}),
    "topic": Sent("topic_created", {"topic": {"id": 15, "title": "Какой клей взять", "archetype": "regular"}}),
    "private_topic": Sent("topic_created", {"topic": {"id": 16, "title": "тайна", "archetype": "private_message"}}),
    "topic_closed": Sent("topic_closed_status_updated", {"topic": {"id": 15, "archetype": "regular"}}),
    "chat": chat(),
    "chat_answer": chat(in_reply_to={"id": 500}, user=None),
    "chat_edited": chat("chat_message_edited", message="Привет!"),
    "chat_trashed": chat("chat_message_trashed", deleted_at=LATER),
    "chat_restored": chat("chat_message_restored"),
    "private_chat": chat(chatable="DirectMessage", message="тайна"),
    "notification": Sent("notification_created", {"notification": {"id": 3, "data": {"excerpt": "тайна"}}}),
    "group": Sent("group_updated", {"group": {"id": 41, "name": "staff"}}),
    "ping": Sent("ping", {"ping": "OK"}),
    "unheard_of": Sent("hologram_created", {"hologram": {}}),
}


def headers(event: str, instance: str = FORUM) -> dict[str, str]:
    return {"x-discourse-instance": instance, "x-discourse-event": event}


def bytes_of(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def payload(event: str, body: object, instance: str = FORUM, **fields: object) -> Payload:
    told = headers(event, instance)
    first = Payload(
        body=bytes_of(body),
        brand="acme",
        connection="hook",
        community=DISCOURSE.place(bytes_of(body), told),
        recordedtime=RECORDED,
        headers=told,
    )
    return msgspec.structs.replace(first, **fields)


def decode(event: str, body: object, **fields: Any) -> Decoded:  # noqa: ANN401 - of a payload
    return DISCOURSE.decode(payload(event, body, **fields))


def told(name: str, **fields: Any) -> Decoded:  # noqa: ANN401 - of a payload
    return decode(*CASES[name], **fields)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: told(name) for name in CASES})
