"""What is still to be done to one target, in order: what the fold keeps, and what the carrier goes by.

A target is what acts have an order for: a content, a member in a community, a member who is written to, a channel. What is
done to one target is done one after the other, and what comes later may make pointless what was not begun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.delivery.platforms.platform import Ending, Kind
from shared.events.actions import (
    Act,
    ActionAnswer,
    ActionBan,
    ActionDelete,
    ActionHide,
    ActionMessage,
    ActionMute,
    ActionPin,
    ActionPublish,
    ActionReply,
    ActionRestore,
    ActionSlowMode,
    ActionUnban,
    ActionUnmute,
    Priority,
)

Action = (
    ActionDelete
    | ActionHide
    | ActionRestore
    | ActionMute
    | ActionUnmute
    | ActionBan
    | ActionUnban
    | ActionReply
    | ActionMessage
    | ActionPublish
    | ActionPin
    | ActionSlowMode
    | ActionAnswer
)

TARGETS: Mapping[Kind, str] = {
    "delete": "content",
    "hide": "content",
    "restore": "content",
    "pin": "content",
    "mute": "member",
    "unmute": "member",
    "ban": "member",
    "unban": "member",
    "message": "talk",
    "reply": "thread",
    "publish": "channel",
    "slow_mode": "pace",
    "answer": "press",
}
"""What each kind of act is done to. A message does not wait for a mute, nor a removal for an answer below it."""

UNDONE: Mapping[Kind, frozenset[Kind]] = {
    "delete": frozenset({"restore"}),
    "hide": frozenset({"restore"}),
    "mute": frozenset({"unmute"}),
    "ban": frozenset({"unban"}),
    "slow_mode": frozenset({"slow_mode"}),
}
"""By which later act of the same target an act becomes pointless that was not begun."""

PRIORITIES: Mapping[Kind, Priority] = {
    "message": "notice",
    "reply": "notice",
    "publish": "publishing",
    "pin": "publishing",
    "slow_mode": "crisis",
    "answer": "notice",
}
"""By kind, where an act names none; everything else is moderation."""

WORKS_MAX = 1_000
"""Open acts of one target: more means that something floods it, and the oldest state would not fit into a document."""

ANSWER_AGE_MAX = timedelta(minutes=15)
"""The same of the answer to a press: no platform remembers one longer (Discord; VK a minute, Telegram perhaps less)."""

REVERSED_MAX = 100
"""Decisions about one target that are remembered as taken back, the newest kept."""

AGE_MAX = timedelta(days=1)
"""An act that names no deadline is given up after so long: what moderation decided yesterday is for a person to look at."""

REMEMBERED = timedelta(days=1)
"""How long a reversal is remembered that is read before the act which it takes back. Topics are read within seconds of each
other; a day is for a partition that stood still."""


class Work(msgspec.Struct, frozen=True, omit_defaults=True):
    """One act that is to be carried out."""

    id: str
    kind: Kind
    act: Act
    source: str
    time: datetime
    recorded: datetime
    asked: datetime
    """When the bus had it."""
    trace: str | None = None
    subject: str | None = None

    @property
    def priority(self) -> Priority:
        """What goes first."""
        return self.act.priority or PRIORITIES.get(self.kind, "moderation")

    @property
    def is_planned(self) -> bool:
        """Say whether it waits where a crisis holds what was planned."""
        return self.priority == "publishing"

    @property
    def until(self) -> datetime:
        """When it is too late."""
        if self.kind == "answer":
            latest = self.asked + ANSWER_AGE_MAX
            return min(self.act.deadline or latest, latest)
        return self.act.deadline or self.asked + AGE_MAX


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is open for one target."""

    brand: str
    community: str
    works: tuple[Work, ...] = ()
    reversed: tuple[str, ...] = ()
    """Ids of decisions that were taken back lately."""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to remember."""
        return not self.works and not self.reversed


PRESS_CHARS = 32
"""Of the digest by which a press is named: what a platform needs to answer it is nothing to keep or to show."""


def target_of(kind: Kind, act: Act) -> str:
    """Return the target of an act within its community, for example `content/telegram:-1:5`."""
    what = TARGETS[kind]
    match what:
        case "content" | "thread":
            name = act.content_id
        case "member" | "talk":
            name = act.member
        case "press":
            name = None if act.press is None else hashlib.sha256(act.press.encode()).hexdigest()[:PRESS_CHARS]
        case _:
            name = act.channel
    return f"{what}/{name or ''}"


class Drop(msgspec.Struct, frozen=True):
    """An act is not carried out."""

    code: Ending
    reason: str


def verdict(target: Target, work: Work, now: datetime) -> Drop | None:
    """Say why an act that was not begun is not to be carried out (any more); None where it is."""
    if work.act.cause in target.reversed:
        return Drop("reversed", "what it follows from was taken back before it was carried out")
    if now >= work.until:
        return Drop("late", f"its time was over at {work.until:%Y-%m-%d %H:%M:%S} UTC")
    later = target.works[target.works.index(work) + 1 :] if work in target.works else ()
    undoing = UNDONE.get(work.kind, frozenset())
    if any(other.kind in undoing for other in later):
        return Drop("replaced", "a later act made it pointless before it was carried out")
    return None


PERHAPS: frozenset[Ending] = frozenset({"uncertain", "given_up"})
"""Ends of acts that may have been carried out all the same."""


class Past(NamedTuple):
    """What became of an act that took a content away or brought it back."""

    kind: str
    was_done: bool
    """Of a removal: perhaps; of a return: surely."""


def past(kind: Kind, code: Ending | None) -> Past:
    """Return what an end means for whether the content is there."""
    return Past(kind, was_done=code is None or (kind != "restore" and code in PERHAPS))


def was_spared(some: Sequence[Past]) -> bool:
    """Say whether a content that is to be brought back was never taken away, by what was done to it, oldest first.

    Where nothing is known it was perhaps taken away by somebody else: the platform is asked then.
    """
    removals = list[Past]()
    for one in some:
        if one.kind != "restore":
            removals.append(one)
        elif one.was_done:
            removals = []
    return bool(removals) and not any(one.was_done for one in removals)


def added(target: Target, work: Work) -> Target:
    """Return the target with one more act at its end; one that is there already is not there twice."""
    if any(known.id == work.id for known in target.works):
        return target
    return replace(target, works=(*target.works, work))


def taken_back(target: Target, decision: str) -> Target:
    """Return the target, knowing that a decision was taken back."""
    kept = tuple(known for known in target.reversed if known != decision)
    return replace(target, reversed=(*kept, decision)[-REVERSED_MAX:])


def closed(target: Target, work: Work) -> Target:
    """Return the target without an act that is over."""
    return replace(target, works=tuple(other for other in target.works if other.id != work.id))


def forgotten(target: Target, decision: str) -> Target:
    """Return the target without the memory of a reversal whose acts can't come any more."""
    return replace(target, reversed=tuple(known for known in target.reversed if known != decision))
