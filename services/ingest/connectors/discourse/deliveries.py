"""What each kind of Discourse's deliveries becomes; the kind stands in a header, the object under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from services.ingest.connectors.discourse import contents, people
from services.ingest.connectors.discourse.forum import Forum
from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable


class Reader(NamedTuple):
    """Under which name the object stands, and who reads it; raises msgspec's errors where it is not of that kind."""

    name: str
    read: Callable[[Forum, msgspec.Raw, str], Decoded]


READ: Mapping[str, Reader] = {
    **dict.fromkeys(("post_created", "post_edited", "post_destroyed", "post_recovered"), Reader("post", contents.posted)),
    **dict.fromkeys(
        ("chat_message_created", "chat_message_edited", "chat_message_trashed", "chat_message_restored"),
        Reader("chat_message", contents.chatted),
    ),
    **dict.fromkeys(people.MEMBERS, Reader("user", people.member)),
    "post_liked": Reader("like", people.liked),
    "accepted_solution": Reader("solved", people.accepted),
    "reviewable_created": Reader("reviewable", people.flagged),
}

REFUSED: Mapping[str, Reason] = {
    "notification_created": Reason.PRIVATE_CHAT,
    **dict.fromkeys(
        (
            "assigned",
            "category_created",
            "category_destroyed",
            "category_updated",
            "group_created",
            "group_destroyed",
            "group_updated",
            "ping",  # the edge answers it
            "reviewable_score_updated",
            "reviewable_transitioned_to",
            "tag_created",
            "tag_destroyed",
            "tag_updated",
            "topic_created",  # a topic's first post tells these four
            "topic_destroyed",
            "topic_edited",
            "topic_recovered",
            "topic_status_updated",
            "topic_unvote",
            "topic_upvote",
            "unaccepted_solution",
            "unassigned",
            "user_added_to_group",
            "user_approved",
            "user_badge_granted",
            "user_badge_revoked",
            "user_confirmed_email",
            "user_logged_in",
            "user_logged_out",
            "user_promoted",
            "user_removed_from_group",
            "user_updated",
        ),
        Reason.NOT_A_FACT,
    ),
}
"""Known kinds that become no event."""

URGENCIES: Mapping[str, Urgency] = {
    "reviewable_created": Urgency.HIGH,
    "post_liked": Urgency.LOW,
    **dict.fromkeys((kind for kind in REFUSED if kind.startswith("user_")), Urgency.LOW),
    **dict.fromkeys(people.MEMBERS, Urgency.LOW),
}
"""Kinds that are not as urgent as what members write. A like is no lower: not every forum repeats what was refused."""

STATUS = re.compile(r"topic_\w{1,40}_status_updated")
"""A topic was closed, pinned, archived, …: one kind here."""

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def told(forum: Forum, event: str) -> Decoded:
    """Return what a delivery tells. Raises msgspec's errors where its object is not of its kind."""
    kind = "topic_status_updated" if STATUS.fullmatch(event) else event
    reader = READ.get(kind)
    if reader is None:
        return refused(REFUSED[kind], kind) if kind in REFUSED else refused(Reason.UNKNOWN_KIND, "unknown")
    fields = _fields.decode(forum.payload.body)
    if reader.name not in fields:
        raise Unprocessable(f"not a delivery of Discourse: a {kind} without its {reader.name}")
    return reader.read(forum, fields[reader.name], kind)
