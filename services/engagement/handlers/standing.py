"""The fold of what was posted and of sanctions into where members stand. Members take part in things through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec.structs import replace

from services.engagement.handlers.asking import Asking, who_of
from services.engagement.handlers.books import Books
from services.engagement.rules import bookings, commands
from services.engagement.rules.chat import Links
from services.engagement.rules.commands import Come, Credit, Participate, Prefer, Review, Say, Tell
from services.engagement.rules.contests import Running
from services.engagement.rules.participation import commands as participation
from services.engagement.rules.participation.commands import Counted
from services.engagement.rules.standing import in_contests, members
from services.engagement.rules.standing import record as records
from services.engagement.rules.standing.in_contests import InContest
from services.engagement.rules.standing.invites import is_due
from services.engagement.rules.standing.members import Member, Moment
from services.engagement.rules.standing.packing import packed, unpacked
from services.engagement.rules.standing.record import Entry, counted
from shared.bus.record import Record
from shared.events import Envelope, decode, event_id
from shared.events.engagement import Participated, PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import SanctionApplied, SanctionLifted
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION, SANCTIONS, dead_letters, retries

KIND = "Standing"

Posted = PointsGranted | PointsClawedBack | PointsRestored
Sanctioned = SanctionApplied | SanctionLifted
Heard = Posted | Participated | Sanctioned | commands.Stood

_json = msgspec.json.Encoder()


class Standing:
    """The fold of `engagement.ledger.v1` and of sanctions into levels, badges, tasks and VIP status."""

    group = "standing"
    topics: Sequence[str] = (LEDGER.name, SANCTIONS.name, ENGAGEMENT_COMMANDS.name, retries("standing").name)
    outputs: Sequence[str] = (
        LEDGER.name,
        GRANTS.name,
        ENGAGEMENT_COMMANDS.name,
        PARTICIPATION.name,
        ACTIONS.name,
        dead_letters("standing").name,
    )

    def __init__(self, books: Books, links: Links) -> None:
        self._books, self._asking = books, Asking(books, links)

    async def prepare(self) -> None:
        """Have both documents up to date."""
        await self._books.refresh()

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what changes where a member stands, or what they want to take part in."""
        if first_topic(record) == ENGAGEMENT_COMMANDS.name:
            command = commands.decoded(record.value or b"")
            if not isinstance(command, commands.Stood):
                return ()
            return (Item(f"{command.brand}/{command.member}", command),)
        event = decode(record.value or b"")
        if not isinstance(event, Posted | Participated | Sanctioned):
            return ()
        return (Item(f"{event.brand}/{event.data.member}", event),)

    def evolve(self, state: Member | None, event: Heard) -> Step[Member]:
        """Count, and give or take back what follows from it."""
        match event:
            case Participate() | Say() | Come() | Credit() | Prefer() | Tell():
                return self._asking.asked(state, event)
            case Review():
                member = state or Member(event.brand, event.member)
                return self._looked_at(member, Moment(event.id, event.at, event.at), done=(_timer_id(member),))
            case SanctionApplied() | SanctionLifted():
                member = _sanctioned(state or Member(event.brand, event.data.member), event)
                return _retold(Step(member), event.recordedtime, event.id)
            case Participated():
                member = state or Member(event.brand, event.data.member)
                running = self._books.contests.all_at(event.brand, event.recordedtime)
                return _in_contests(member, in_contests.qualified(running, event.data), event, running)
            case _:
                return self._posted(state or Member(event.brand, event.data.member), event)

    def _posted(self, member: Member, event: Posted) -> Step[Member]:
        """Take in an entry of the ledger; what only enters contests is counted there alone."""
        entry = _entry(event)
        if entry.rule.startswith(bookings.OWN) and entry.rule not in records.COUNTED:
            return Step(member)
        running = self._books.contests.all_at(event.brand, event.recordedtime)
        if entry.rule.startswith(in_contests.RULES):
            return _in_contests(member, in_contests.counted(running, entry), event, running)
        member = replace(member, record=counted(member.record, entry))
        step = self._stayed(self._looked_at(member, Moment(event.id, event.time, event.recordedtime, event.imported)), event)
        if not running or entry.rule == bookings.ADJUSTED:
            return step
        assert step.state is not None, "who is looked at is kept"
        more = _in_contests(step.state, in_contests.counted(running, entry), event, running)
        return replace(step, state=more.state, outputs=[*step.outputs, *more.outputs])

    def _stayed(self, step: Step[Member], event: Posted) -> Step[Member]:
        """Tell the member's inviter, once, that they stayed."""
        member = step.state
        assert member is not None, "who is looked at is kept"
        terms = self._books.standing.at(member.brand, None, event.recordedtime).spec.invites
        if member.invited is None or not is_due(terms, member.invited, member.record):
            return step
        by, friend, at = member.invited.by, member.member, event.recordedtime
        credit = Credit(id=event_id("engagement.credit", friend), brand=member.brand, member=by, at=at, friend=friend)
        told = Output(ENGAGEMENT_COMMANDS.name, f"{member.brand}/{by}", _json.encode(credit))
        member = replace(member, invited=replace(member.invited, is_credited=True))
        return replace(step, state=member, outputs=[*step.outputs, told])

    def _looked_at(self, before: Member, moment: Moment, done: tuple[str, ...] = ()) -> Step[Member]:
        rules = self._books.standing.at(before.brand, None, moment.recorded)
        rewards = self._books.rewards.at(before.brand, None, moment.recorded)
        member, told, grants = members.looked_at(before, rules, rewards, moment)
        key = f"{member.brand}/{member.member}"
        outputs = [*(Output(LEDGER.name, key, event) for event in told), *(Output(GRANTS.name, key, one) for one in grants)]
        timers = () if member.review in {0, before.review} and not done else tuple(_timers(member))
        step = Step(member, outputs=outputs, timers=timers, done_timers=done)
        is_same = who_of(before, moment.recorded) == who_of(member, moment.recorded)
        return step if is_same else _retold(step, moment.recorded, moment.cause)

    def encode(self, state: Member) -> Document:
        """Return the state as a document."""
        return packed(state)

    def decode(self, document: Document) -> Member:
        """Return the state of a document."""
        return unpacked(document)


def _entry(event: Posted) -> Entry:
    data = event.data
    day = event.time.astimezone(UTC).date() if data.day is None or data.day == date.min else data.day
    times = -1 if isinstance(event, PointsClawedBack) else 1
    return Entry(data.rule, times, data.applied or 0, data.karma or 0, day)


def _sanctioned(member: Member, event: Sanctioned) -> Member:
    data = event.data
    if data.kind == "warn":
        return member
    name = f"{data.kind}/{event.community or ''}"
    others = {one: end for one, end in member.sanctions.items() if one != name}
    if isinstance(event, SanctionLifted):
        return replace(member, sanctions=others)
    return replace(member, sanctions=others | {name: 0.0 if data.until is None else data.until.timestamp()})


def _in_contests(
    member: Member, changes: Iterable[tuple[str, InContest]], event: Envelope, running: Mapping[str, Running]
) -> Step[Member]:
    """Take in what a member has in contests, and tell these."""
    found = list(changes)
    if not found:
        return Step(member)
    after = in_contests.kept(member.contests, event.recordedtime.date())
    for name, more in found:
        after = in_contests.added(after, name, more, running)
    member = replace(member, contests=after)
    return Step(member, outputs=[_in_contest(member, name, event.recordedtime, event.id) for name, _ in found])


def _retold(step: Step[Member], at: datetime, cause: str) -> Step[Member]:
    """Tell the contests that a member is in what is known of them now."""
    member = step.state
    assert member is not None, "who is known is kept"
    if not member.contests:
        return step
    again = {name: replace(one, n=one.n + 1) for name, one in member.contests.items()}
    member = replace(member, contests=again)
    told = [_in_contest(member, name, at, cause) for name in again]
    return replace(step, state=member, outputs=[*step.outputs, *told])


def _in_contest(member: Member, name: str, at: datetime, cause: str) -> Output:
    mine, thing = member.contests[name], f"contest/{name}"
    told = Counted(
        id=f"counted:{member.member}:{mine.n}:{cause}",
        brand=member.brand,
        thing=thing,
        at=at,
        member=member.member,
        n=mine.n,
        entries=mine.entries,
        score=mine.score,
        who=who_of(member, at),
    )
    return Output(PARTICIPATION.name, f"{member.brand}/{thing}", participation.encoded(told))


def _timer_id(member: Member) -> str:
    return f"review/{member.brand}/{member.member}"


def _timers(member: Member) -> Sequence[Timer]:
    if not member.review:
        return ()
    due = datetime.combine(date.fromordinal(member.review), datetime.min.time(), UTC)
    review = Review(id=_timer_id(member), brand=member.brand, member=member.member, at=due)
    key = f"{member.brand}/{member.member}"
    return (Timer(_timer_id(member), due, ENGAGEMENT_COMMANDS.name, key, _json.encode(review)),)
