"""Slack's own commands: what a member types behind a slash goes to the application alone, as a form.

Source: https://api.slack.com/interactivity/slash-commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec

from services.ingest.connectors.delivery import Answer
from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.slack.wire import NAME_CHARS_MAX
from services.ingest.rules.commands import HEARD, UNHEARD, Called, called, named
from shared.events import Actor
from shared.events.envelope import TEXT_CHARS_MAX

FIELDS_MAX = 50
"""Slack sends some 15."""

PRIVATE = frozenset({"directmessage", "privategroup"})
"""Names of channels in which a command is said to nobody else."""


def form(body: bytes) -> Mapping[str, str] | None:
    """Return a command's fields; None where the body is none."""
    if body.startswith(b"{"):
        return None
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=FIELDS_MAX))
    except (UnicodeDecodeError, ValueError):
        return None
    return fields if fields.get("command", "").startswith("/") else None


SECRET = frozenset({"token", "response_url", "user_name"})
"""Fields that are not kept: the workspace's verification token, an address that needs none, and a name."""


def kept(fields: Mapping[str, str]) -> bytes:
    """Return a command's form without them."""
    return urlencode({name: value for name, value in fields.items() if name not in SECRET}).encode()


def decoded(fields: Mapping[str, str], payload: Payload) -> Decoded:
    """Return what a command asks for."""
    names = [fields.get(name, "") for name in ("team_id", "user_id", "channel_id", "trigger_id")]
    team, user, channel, trigger = names
    if not all(names) or any(len(name) > NAME_CHARS_MAX for name in names):
        return refused(Reason.NO_COMMUNITY, "command")
    found = named(fields["command"][1:], fields.get("text", "")[:TEXT_CHARS_MAX])
    if found is None:
        return refused(Reason.UNKNOWN_KIND, "command")
    community = f"slack:{team}"
    place = Called(trigger, community, Actor(id=f"slack:{user}"), f"{community}:{channel}")
    return Decoded(events=(called(payload, found, place),))


def answer(fields: Mapping[str, str]) -> Answer:
    """Return what the member reads, and nobody else."""
    said = HEARD if named(fields["command"][1:], None) else UNHEARD
    text = f"{said['en']} {said['ru']}"
    return Answer(msgspec.json.encode({"response_type": "ephemeral", "text": text}), "application/json")
