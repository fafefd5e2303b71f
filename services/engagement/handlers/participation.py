"""The fold of what members and staff do in polls, quizzes, activities, contests and the shop: a state for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.engagement.handlers.books import Books
from services.engagement.rules.participation import commands
from services.engagement.rules.participation.commands import Command, Counted, Define, Due, Order, Polled, Settled, Take
from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.mechanism import NO_THING, Mechanism, packed
from services.engagement.rules.participation.play import CLOSE, GONE, OPEN, Play, Terms, timer_id
from shared.bus.record import Record
from shared.clock import Clock
from shared.errors import Unprocessable
from shared.fold.definition import Document, Item, Step
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION, dead_letters, retries


class Thing(msgspec.Struct, frozen=True):
    """A thing as it is kept."""

    brand: str
    name: str
    """Kind and name: `quiz/spring`."""
    version: int
    spec: dict[str, Any]
    """Of the last version that was not a deletion."""
    state: Any
    """Of its mechanism."""
    is_deleted: bool = False


class Told(NamedTuple):
    """A command, and its trace."""

    command: Command
    trace: str | None


class Participation:
    """The fold of `engagement.participation.v1`."""

    group = "participation"
    topics: Sequence[str] = (PARTICIPATION.name, retries("participation").name)
    outputs: Sequence[str] = (
        LEDGER.name,
        GRANTS.name,
        ACTIONS.name,
        ENGAGEMENT_COMMANDS.name,
        PARTICIPATION.name,
        dead_letters("participation").name,
    )

    def __init__(self, books: Books, clock: Clock, draw_key: bytes = b"") -> None:
        self._books, self._clock, self._draw_key = books, clock, draw_key
        self._now = clock.now()

    async def prepare(self) -> None:
        """Have the documents up to date, and know how late it is: a list is not closed before the moment in which it is."""
        await self._books.refresh()
        self._now = self._clock.now()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return the command. The same id is taken in once."""
        command = commands.decoded(record.value or b"")
        if _kind(command.thing) not in MECHANISMS:
            raise Unprocessable("no kind of thing that is known")
        key = f"{command.brand}/{command.thing}"
        return (Item(key, Told(command, trace_of(record)), f"{key}/{command.id}"),)

    def evolve(self, state: Thing | None, event: Told) -> Step[Thing]:
        """Have the mechanism of the kind deal with the command."""
        command = event.command
        if isinstance(command, Due):
            command = replace(command, at=max(command.at, self._now))
        if isinstance(command, Define):
            return self._defined(state, command, event.trace)
        mechanism = MECHANISMS[_kind(command.thing)]
        goes_on = mechanism.outlives or _is_farewell(command)
        if state is None or (state.is_deleted and not goes_on):
            return self._unknown(state, event)
        spec = msgspec.convert(state.spec, mechanism.spec)
        play = Play(command, spec, state.state, self._terms(command), event.trace)
        play.is_gone, play.is_private = state.is_deleted, mechanism.private
        if _is_stale(mechanism, play):
            return Step(state)
        _dealt_with(mechanism, play)
        return _step(replace(state, state=play.state), play)

    def _terms(self, command: Command) -> Terms:
        rewards = self._books.rewards.at(command.brand, None, command.at)
        return Terms(rewards, self._books.standing.at(command.brand, None, command.at), self._draw_key)

    def _defined(self, state: Thing | None, define: Define, trace: str | None) -> Step[Thing]:
        if state is not None and define.version <= state.version:
            return Step(state)
        if define.spec is None:
            return Step(None) if state is None else self._deleted(state, define, trace)
        mechanism = MECHANISMS[_kind(define.thing)]
        if state is not None and mechanism.is_final(state.state):
            return Step(replace(state, version=define.version, is_deleted=False))
        spec = msgspec.convert(define.spec, mechanism.spec)
        kept = mechanism.empty() if state is None else state.state
        play = Play(define, spec, kept, self._terms(define), trace)
        _timed(play, OPEN, spec.from_)
        _timed(play, CLOSE, None if spec.until is None else spec.until + mechanism.settle)
        mechanism.defined(play)
        if state is None and play.is_open:
            mechanism.opened(play)
        return _step(Thing(define.brand, define.thing, define.version, define.spec, play.state), play)

    def _deleted(self, state: Thing, define: Define, trace: str | None) -> Step[Thing]:
        mechanism = MECHANISMS[_kind(define.thing)]
        play = Play(define, msgspec.convert(state.spec, mechanism.spec), state.state, self._terms(define), trace)
        for what in (OPEN,) if mechanism.outlives else (OPEN, CLOSE):
            play.no_timer(what)
        if not state.is_deleted:
            mechanism.deleted(play)
        return _step(replace(state, version=define.version, is_deleted=True, state=play.state), play)

    def _unknown(self, state: Thing | None, event: Told) -> Step[Thing]:
        """Tell who wants something of a thing that is not there."""
        play: Play[Any, Any] = Play(event.command, NO_THING, NO_THING, self._terms(event.command), event.trace)
        if isinstance(event.command, Take):
            play.refuse(event.command, "unknown")
        elif isinstance(event.command, Order):
            play.ordered(event.command, "unknown")
        return Step(state, play.entries, play.outputs, done_timers=_fired(play))

    def encode(self, state: Thing) -> Document:
        """Return the state as a document: names, and when it ends, open, the rest packed."""
        spec = msgspec.convert(state.spec, MECHANISMS[_kind(state.name)].spec)
        return {
            "brand": state.brand,
            "thing": state.name,
            "version": state.version,
            **({} if spec.until is None else {"ends": spec.until}),
            "spec": msgspec.msgpack.encode(state.spec),
            "state": packed(state.state),
            **MECHANISMS[_kind(state.name)].open_fields(state.state),
            **({"deleted": True} if state.is_deleted else {}),
        }

    def decode(self, document: Document) -> Thing:
        """Return the state of a document."""
        mechanism = MECHANISMS[_kind(document["thing"])]
        return Thing(
            document["brand"],
            document["thing"],
            document["version"],
            msgspec.msgpack.decode(document["spec"]),
            msgspec.msgpack.decode(document["state"], type=mechanism.state),
            document.get("deleted", False),
        )


def _kind(thing: str) -> str:
    return thing.partition("/")[0]


def _is_farewell(command: Command) -> bool:
    """Say whether a command is for a thing whose document was deleted."""
    return isinstance(command, Due) and command.what.startswith(GONE)


def _dealt_with(mechanism: Mechanism[Any, Any], play: Play[Any, Any]) -> None:
    match play.command:
        case Take() as take:
            mechanism.take(play, take)
        case Order() as order:
            mechanism.order(play, order)
        case Due() as due:
            _due(mechanism, play, due)
        case Settled() as settled:
            mechanism.settled(play, settled)
        case Counted() as counted:
            mechanism.counted(play, counted)
        case Polled() as polled:
            mechanism.polled(play, polled)
        case Define():
            raise AssertionError("what a thing is, is dealt with by itself")


def _due(mechanism: Mechanism[Any, Any], play: Play[Any, Any], due: Due) -> None:
    if due.what == OPEN:
        mechanism.opened(play)
    elif due.what == CLOSE:
        mechanism.closed(play)
    else:
        mechanism.due(play, due)


def _is_stale(mechanism: Mechanism[Any, Any], play: Play[Any, Any]) -> bool:
    """Say whether a timer tells of an end that was moved while it was on its way; the new one has its own."""
    command, ends = play.command, play.spec.until
    is_close = isinstance(command, Due) and command.what == CLOSE
    return is_close and (ends is None or play.at < ends + mechanism.settle)


def _timed(play: Play[Any, Any], what: str, due: datetime | None) -> None:
    """Have the thing opened or closed when that is due; what is over by now is not."""
    if due is None or (what == OPEN and due <= play.at):
        play.no_timer(what)
    else:
        play.timer(what, due)


def _step(state: Thing, play: Play[Any, Any]) -> Step[Thing]:
    done = [*play.done_timers, *_fired(play)]
    return Step(state, play.entries, play.outputs, play.timers, done)


def _fired(play: Play[Any, Any]) -> Sequence[str]:
    command = play.command
    return (timer_id(command.brand, command.thing, command.what),) if isinstance(command, Due) else ()
