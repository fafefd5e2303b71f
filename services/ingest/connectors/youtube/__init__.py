"""YouTube: videos by push (WebSub, an Atom feed), comments as the Data API lists them (JSON, handed over by a poller).

A channel is the community `youtube:<channel id>`. The hub signs what it pushes with the secret of the subscription, and asks
by GET before it begins or ends one; `handshake` is the subscription's verify token, where one is used.
Source: https://developers.google.com/youtube/v3/guides/push_notifications and https://www.w3.org/TR/websub/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Answer, Delivery, Keys, Unreadable
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.youtube import comments, feed, videos
from services.ingest.connectors.youtube.places import Place
from shared.errors import Unprocessable
from shared.events.codec import reason

SIGNATURE = "x-hub-signature"
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""All that WebSub knows; YouTube's hub signs by the first."""

SUBSCRIBE, UNSUBSCRIBE = "subscribe", "unsubscribe"


class Youtube(Connector):
    """The connector; videos.py and comments.py say what becomes of what."""

    platform = "youtube"
    shakes_hands = True

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body is signed with one of the subscriptions' secrets."""
        return secrets.is_hub_signed(delivery.headers.get(SIGNATURE, ""), delivery.body, keys.secrets, METHODS)

    @override
    def check(self, body: bytes) -> None:
        """Raise Unreadable where the body is no Atom feed; nothing else is pushed."""
        feed.read(body)

    @override
    def handshake(self, query: Mapping[str, str], keys: Keys) -> Answer | None:
        """Return the challenge to a hub that begins or ends a subscription as we would have it.

        Whoever knows the verify token may do both. Without one, a channel that is listed is not given up, for anybody can
        ask the hub to end a subscription, and one that is not listed is not begun. A list of none takes every channel.
        Without one, also, anybody who knows the address can begin a subscription anew with another secret: then what is
        pushed is no longer believed. So use one.
        """
        channel, challenge = feed.channel_of_topic(query.get("hub.topic", "")), query.get("hub.challenge")
        if channel is None or not challenge:
            return None
        is_known = keys.handshake is None or secrets.is_one_of(query.get("hub.verify_token", ""), [keys.handshake])
        is_wanted = not keys.communities or f"youtube:{channel}" in keys.communities
        may = {SUBSCRIBE: is_wanted, UNSUBSCRIBE: keys.handshake is not None or not is_wanted}
        return Answer(challenge.encode()) if is_known and may.get(query.get("hub.mode", "")) else None

    @override
    def parts(self, body: bytes) -> Sequence[bytes]:
        """Return the resources of a page of the API one by one; a feed is of one channel."""
        return comments.parts(body) if is_json(body) else (body,)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the channel."""
        del headers
        try:
            found = {comments.channel_of(body)} if is_json(body) else feed.channels(feed.read(body))
        except (Unreadable, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        channel = found.pop() if len(found) == 1 else None
        return None if channel is None else f"youtube:{channel}"

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what a feed or a resource tells."""
        try:
            return comments.decoded(payload) if is_json(payload.body) else _fed(payload)
        except Unreadable as error:
            raise Unprocessable(f"not of YouTube: {error}") from error
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not of YouTube: {reason(error)}") from error


def is_json(body: bytes) -> bool:
    """Return whether a body is a resource of the API rather than a feed."""
    return body.lstrip()[:1] == b"{"


def _fed(payload: Payload) -> Decoded:
    root = feed.read(payload.body)
    new, gone = feed.videos(root), feed.tombstones(root)
    found = feed.channels(root)
    if len(found) > 1:
        raise Unprocessable("not of YouTube: a feed of more than one channel")
    if not new and not gone:
        return refused(Reason.NO_CONTENT, "feed")
    if not found:
        return refused(Reason.NO_COMMUNITY, "feed")
    place = Place(found.pop(), payload)
    events = [event for video in new for event in videos.published(place, video)]
    return Decoded(events=(*events, *(videos.gone(place, tombstone) for tombstone in gone)))
