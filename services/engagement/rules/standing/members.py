"""What is kept of where a member stands, and what changes when something is counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.engagement.rules import scoring
from services.engagement.rules.achieved import Achieved, flipped
from services.engagement.rules.causes import Cause
from services.engagement.rules.contents import given
from services.engagement.rules.rewards import Rewards, due
from services.engagement.rules.standing import record as records
from services.engagement.rules.standing.in_contests import InContest
from services.engagement.rules.standing.invites import Invited
from services.engagement.rules.standing.record import Day, Record
from services.engagement.rules.standing.standings import Rules, Stands, stands
from shared.documents.rewards import For
from shared.events import Envelope, event_id
from shared.events.engagement import (
    Badge,
    BadgeAwarded,
    BadgeRevoked,
    Level,
    LevelLost,
    LevelReached,
    Participated,
    Participation,
    Status,
    StatusGained,
    StatusLost,
    Task,
    TaskCompleted,
    TaskReopened,
)

SOURCE = "engagement/standing"

LEVEL, TASK, BADGE, STATUS = "level", "task", "badge", "status"
"""Begin the names of what a member can achieve: `level/expert`."""


class Member(msgspec.Struct, frozen=True):
    """A member of a brand."""

    brand: str
    member: str
    record: Record = records.EMPTY
    achieved: Mapping[str, Achieved] = {}
    today: Day = 0
    """The last day of which something was told: status is judged by it."""
    review: Day = 0
    """The day on which a timer has the member looked at again; 0: none does."""
    sanctions: Mapping[str, float] = {}
    """In force, `kind/community`, by their end (seconds since 1970); 0 is without an end."""
    contests: Mapping[str, InContest] = {}
    """By contest."""
    invited: Invited | None = None
    friends: tuple[str, ...] = ()
    """Whom the member invited, and who stayed."""
    quiet: bool = False
    """Whether nothing is written to them that they did not ask for."""


class Moment(NamedTuple):
    """What made something change: the event behind it."""

    cause: str
    time: datetime
    recorded: datetime
    imported: bool = False


class Changed(NamedTuple):
    """A member after a change, what is to be told, and what the rewards policy gives or takes back for it."""

    member: Member
    told: tuple[Envelope, ...]
    grants: tuple[Envelope, ...]


def held(member: Member, kind: str) -> list[str]:
    """Return what of a kind a member has, by id."""
    names = (name.split("/", 1) for name, one in member.achieved.items() if one.is_held)
    return [id_ for of, id_ in names if of == kind]


def is_sanctioned(member: Member, at: datetime) -> bool:
    """Say whether a member is muted or banned anywhere in the brand."""
    return any(end == 0 or end > at.timestamp() for end in member.sanctions.values())


def looked_at(member: Member, rules: Rules, rewards: Rewards, moment: Moment) -> Changed:
    """Give what the record is enough for, and take what it is not any more."""
    today = max(member.today, moment.recorded.astimezone(UTC).toordinal())
    now = stands(rules, member.record, date.fromordinal(today))
    wanted, told, grants = set(_wanted(rules, now)), list[Envelope](), list[Envelope]()
    achieved = dict(member.achieved)
    for name in sorted({*wanted, *achieved}, key=lambda name: (name not in wanted, name)):
        before = achieved.get(name, Achieved())
        if before.is_held == (name in wanted):
            continue
        event = _event(member, name, before.flips + 1, rules.version, moment)
        after = flipped(before, Cause(_for(name), event, {"member": member.member}), rewards)
        told.append(event)
        grants += [scoring.told(grant, event) for grant in after.grants]
        achieved[name] = after
    review = now.vip_until if now.vip_until > today else 0
    return Changed(replace(member, achieved=achieved, today=today, review=review), tuple(told), tuple(grants))


def credited(member: Member, friend: str, rewards: Rewards, moment: Moment) -> tuple[Envelope, tuple[Envelope, ...]]:
    """Return what is told of a friend whom a member invited and who stayed, and what the rewards policy gives for it."""
    fields = _envelope(member, moment, event_id("engagement.invite", member.brand, member.member, friend))
    told = Participated(**fields, data=Participation(member=member.member, thing="invite", cause=moment.cause))
    grants = due(rewards, Cause("invite", told, {"member": member.member}))
    return told, tuple(scoring.told(given(grant), told) for grant in grants)


def _wanted(rules: Rules, now: Stands) -> Iterator[str]:
    yield from (f"{LEVEL}/{level.id}" for level in rules.spec.levels[1 : now.level + 1])
    yield from (f"{TASK}/{id_}" for id_ in now.completed)
    yield from (f"{BADGE}/{id_}" for id_ in now.earned)
    if now.is_vip:
        yield f"{STATUS}/vip"


def _for(name: str) -> For:
    kinds: Mapping[str, For] = {LEVEL: "level", TASK: "task", BADGE: "badge", STATUS: "status"}
    return kinds[name.partition("/")[0]]


def _event(member: Member, name: str, flips: int, version: int, moment: Moment) -> Envelope:
    kind, _, id_ = name.partition("/")
    came = flips % 2 == 1
    about: dict[str, Any] = {"member": member.member, "cause": moment.cause}
    fields = _envelope(member, moment, event_id(f"engagement.{kind}", member.brand, member.member, id_, flips))
    match kind:
        case "level":
            return (LevelReached if came else LevelLost)(**fields, data=Level(level=id_, **about))
        case "task":
            return (TaskCompleted if came else TaskReopened)(**fields, data=Task(task=id_, version=version, **about))
        case "badge":
            return (BadgeAwarded if came else BadgeRevoked)(**fields, data=Badge(badge=id_, version=version, **about))
        case _:
            return (StatusGained if came else StatusLost)(**fields, data=Status(status="vip", version=version, **about))


def _envelope(member: Member, moment: Moment, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "source": SOURCE,
        "time": moment.time,
        "brand": member.brand,
        "recordedtime": moment.recorded,
        "imported": moment.imported,
        "subject": member.member,
    }
