"""What each change of a Facebook page becomes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from services.ingest.connectors.meta import contents, people
from services.ingest.connectors.meta.accounts import Account
from services.ingest.connectors.meta.contents import Reader
from services.ingest.connectors.meta.wire import Value
from services.ingest.connectors.payload import Decoded, Reason, refused

FIELDS: Mapping[str, Mapping[str, Reader]] = {
    "feed": {
        **dict.fromkeys(contents.POSTS, contents.post),
        "comment": contents.comment,
        "like": people.reacted,
        "reaction": people.reacted,
    },
    "ratings": {
        "comment": people.review_commented,
        "like": people.review_reacted,
        "rating": people.rated,
        "reaction": people.review_reacted,
    },
    "mention": {**dict.fromkeys(contents.POSTS, contents.mentioned), "comment": contents.mentioned},
}
"""Readers by field and item."""

REFUSED: Mapping[str, Reason] = {
    "event": Reason.NO_CONTENT,  # the notice that the page has added one
    **dict.fromkeys(
        (
            "address",
            "connection",
            "experience",
            "group",
            "group_message",
            "interest",
            "mention",
            "page",
            "picture",
            "platform-story",
            "profile",
            "relationship-status",
            "story",
            "tag",
            "timeline cover",
        ),
        Reason.NOT_A_FACT,
    ),
}
"""Known items that become no event."""

SETTINGS = frozenset(
    {
        "about",
        "attire",
        "awards",
        "bio",
        "birthday",
        "category",
        "checkins",
        "company_overview",
        "conversations",
        "culinary_team",
        "current_location",
        "description",
        "email",
        "features",
        "founded",
        "general_info",
        "general_manager",
        "hometown",
        "hours",
        "invoice_access_invoice_change",
        "leadgen",
        "live_videos",
        "location",
        "members",
        "mission",
        "name",
        "page_upcoming_change",
        "parking",
        "payment_options",
        "personal_info",
        "personal_interests",
        "phone",
        "picture",
        "price_range",
        "product_review",
        "products",
        "public_transit",
        "publisher_subscriptions",
        "video_text_question_responses",
        "videos",
        "website",
    }
)
"""Other known fields: what a page says of itself, and what has no type in the contract."""

_value = msgspec.json.Decoder(Value)


def told(account: Account, field: str, raw: msgspec.Raw) -> Decoded:
    """Return what a change tells. Raises msgspec's errors where it is not of its field's shape."""
    readers = FIELDS.get(field)
    if readers is None:
        return refused(Reason.NOT_A_FACT, field) if field in SETTINGS else refused(Reason.UNKNOWN_KIND, "unknown")
    value = _value.decode(raw)
    read = readers.get(value.item)
    if read is not None:
        return read(account, value)
    if value.item in REFUSED:
        return refused(REFUSED[value.item], value.item)
    return refused(Reason.UNKNOWN_KIND, "unknown")
