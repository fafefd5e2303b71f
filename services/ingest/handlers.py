"""The normaliser: raw payloads into events, once for everybody, with authors and staff filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, PollPlace, Reason, Refusal, Standing, Turn
from services.ingest.connectors.raw import POLL_PLACE, RELEASE, Raw, from_record
from services.ingest.facts import identity
from services.ingest.rules import authors, commands, polls, turns
from services.ingest.rules.authors import ContentState, Release
from services.ingest.rules.hostile import refuse_nul
from services.ingest.rules.polls import PollState, Vote
from services.ingest.rules.turns import ThingState
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason
from shared.events.community import ContentCreated, ContentEdited, ReactionAdded
from shared.fold.definition import Document, Item, Step
from shared.policy import PolicyBook
from shared.topics import EVENTS, RAW, retries

GROUP = "normaliser"
INPUTS = (RAW.name, retries(GROUP).name)
OUTPUTS = (EVENTS.name, RAW.name, f"{GROUP}.dlq")

State = ContentState | PollState | ThingState
Told = Envelope | Turn | Release | Vote | PollPlace | tuple[PollPlace, Raw]
Own = TypeVar("Own", Release, PollPlace)

_release = msgspec.json.Decoder(Release)
_place = msgspec.json.Decoder(PollPlace)

Refused = Callable[[str, Refusal], None]
"""Counts what became no event: platform and refusal."""


class Normaliser:
    """The fold of `ingest.raw.v1` into `community.events.v1`.

    States are kept by content (its author, what waits for it, what was put on it without a time), by poll (its community,
    the votes that wait) and by member (in or out, where no time of it is told).
    """

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, staff: PolicyBook[frozenset[str]], refused: Refused) -> None:
        """`staff` are the accounts of the brand's own people, by time."""
        self._staff, self._refused = staff, refused

    async def prepare(self) -> None:
        """Have the staff's accounts up to date."""
        await self._staff.refresh()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return the events of a payload, and what it tells of polls."""
        raw = from_record(record)
        if raw.platform == RELEASE:
            release = _own(_release, raw)
            return [Item(release.content, release)]
        if raw.platform == POLL_PLACE:
            place = _own(_place, raw)
            return [Item(_poll_key(raw, place.poll), place)]
        connector = CONNECTORS.get(raw.platform)
        if connector is None:
            raise Unprocessable("no connector for the platform of the raw record")
        decoded = marked(connector.decode(raw.payload), raw.payload.purpose)
        refuse_nul(decoded, raw.payload.body)
        return list(self._items(raw, decoded))

    def _items(self, raw: Raw, decoded: Decoded) -> Sequence[Item[Told]]:
        for refusal in decoded.refused:
            self._refused(raw.platform, refusal)
        items: list[Item[Told]] = [
            self._item(one) for event in decoded.events for one in with_what_it_asks(event, raw.payload.bot)
        ]
        items += [Item(_turn_key(turn), turn, turns.told_before(turn)) for turn in decoded.turns]
        items += [Item("-", (place, raw)) for place in decoded.poll_places]
        items += [Item(_poll_key(raw, answer.poll), Vote(answer, raw)) for answer in decoded.poll_answers]
        return items

    def _item(self, event: Envelope) -> Item[Told]:
        beside = _answered_keys(event)
        return Item(_content_key(event) or "-", event, identity(event.brand, event.community, event.id), beside)

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Return what goes on to everybody, and what is known now."""
        match event:
            case Envelope():
                return self._told(state, event)
            case Turn():
                return self._turn(state, event)
            case Release():
                return _step(authors.release(_content(state), event.content))
            case Vote():
                return _step(polls.voted(_poll(state), event))
            case PollPlace():
                return _step(polls.placed(_poll(state), event))
            case (place, raw):
                return Step(state, outputs=(polls.told_elsewhere(place, raw),))

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """Return the same of a content that answers another one, whose author may be known."""
        assert isinstance(event, ContentCreated | ContentEdited), "nothing else looks at another content"
        known = dict(zip(authors.looked_at(event), map(_content, beside), strict=True))
        return self.evolve(state, authors.replying(event, known))

    def _turn(self, state: State | None, turn: Turn) -> Step[State]:
        """Tell the event of a thing that turned; what stands as it stood was told before."""
        state = state or (ContentState() if _content_key(turn.event) else ThingState())
        assert not isinstance(state, PollState), "a poll's key is never a thing's"
        found = turns.turned(state.turns, turn)
        return Step(state) if found is None else self._event(replace(state, turns=found[0]), found[1])

    def _told(self, state: State | None, event: Envelope) -> Step[State]:
        """Tell an event, unless an export tells of what was heard live, without the time by which it could be known."""
        if not isinstance(event, ReactionAdded) or not event.imported or _content_key(event) is None:
            return self._event(state, event)
        content = _content(state) or ContentState()
        now, is_news = turns.heard(content.turns, event)
        return self._event(replace(content, turns=now), event) if is_news else Step(state)

    def _event(self, state: State | None, event: Envelope) -> Step[State]:
        event = self._with_role(event)
        key = _content_key(event)
        if key is None:
            return Step(state, outputs=(authors.output(event),))
        return _step(authors.evolve(_content(state), event, key))

    def _with_role(self, event: Envelope) -> Envelope:
        data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
        actor = data.actor
        if actor is None:
            return event
        is_staff = actor.id in self._staff.at(event.brand, None, event.recordedtime)
        if is_staff == (actor.role == "staff"):
            return event
        return replace(event, data=replace(data, actor=replace(actor, role="staff" if is_staff else None)))

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        if isinstance(state, PollState):
            return {"poll": True, "community": state.community, "waiting": [list(pair) for pair in state.waiting]}
        if isinstance(state, ThingState):
            return {"turns": dict(state.turns)}
        plain: dict[str, Any] = {
            "known": state.known,
            "author": state.author,
            "parked": list(state.parked),
            "late": state.late,
        }
        if state.own:
            plain |= {"own": True}
        return plain | {"turns": dict(state.turns)} if state.turns else plain

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        if document.get("poll"):
            return PollState(document["community"], tuple((p, bytes(b)) for p, b in document["waiting"]))
        counted = {thing: int(number) for thing, number in document.get("turns", {}).items()}
        if "known" not in document:
            return ThingState(counted)
        parked = tuple(map(bytes, document["parked"]))
        own = document.get("own", False)
        return ContentState(document["known"], document["author"], own, parked, document["late"], counted)


def _own(decoder: msgspec.json.Decoder[Own], raw: Raw) -> Own:
    """Return what a record says that the normaliser sent to itself."""
    try:
        return decoder.decode(raw.payload.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a {raw.platform} of the normaliser: {reason(error)}") from error


def _content_key(event: Envelope) -> str | None:
    """Return the key of the state of the content that an event is or touches.

    It begins as the record's key does: whoever names a content of another community gets a state of his own. What happens
    in no community has the connection for its key: a state of it would be reached from several partitions.
    """
    content = authors.touched(event)
    return f"{event.brand}/{event.community}/{content}" if content is not None and event.community else None


def _answered_keys(event: Envelope) -> tuple[str, ...]:
    """Return the keys of the states of what a content answers and stands below."""
    if not event.community:
        return ()
    return tuple(f"{event.brand}/{event.community}/{one}" for one in authors.looked_at(event))


def _turn_key(turn: Turn) -> str:
    """Return the key of the state that knows how the turn's thing stands: of a reaction, its content's."""
    event = turn.event
    return _content_key(event) or f"{event.brand}/{event.community}/turn/{turns.key_of(turn.thing)}"


def _poll_key(raw: Raw, poll: str) -> str:
    return f"poll/{raw.payload.brand}/{raw.payload.connection}/{poll}"


def _content(state: State | None) -> ContentState | None:
    assert not isinstance(state, PollState | ThingState), "a content's key is no other's"
    return state


def _poll(state: State | None) -> PollState | None:
    assert not isinstance(state, ContentState | ThingState), "a poll's key is no other's"
    return state


def _step(step: Step[ContentState] | Step[PollState] | Step[ThingState]) -> Step[State]:
    return step  # type: ignore[return-value] # steps are read only, so the wider kind of state is no lie


def with_what_it_asks(event: Envelope, bot: str | None) -> Sequence[Envelope]:
    """Return the event; where it is a member's command, marked so, and what it asks for behind it."""
    found = commands.asked(event, bot)
    if found is None:
        return (event,)
    assert isinstance(event, ContentCreated), "nothing else asks"
    return (commands.marked(event, found), commands.following(event, found))


def marked(decoded: Decoded, standing: Standing | None) -> Decoded:
    """Return what was decoded, marked with whose the community is where it is not the brand's own."""
    if standing is None:
        return decoded
    if standing == "unlisted":
        kinds = {str(event.__struct_config__.tag) for event in decoded.told}
        return Decoded(refused=(*decoded.refused, *(Refusal(Reason.NOT_LISTED, kind) for kind in sorted(kinds))))
    events = tuple(replace(event, purpose=standing) for event in decoded.events)
    turned = tuple(replace(turn, event=replace(turn.event, purpose=standing)) for turn in decoded.turns)
    return replace(decoded, events=events, turns=turned)


def accounts(version: int, spec: Mapping[str, Any]) -> frozenset[str]:
    """Build the staff's accounts of a stored version."""
    del version
    return frozenset(spec["accounts"])
