"""Discourse's webhooks: one JSON object a request, its kind and the forum's address in headers, the body signed.

A forum is the community `discourse:<host>`, with its path where it lives under one; its members are
`discourse:<host>:<user id>`. Of the events that a webhook can be subscribed to, those of posts, likes, users, reviewables,
chat messages and solutions become events; what is told of topics, their first posts tell.
Source: https://meta.discourse.org/t/49045 and `app/jobs/regular/emit_web_hook_event.rb` of the program.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.discourse import privacy
from services.ingest.connectors.discourse.deliveries import URGENCIES, told
from services.ingest.connectors.discourse.forum import Forum, community_of
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

SIGNATURE = "x-discourse-event-signature"
INSTANCE, EVENT, TYPE = "x-discourse-instance", "x-discourse-event", "x-discourse-event-type"
"""Headers: the forum's address, what happened, and to what kind of object."""

PING = "ping"
"""The type of a delivery by which an admin looks whether anybody is there."""


class Discourse(Connector):
    """The connector; deliveries.py says what each kind becomes, privacy.py what is kept."""

    platform = "discourse"
    kept_headers = (INSTANCE, EVENT)

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body is signed with one of the secrets; Discourse signs no header."""
        return secrets.is_hub_signed(delivery.headers.get(SIGNATURE, ""), delivery.body, keys.secrets)

    @override
    def greeting(self, delivery: Delivery, keys: Keys) -> Answer | None:
        """Return what a ping wants to hear."""
        del keys
        return Answer() if delivery.headers.get(TYPE) == PING else None

    @override
    def keep(self, body: bytes) -> bytes:
        """Return the delivery without e-mail addresses, private talks and the like."""
        return privacy.kept(body)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the forum that the delivery says it is from."""
        del body
        return community_of(headers.get(INSTANCE, ""))

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent the delivery is, by the header that tells its kind."""
        del body
        return URGENCIES.get(headers.get(EVENT, ""), Urgency.NORMAL)

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the delivery tells."""
        community = community_of(payload.headers.get(INSTANCE, ""))
        if community is None:
            return refused(Reason.NO_COMMUNITY, "unknown")
        try:
            return told(Forum(community, payload), payload.headers.get(EVENT, ""))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not a delivery of Discourse: {reason(error)}") from error
