"""Who is asked to come again when the buffer fills."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.urgency import Urgency, of_type
from services.ingest.rules.pressure import EASE, wait_s

FILLS = st.floats(0, 2)


@pytest.mark.parametrize(
    ("fill", "taken_in"),
    [(0.5, "LOWEST LOW NORMAL HIGH"), (0.6, "LOW NORMAL HIGH"), (0.8, "NORMAL HIGH"), (0.95, "HIGH"), (1.0, "")],
)
def test_complaints_are_taken_in_longer_than_likes(fill: float, taken_in: str) -> None:
    assert [urgency.name for urgency in Urgency if not wait_s(fill, urgency)] == taken_in.split()


@given(FILLS)
def test_nobody_waits_longer_than_who_is_less_urgent(fill: float) -> None:
    waits = [wait_s(fill, urgency) for urgency in Urgency]

    assert waits == sorted(waits, reverse=True)
    assert (max(waits) == 0) == (fill <= EASE)


@pytest.mark.parametrize(
    ("kind", "urgency"),
    [
        ("community.content.flagged", Urgency.HIGH),
        ("community.member.banned", Urgency.HIGH),
        ("community.content.created", Urgency.NORMAL),
        ("commerce.purchase.made", Urgency.NORMAL),
        ("community.reaction.added", Urgency.LOW),
        ("community.member.joined", Urgency.LOW),
        ("kpi.observed", Urgency.LOW),
        ("community.content.measured", Urgency.LOWEST),
    ],
)
def test_events_are_as_urgent_as_their_type(kind: str, urgency: Urgency) -> None:
    assert of_type(kind) is urgency
    assert CONNECTORS["events"].urgency(b'{"type": "%s"}' % kind.encode(), {}) is urgency


LIKE, COMMENT = b'{"field": "feed", "value": {"item": "like"}}', b'{"field": "feed", "value": {"item": "comment"}}'


@pytest.mark.parametrize(
    ("platform", "body", "urgency"),
    [
        ("telegram", b'{"update_id": 1, "message": {"text": "/report spam"}}', Urgency.HIGH),
        ("telegram", b'{"update_id": 1, "message": {"text": "hello"}}', Urgency.NORMAL),
        ("telegram", b'{"update_id": 1, "message": {"photo": []}}', Urgency.NORMAL),
        ("telegram", b'{"update_id": 1, "message_reaction": {}}', Urgency.LOW),
        ("telegram", b'{"update_id": 1, "message_reaction_count": {}}', Urgency.LOWEST),
        ("vk", b'{"type": "like_add", "group_id": 1}', Urgency.LOWEST),
        ("vk", b'{"type": "group_join"}', Urgency.LOW),
        ("vk", b'{"type": "wall_reply_new"}', Urgency.NORMAL),
        ("vk", b'{"type": "user_block"}', Urgency.HIGH),
        ("slack", b'{"event": {"type": "reaction_added"}}', Urgency.LOW),
        ("slack", b'{"event": {"type": "message"}}', Urgency.NORMAL),
        ("slack", b'{"event": [1]}', Urgency.NORMAL),
        ("facebook", b'{"entry": [{"changes": [%s, %s]}]}' % (LIKE, LIKE), Urgency.LOWEST),
        ("facebook", b'{"entry": [{"changes": [%s, %s]}]}' % (LIKE, COMMENT), Urgency.NORMAL),
        ("facebook", b'{"entry": []}', Urgency.NORMAL),
        ("discord", b'{"type": 2, "id": "1"}', Urgency.HIGH),
        ("discord", b'{"version": 1, "type": 1, "event": {"type": "ENTITLEMENT_CREATE"}}', Urgency.NORMAL),
        ("youtube", b"<feed/>", Urgency.NORMAL),
    ],
)
def test_a_delivery_is_as_urgent_as_its_kind(platform: str, body: bytes, urgency: Urgency) -> None:
    assert CONNECTORS[platform].urgency(body, {}) is urgency


@pytest.mark.parametrize(
    ("kind", "urgency"),
    [
        ("reviewable_created", Urgency.HIGH),
        ("post_created", Urgency.NORMAL),
        ("post_liked", Urgency.LOW),
        ("", Urgency.NORMAL),
    ],
)
def test_a_forum_s_delivery_is_as_urgent_as_its_header_says(kind: str, urgency: Urgency) -> None:
    assert CONNECTORS["discourse"].urgency(b"{}", {"x-discourse-event": kind}) is urgency


@pytest.mark.parametrize("platform", sorted(CONNECTORS))
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"a":' * 100_000], ids=["empty", "open", "list", "binary", "deep"]
)
def test_what_cannot_be_read_is_as_urgent_as_any(platform: str, body: bytes) -> None:
    assert CONNECTORS[platform].urgency(body, {}) is Urgency.NORMAL
