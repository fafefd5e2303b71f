"""Meta's webhooks: Facebook pages and accounts of Instagram, which one app delivers in one format.

A page is the community `facebook:<page>`, an account of Instagram `instagram:<account>`. The request's own `object` says
which of the two it is about: whoever enters one address for both has no loss by it. Requests are signed by the app's secret.
Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Answer, Delivery, Keys, read_or_none
from services.ingest.connectors.meta import instagram, page, requests
from services.ingest.connectors.meta.accounts import Account, account_of
from services.ingest.connectors.meta.wire import Change, Entry
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

SIGNATURE = "x-hub-signature-256"
"""Header. The older one beside it, by SHA-1, is not asked for."""

OBJECTS: Mapping[str, tuple[str, Callable[[Account, str, msgspec.Raw], Decoded]]] = {
    "page": ("facebook", page.told),
    "instagram": ("instagram", instagram.told_of),
}
"""What a request may be about: its platform and who reads its changes."""


class Meta(Connector):
    """The connector of either platform; page.py and instagram.py say what each change becomes."""

    shakes_hands = True

    def __init__(self, platform: str) -> None:
        self._platform = platform

    @property
    @override
    def platform(self) -> str:
        return self._platform

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body is signed with one of the app's secrets."""
        return secrets.is_hub_signed(delivery.headers.get(SIGNATURE, ""), delivery.body, keys.secrets)

    @override
    def handshake(self, query: Mapping[str, str], keys: Keys) -> Answer | None:
        """Return the challenge to whoever knows the connection's verify token."""
        known = secrets.is_one_of(query.get("hub.verify_token", ""), [keys.handshake or ""])
        challenge = query.get("hub.challenge")
        return Answer(challenge.encode()) if known and challenge and query.get("hub.mode") == "subscribe" else None

    @override
    def keep(self, body: bytes) -> bytes:
        """Return the request without what was said in talks with one person."""
        return requests.without_talks(body)

    @override
    def parts(self, body: bytes) -> Sequence[bytes]:
        """Return each change by itself."""
        return requests.parts(body)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the page or account of the one entry."""
        del headers
        found = read_or_none(requests.places, body)
        known = None if found is None else OBJECTS.get(found.object)
        return f"{known[0]}:{found.entry[0].id}" if found is not None and known is not None else None

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return that likes are lowest: a request that holds nothing else can wait."""
        del headers
        return Urgency.LOWEST if requests.is_likes(body) else Urgency.NORMAL

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what a part tells."""
        try:
            request = requests.read(payload.body)
            known = OBJECTS.get(request.object)
            if known is None:
                return refused(Reason.UNKNOWN_KIND, "unknown")
            return _told(request.entry[0], payload, *known)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not a request of Meta: {reason(error)}") from error


def _told(entry: Entry, payload: Payload, platform: str, read: Callable[[Account, str, msgspec.Raw], Decoded]) -> Decoded:
    account = account_of(platform, entry, payload)
    found = [_change_told(account, change, read) for change in entry.changes]
    if entry.messaging is not None or entry.standby is not None:
        found.append(refused(Reason.PRIVATE_CHAT, "messages"))
    if not found:
        return refused(Reason.UNKNOWN_KIND, "unknown")
    return Decoded(
        events=tuple(chain.from_iterable(one.events for one in found)),
        refused=tuple(chain.from_iterable(one.refused for one in found)),
    )


def _change_told(account: Account, change: Change, read: Callable[[Account, str, msgspec.Raw], Decoded]) -> Decoded:
    if change.field in requests.PRIVATE:
        return refused(Reason.PRIVATE_CHAT, "messages")
    return read(account, change.field, change.value)
