"""Who came, went, was banned, is let in again, or pays for the guild.

A join tells its time and may be told again. Who banned or removed somebody, and why, stands in the audit log alone. A ban
is told twice, by itself and there, so only what the log alone tells is taken from it: a removal (kick) is a leave `by`
somebody. The log's line comes beside `GUILD_MEMBER_REMOVE`, before or after it, and whichever comes first is the leave.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.ingest.connectors.discord.guilds import Guild, What, member_id, name_of
from services.ingest.connectors.discord.messages import stamp_of, time_of
from services.ingest.connectors.discord.wire import Entry, Member, Person
from services.ingest.connectors.payload import Decoded, Reason, Turn, refused
from shared.events import Actor, Envelope
from shared.events.commerce import Subscription, SubscriptionStarted
from shared.events.community import (
    MemberBanned,
    MemberJoined,
    MemberLeft,
    Membership,
    MemberUnbanned,
)

KICK = 20
"""The audit log's number of a removal."""

_member = msgspec.json.Decoder(Member)
_person = msgspec.json.Decoder(Person)
_entry = msgspec.json.Decoder(Entry)


def joined(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody came in; with a boost, where they give one already."""
    member = _member.decode(raw)
    if member.user is None:
        return refused(Reason.NO_CONTENT, kind)
    data = membership(Person(member.user), member)
    if member.joined_at is None:
        data = msgspec.structs.replace(data, time_source="receipt")
    came = arrival(guild, member.user.id, data, member.joined_at)
    return Decoded(turns=(guild.turn(standing(member.user.id), came, on=True, dated=member.joined_at is not None),))


def arrival(guild: Guild, user: str, data: Membership, at: datetime | None) -> Envelope:
    """Return that a user came in at that time, or is told to have."""
    return guild.told(MemberJoined, What(f"joined/{user}", data.member, at, 0 if at is None else stamp_of(at)), data)


def updated(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody boosts the guild since a time. That a boost ended is not told: it is no more, no less."""
    member = _member.decode(raw)
    if member.user is None or member.premium_since is None:
        return refused(Reason.NOTHING_CHANGED, kind)
    id_ = member_id(member.user.id)
    data = Subscription(
        actor=Actor(id=id_, name=name_of(member.user, member)), member=id_, level="boost", time_source="platform"
    )
    what = What(f"boost/{member.user.id}", id_, member.premium_since, stamp_of(member.premium_since))
    return Decoded(events=(guild.told(SubscriptionStarted, what, data),))


def left(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody went, or was put out."""
    del kind
    person = _person.decode(raw)
    return Decoded(turns=(leave(guild, person.user.id, undated(person)),))


def leave(guild: Guild, user: str, data: Membership) -> Turn:
    """Return the leave, whoever tells it."""
    return guild.turn(standing(user), guild.told(MemberLeft, What(f"left/{user}", data.member), data), on=False)


def banned(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that somebody was banned, or is let in again."""
    person = _person.decode(raw)
    is_on = kind == "GUILD_BAN_ADD"
    data = undated(person)
    what = What(f"{'ban' if is_on else 'unban'}/{person.user.id}", data.member)
    told = guild.told(MemberBanned if is_on else MemberUnbanned, what, data)
    return Decoded(turns=(guild.turn(f"ban/{data.member}", told, on=is_on),))


def logged(guild: Guild, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what the audit log alone tells: who put somebody out."""
    entry = _entry.decode(raw)
    if entry.action_type != KICK or entry.target_id is None:
        return refused(Reason.NOT_A_FACT, kind)
    by = None if entry.user_id is None else member_id(entry.user_id)
    data = Membership(
        actor=None if by is None else Actor(id=by),
        member=member_id(entry.target_id),
        by=by,
        reason=entry.reason,
        time_source="platform",
    )
    told = guild.told(MemberLeft, What(f"left/{entry.target_id}", data.member, time_of(entry.id)), data)
    return Decoded(turns=(guild.turn(standing(entry.target_id), told, on=False),))


def standing(user: str) -> str:
    """Return the thing that is on while somebody is in the guild."""
    return f"member/{user}"


def membership(person: Person, member: Member | None = None) -> Membership:
    """Return the data of somebody who came at a known time."""
    user = person.user
    name = name_of(user, member)
    who = member_id(user.id)
    return Membership(
        actor=Actor(id=who, name=name, bot=user.bot), member=who, name=name, bot=user.bot, time_source="platform"
    )


def undated(person: Person) -> Membership:
    """Return the data of what Discord tells neither time nor actor of."""
    user = person.user
    return Membership(member=member_id(user.id), name=name_of(user), bot=user.bot, time_source="receipt")
