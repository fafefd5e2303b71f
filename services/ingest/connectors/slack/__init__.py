"""Slack's Events API: one JSON object a request, signed by the app's signing secret.

A workspace is the community (`slack:<team>`), its public and private channels are the rooms inside. What an export tells of
the same workspace has the same ids, if it is imported with `--community slack:<team>`.
Source: https://api.slack.com/apis/events-api and https://api.slack.com/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import OK, Answer, Delivery, Keys, json_object, read_or_none, without
from services.ingest.connectors.payload import Connector, Decoded, Payload
from services.ingest.connectors.slack import commands
from services.ingest.connectors.slack.callbacks import Callback, told, urgency_of
from services.ingest.connectors.urgency import Urgency
from shared.errors import Unprocessable
from shared.events.codec import reason

SIGNATURE, STAMP = "x-slack-signature", "x-slack-request-timestamp"
"""Headers: the HMAC over version, stamp and raw body, and the stamp in seconds."""


class _Outer(msgspec.Struct):
    type: str = ""
    challenge: str | None = None


class _Place(msgspec.Struct):
    """By itself: whatever is wrong with the other fields, a callback that is read happens where it says."""

    team_id: str | None = None


_outer = msgspec.json.Decoder(_Outer)
_place = msgspec.json.Decoder(_Place)
_callback = msgspec.json.Decoder(Callback)


class Slack(Connector):
    """The connector; callbacks.py says what each kind becomes."""

    platform = "slack"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the request is signed with one of the secrets, and not long ago."""
        stamp = delivery.headers.get(STAMP, "")
        version, _, signature = delivery.headers.get(SIGNATURE, "").partition("=")
        signed = secrets.is_signed(signature, f"{version}:{stamp}:".encode() + delivery.body, keys.secrets)
        return signed and version == "v0" and delivery.is_fresh(stamp)

    @override
    def check(self, body: bytes) -> None:
        """Raise Unreadable where the body is neither a JSON object nor a command."""
        if commands.form(body) is None:
            json_object(body)

    @override
    def keep(self, body: bytes) -> bytes:
        """Return the request without what would let anybody speak for Slack, or answer a member in our name."""
        fields = commands.form(body)
        return without(body, commands.SECRET) if fields is None else commands.kept(fields)

    @override
    def answer(self, body: bytes) -> Answer:
        """Return what a member reads who called a command."""
        fields = commands.form(body)
        return OK if fields is None else commands.answer(fields)

    @override
    def greeting(self, delivery: Delivery, keys: Keys) -> Answer | None:
        """Return the challenge that Slack wants to hear when the address is entered."""
        outer = read_or_none(_outer, delivery.body)
        if outer is None or outer.type != "url_verification" or outer.challenge is None:
            return None
        return Answer(outer.challenge.encode())

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the workspace that the callback or command names."""
        del headers
        fields = commands.form(body)
        if fields is not None:
            return f"slack:{fields['team_id']}" if fields.get("team_id") else None
        found = read_or_none(_place, body)
        return f"slack:{found.team_id}" if found is not None and found.team_id else None

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent the callback is, by its event's kind."""
        del headers
        callback = read_or_none(_callback, body)
        return Urgency.NORMAL if callback is None else urgency_of(callback)

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the callback tells, or the command asks for."""
        fields = commands.form(payload.body)
        if fields is not None:
            return commands.decoded(fields, payload)
        try:
            return told(_callback.decode(payload.body), payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unprocessable(f"not a callback of Slack: {reason(error)}") from error
