"""VK's Callback API: one JSON object a request, the secret inside it.

A community is `vk:<group_id>`, its chats are the channels inside, people are `vk:<user_id>`, and a community that acts is
`vk:-<group_id>`. VK wants to hear `ok`, and repeats a callback that was not answered so, under the same `event_id`.
Source: https://dev.vk.com/api/callback/getting-started and https://dev.vk.com/api/community-events/json-schema.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Answer, Delivery, Keys, json_object, read_or_none, without
from services.ingest.connectors.payload import Connector, Decoded, Payload
from services.ingest.connectors.urgency import Urgency
from services.ingest.connectors.vk.callbacks import URGENCIES, told
from services.ingest.connectors.vk.wire import Callback
from shared.errors import Unprocessable
from shared.events.codec import reason

CONFIRMATION = "confirmation"
"""The kind by which VK asks whether the address is ours."""

SECRETS = frozenset({"secret"})
"""Fields of a callback that nobody needs who reads it."""


class _Outer(msgspec.Struct):
    type: str = ""
    secret: str | None = None


class _Place(msgspec.Struct):
    """By itself: whatever is wrong with the other fields, a callback that is read happens where it says."""

    group_id: int | None = None


_outer = msgspec.json.Decoder(_Outer)
_place = msgspec.json.Decoder(_Place)
_callback = msgspec.json.Decoder(Callback)


class Vk(Connector):
    """The connector; callbacks.py says what each kind becomes."""

    platform = "vk"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body holds one of the secrets; VK does not sign it.

        VK asks for its confirmation before it knows a secret as well: without one, and nothing but that, it is answered
        where the connection has the string. The string is VK's own way to tell communities apart and opens nothing.
        """
        outer = _read(delivery.body)
        if outer is None:
            return False
        if outer.secret is None and outer.type == CONFIRMATION:
            return bool(keys.handshake)
        return secrets.is_one_of(outer.secret or "", keys.secrets)

    @override
    def check(self, body: bytes) -> None:
        """Raise Unreadable where the body is no JSON object; a byte order mark before it does no harm."""
        json_object(_bare(body))

    @override
    def greeting(self, delivery: Delivery, keys: Keys) -> Answer | None:
        """Return the connection's own string where VK asks for its confirmation."""
        outer = _read(delivery.body)
        if outer is None or outer.type != CONFIRMATION or not keys.handshake:
            return None
        return Answer(keys.handshake.encode())

    @override
    def keep(self, body: bytes) -> bytes:
        """Return the callback without the secret in it."""
        return without(_bare(body), SECRETS)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the community that the callback names."""
        del headers
        found = read_or_none(_place, _bare(body))
        return f"vk:{found.group_id}" if found is not None and found.group_id else None

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent the callback is, by its kind."""
        del headers
        outer = _read(body)
        return URGENCIES.get(outer.type if outer is not None else "", Urgency.NORMAL)

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the callback tells."""
        try:
            return told(_callback.decode(_bare(payload.body)), payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not a callback of VK: {reason(error)}") from error


def _bare(body: bytes) -> bytes:
    return body.removeprefix(BOM_UTF8)


def _read(body: bytes) -> _Outer | None:
    return read_or_none(_outer, _bare(body))
