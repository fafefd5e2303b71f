"""The fold of what was posted and of sanctions into where members stand. Members take part in things through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec
from msgspec.structs import replace

from services.engagement.handlers.books import Books
from services.engagement.rules import bookings, chat, commands
from services.engagement.rules.chat import Links
from services.engagement.rules.commands import Participate, Review, Say
from services.engagement.rules.contests import Running
from services.engagement.rules.participation import commands as participation
from services.engagement.rules.participation.commands import Counted, Take, Who
from services.engagement.rules.participation.replies import Asked, replied
from services.engagement.rules.standing import members, tallies
from services.engagement.rules.standing.members import LEVEL, Member, Moment
from services.engagement.rules.standing.packing import packed, unpacked
from services.engagement.rules.standing.record import Entry, counted
from services.engagement.rules.standing.tallies import Tally
from shared.bus.record import Record
from shared.events import Envelope, decode
from shared.events.engagement import Participated, PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import SanctionApplied, SanctionLifted
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION, SANCTIONS, dead_letters, retries

KIND = "Standing"

Posted = PointsGranted | PointsClawedBack | PointsRestored
Sanctioned = SanctionApplied | SanctionLifted
Heard = Posted | Participated | Sanctioned | Review | Participate | Say

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
        self._books, self._links = books, links

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
            case Participate():
                return _passed_on(state, event)
            case Say():
                return self._said(state, event)
            case Review():
                member = state or Member(event.brand, event.member)
                return self._looked_at(member, Moment(event.id, event.at, event.at), done=(_timer_id(member),))
            case SanctionApplied() | SanctionLifted():
                member = _sanctioned(state or Member(event.brand, event.data.member), event)
                return Step(member, outputs=[_in_contest(member, name, event) for name in member.tallies])
            case Participated():
                member = state or Member(event.brand, event.data.member)
                running = self._books.contests.all_at(event.brand, event.recordedtime)
                return _tallied(member, tallies.qualified(running, event.data), event, running)
            case _:
                return self._posted(state or Member(event.brand, event.data.member), event)

    def _posted(self, member: Member, event: Posted) -> Step[Member]:
        """Take in an entry of the ledger; what only enters contests is counted there alone."""
        entry = _entry(event)
        if entry.rule.startswith(bookings.OWN) and entry.rule != bookings.ADJUSTED:
            return Step(member)
        running = self._books.contests.all_at(event.brand, event.recordedtime)
        if entry.rule.startswith(tallies.RULES):
            return _tallied(member, tallies.counted(running, entry), event, running)
        member = replace(member, record=counted(member.record, entry))
        step = self._looked_at(member, Moment(event.id, event.time, event.recordedtime, event.imported))
        if not running or entry.rule.startswith(bookings.OWN):
            return step
        assert step.state is not None, "who is looked at is kept"
        more = _tallied(step.state, tallies.counted(running, entry), event, running)
        return replace(step, state=more.state, outputs=[*step.outputs, *more.outputs])

    def _said(self, state: Member | None, say: Say) -> Step[Member]:
        """Pass on what a member wants to do, or answer them."""
        there = {kind: book.all_at(say.brand, say.at) for kind, book in self._books.things.items()}
        found = chat.meant(say, there)
        if isinstance(found, chat.Meant):
            asked = Participate(
                id=say.id, brand=say.brand, member=say.member, at=say.at, thing=found.thing, does=found.does, reply=say.reply
            )
            return _passed_on(state, asked)
        if found is None:
            rules = self._books.standing.at(say.brand, None, say.at)
            link = self._links.of(say.brand, say.member)
            found = chat.answered(say, state or Member(say.brand, say.member), rules, link)
        act = replied(Asked(say.id, say.brand, say.member, say.at), say.reply, found.said, found.keys)
        return Step(state, outputs=(Output(ACTIONS.name, f"{say.brand}/{say.reply.community}", act),))

    def _looked_at(self, before: Member, moment: Moment, done: tuple[str, ...] = ()) -> Step[Member]:
        rules = self._books.standing.at(before.brand, None, moment.recorded)
        rewards = self._books.rewards.at(before.brand, None, moment.recorded)
        member, told, grants = members.looked_at(before, rules, rewards, moment)
        key = f"{member.brand}/{member.member}"
        outputs = [*(Output(LEDGER.name, key, event) for event in told), *(Output(GRANTS.name, key, one) for one in grants)]
        timers = () if member.review in {0, before.review} and not done else tuple(_timers(member))
        return Step(member, outputs=outputs, timers=timers, done_timers=done)

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


def _tallied(
    member: Member, changes: Iterable[tuple[str, Tally]], event: Envelope, running: Mapping[str, Running]
) -> Step[Member]:
    """Take in what a member has in contests, and tell these."""
    found = list(changes)
    if not found:
        return Step(member)
    after = tallies.kept(member.tallies, running, event.recordedtime.date())
    for name, more in found:
        after = tallies.added(after, name, more)
    member = replace(member, tallies=after)
    return Step(member, outputs=[_in_contest(member, name, event) for name, _ in found])


def _in_contest(member: Member, name: str, event: Envelope) -> Output:
    tally, thing = member.tallies[name], f"contest/{name}"
    told = Counted(
        id=f"counted:{member.member}:{event.id}",
        brand=member.brand,
        thing=thing,
        at=event.recordedtime,
        member=member.member,
        n=tally.n,
        entries=tally.entries,
        score=tally.score,
        who=who_of(member, event.recordedtime),
    )
    return Output(PARTICIPATION.name, f"{member.brand}/{thing}", participation.encoded(told))


def _passed_on(state: Member | None, asked: Participate) -> Step[Member]:
    """Pass on what a member wants to do, with what is known of them."""
    who = Who() if state is None else who_of(state, asked.at)
    taken = Take(
        id=asked.id,
        brand=asked.brand,
        thing=asked.thing,
        at=asked.at,
        member=asked.member,
        does=asked.does,
        who=who,
        reply=asked.reply,
    )
    return Step(state, outputs=(Output(PARTICIPATION.name, f"{asked.brand}/{asked.thing}", participation.encoded(taken)),))


def who_of(member: Member, at: datetime) -> Who:
    """Return what things are told of a member."""
    return Who(
        level=len(members.held(member, LEVEL)),
        since=member.record.since,
        sanctioned=members.is_sanctioned(member, at),
        vip=bool(members.held(member, members.STATUS)),
    )


def _timer_id(member: Member) -> str:
    return f"review/{member.brand}/{member.member}"


def _timers(member: Member) -> Sequence[Timer]:
    if not member.review:
        return ()
    due = datetime.combine(date.fromordinal(member.review), datetime.min.time(), UTC)
    review = Review(id=_timer_id(member), brand=member.brand, member=member.member, at=due)
    key = f"{member.brand}/{member.member}"
    return (Timer(_timer_id(member), due, ENGAGEMENT_COMMANDS.name, key, _json.encode(review)),)
