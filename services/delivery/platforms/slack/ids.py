"""Slack's ids: a workspace, a channel in it, and a message by its time."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.delivery.platforms.errands import unsupported
from services.delivery.platforms.platform import Errand

PLACE = re.compile(r"slack:([A-Z0-9]{2,30}):([A-Z0-9]{2,30})(?::([0-9]{1,12}\.[0-9]{1,9}))?")
WORKSPACE = re.compile(r"slack:([A-Z0-9]{2,30})")


class Message(NamedTuple):
    """A message's place."""

    channel: str
    ts: str


def workspace(errand: Errand) -> str:
    """Return the workspace. Raises Impossible where there is none."""
    return _name(errand.community, "community", "slack:T123")


def member(errand: Errand) -> str:
    """Return the member. Raises Impossible where there is none."""
    return _name(errand.act.member, "member", "slack:U123")


def _name(id_: str | None, what: str, example: str) -> str:
    match = WORKSPACE.fullmatch(id_ or "")
    if match is None:
        raise unsupported(f"the {what} is none of Slack: its id looks like {example}")
    return match[1]


def target(errand: Errand) -> Message:
    """Return the message. Raises Impossible where there is none."""
    match = PLACE.fullmatch(errand.act.content_id or "")
    if match is None or match[3] is None:
        raise unsupported("the content is no message of Slack: its id looks like slack:T123:C123:1700000000.000100")
    return Message(match[2], match[3])


def channel(errand: Errand) -> str:
    """Return the channel: the content's, else the one that is named. Raises Impossible where there is none."""
    match = PLACE.fullmatch(errand.act.content_id or errand.act.channel or "")
    if match is None:
        raise unsupported(f"the act names no channel: a {errand.kind} needs one, for example slack:T123:C123")
    return match[2]


def id_of(errand: Errand, channel: str, ts: str) -> str:
    """Return the id of a message in events."""
    return f"{errand.community}:{channel}:{ts}"
