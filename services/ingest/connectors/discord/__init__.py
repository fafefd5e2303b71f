"""Discord: the gateway's events, and the two ways in which it calls an application: webhook events and interactions.

What happens in a guild is told over the gateway alone (`veche ingest gateway discord`); each of its frames is a payload.
Over HTTP come an application's webhook events, which are about no guild, and interactions: members' commands. Discord signs
these with Ed25519 over time and raw body, and sends bad signatures on purpose to see them refused.
Source: https://discord.com/developers/docs/events/gateway-events, /events/webhook-events and /interactions/overview.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from typing_extensions import override

from services.ingest.connectors.delivery import Answer, Delivery, Keys, read_or_none, without
from services.ingest.connectors.discord import interactions
from services.ingest.connectors.discord.guilds import Guild
from services.ingest.connectors.discord.kinds import APPLICATION, NOT_FACTS, NOT_KEPT, READ
from services.ingest.connectors.discord.wire import Outer, Place
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

SIGNATURE, STAMP = "x-signature-ed25519", "x-signature-timestamp"
SESSION = "veche-session"
"""Not of Discord: the gateway's client names the session by it, in which the frames are numbered."""

PUBLIC_KEY = re.compile("[0-9a-fA-F]{64}")

PING, INTERACTION, EVENT = 1, 2, 0

_outer = msgspec.json.Decoder(Outer)
_place = msgspec.json.Decoder(Place)


class Discord(Connector):
    """The connector; kinds.py says what each kind becomes."""

    platform = "discord"
    kept_headers = (SESSION,)

    @override
    def odd(self, secret: str) -> str | None:
        """Return what is wrong with a key that would have every delivery refused."""
        if PUBLIC_KEY.fullmatch(secret):
            return None
        return "a secret of it is no public key: copy the 64 hexadecimal digits of General Information > Public Key"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether one of the application's public keys (hexadecimal) fits the signature, made not long ago."""
        stamp = delivery.headers.get(STAMP, "")
        message = stamp.encode("latin-1", "replace") + delivery.body
        try:
            signature = bytes.fromhex(delivery.headers.get(SIGNATURE, ""))
        except ValueError:
            return False
        return delivery.is_fresh(stamp) and any([_fits(key, signature, message) for key in keys.secrets])  # noqa: C419 - no early end

    @override
    def greeting(self, delivery: Delivery, keys: Keys) -> Answer | None:
        """Return what Discord wants to hear when the address is entered: nothing, or of interactions a pong."""
        outer = read_or_none(_outer, delivery.body)
        if outer is None:
            return None
        if outer.version is not None and outer.event is None and outer.type == EVENT:
            return Answer(b"", status=204)
        is_interaction = outer.event is None and outer.t is None
        return Answer(b'{"type":1}', "application/json") if is_interaction and outer.type == PING else None

    @override
    def keep(self, body: bytes) -> bytes:
        """Return the request without the token by which anybody could answer in the application's name.

        That of a pressed button stays: without it, delivery could not answer. It opens this one answer, for 15 minutes.
        """
        outer = read_or_none(_outer, body)
        return body if outer is not None and interactions.is_press(outer) else without(body, {"token"})

    @override
    def answer(self, body: bytes) -> Answer:
        """Return what a member reads who called a command; webhook events want nothing."""
        outer = read_or_none(_outer, body)
        if outer is None or outer.event is not None:
            return Answer(b"", status=204)
        return interactions.answer(outer)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the guild that the payload names."""
        del headers
        outer = read_or_none(_outer, body)
        if outer is None:
            return None
        guild = outer.guild_id or getattr(read_or_none(_place, bytes(outer.d)), "guild_id", None)
        if guild is None and outer.type in {interactions.CALLED, interactions.PRESSED} and outer.user is not None:
            return interactions.PRIVATE
        return f"discord:{guild}" if guild else None

    @override
    def is_public(self, place: str) -> bool:
        """Return whether the place is a guild."""
        return place != interactions.PRIVATE

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return that an interaction is urgent: a member waits for its answer, and Discord never repeats it."""
        del headers
        outer = read_or_none(_outer, body)
        return Urgency.HIGH if outer is not None and outer.event is None else Urgency.NORMAL

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the payload tells."""
        try:
            return _told(_outer.decode(payload.body), payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
            raise Unprocessable(f"not a payload of Discord: {reason(error)}") from error


def _told(outer: Outer, payload: Payload) -> Decoded:
    if outer.event is not None:
        return refused(Reason.NOT_A_FACT, outer.event.type) if outer.event.type in APPLICATION else UNKNOWN
    if outer.t is None:
        if outer.op is None and outer.type is not None and outer.id is not None:
            return interactions.decoded(outer, payload)
        return refused(Reason.NOT_A_FACT, "frame" if outer.op is not None else "other")
    kind = outer.t
    read = READ.get(kind)
    if read is None:
        return refused(Reason.NOT_A_FACT, kind) if kind in NOT_FACTS | NOT_KEPT else UNKNOWN
    guild = _place.decode(outer.d).guild_id
    if guild is None:
        return refused(Reason.PRIVATE_CHAT, kind)
    session = payload.headers.get(SESSION)
    telling = f"{session}/{outer.s}" if session is not None and outer.s is not None else None
    return read(Guild(guild, payload, telling), outer.d, kind)


UNKNOWN = refused(Reason.UNKNOWN_KIND, "unknown")


def _fits(key: str, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is that of the key; a key that is none fits nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
