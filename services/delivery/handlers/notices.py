"""The fold of notices: alerts, decisions and receipts into what staff are told, by which route and when.

States are kept by the key of the records: `brand/community`, and `brand/connection` of what concerns a connection. What
goes to a chat is an act; what goes out by mail or webhook is an entry, which the sender takes (sending/).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

import msgspec

from services.delivery.rules.notices import telling, words
from services.delivery.rules.notices.occasions import Told, told_of
from services.delivery.rules.notices.telling import Due, Notice, Outcome, Policy, State, moment
from shared.bus.record import Record
from shared.documents.outward import Notify
from shared.errors import Unprocessable
from shared.events import Envelope, decode, event_id
from shared.events.actions import Act, ActionPublish, ConnectionLost, ConnectionRestored
from shared.events.codec import reason
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.policy import InForce
from shared.said import Language
from shared.topics import ACTIONS, ALERTS, DECISIONS, NOTICES, RECEIPTS, dead_letters, retries

GROUP = "notices"
KIND = "Notify"
ENTRIES = f"{GROUP}.entries"
"""Where what the sender takes is put."""

SOURCE = "veche/notices"

CHAT_CHARS_MAX = 1_900
"""Of a notice in a chat: Discord takes 2,000, the least of all, and refuses what is longer."""

CHAT = timedelta(days=1)
"""A chat that could not be written to for so long is not told any more: what is news then is told by other routes."""

_packer = msgspec.msgpack.Encoder()
_state = msgspec.msgpack.Decoder(State)


class Ended(msgspec.Struct, frozen=True, tag="delivery.command.ended", tag_field="type"):
    """A lane is at its end: its timer says so."""

    id: str
    key: str
    """Of the state."""
    brand: str
    community: str | None
    lane: str
    due_ms: int


class Heard(NamedTuple):
    """What a record tells, and of which state."""

    key: str
    event: Told | Ended


class Place(NamedTuple):
    """Where something happened: the state, and what it is called to people."""

    key: str
    brand: str
    community: str | None
    endpoints: str
    """What the names of its routes' endpoints begin with."""


_ended = msgspec.json.Decoder(Ended)


class Zones(Protocol):
    """The time zones of brands."""

    async def refresh(self) -> None:
        """Have them up to date. Raises Retryable where that fails."""

    def of(self, brand: str) -> str:
        """Return the zone of a brand."""


class Notices:
    """The fold of what happened into what staff are told."""

    group = GROUP
    topics: Sequence[str] = (ALERTS.name, DECISIONS.name, RECEIPTS.name, NOTICES.name, retries(GROUP).name)
    outputs: Sequence[str] = (ACTIONS.name, dead_letters(GROUP).name)

    def __init__(self, policies: InForce[Notify], zones: Zones, pages_url: str | None = None) -> None:
        self._policies, self._zones, self._pages_url = policies, zones, pages_url

    async def prepare(self) -> None:
        """Have the policies and the brands' time zones up to date."""
        await self._policies.refresh()
        await self._zones.refresh()

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what staff may be told, or which lane is at its end."""
        if first_topic(record) == NOTICES.name:
            ended = _command(record.value or b"")
            return (Item(ended.key, Heard(ended.key, ended)),)
        event = decode(record.value or b"")
        told = None if event is None else told_of(event)
        if event is None or told is None:
            return ()
        key = _key(record, told)
        return (Item(key, Heard(key, told), _identity(event)),)

    def evolve(self, state: State | None, event: Heard) -> Step[State]:
        """Take it in: tell now, or have it wait."""
        key, told = event
        before = state or State()
        at_ms = told.due_ms if isinstance(told, Ended) else told.at_ms
        notify = self._policies.at(told.brand, told.community, moment(at_ms))
        policy = Policy(notify, self._zones.of(told.brand))
        if isinstance(told, Ended):
            outcome = telling.ended(before, Due(told.lane, told.due_ms), policy)
        else:
            outcome = telling.evolve(before, told, policy)
        place = Place(key, told.brand, told.community, self._book(told, notify, at_ms))
        step = self._step(place, outcome, Language(notify.language))
        return msgspec.structs.replace(step, done_timers=(told.id,)) if isinstance(told, Ended) else step

    def _book(self, told: Told | Ended, notify: Notify, at_ms: int) -> str:
        """Return what the names of endpoints begin with: a community's own routes may be called as the brand's are."""
        book = f"{told.brand}/{telling.ENDPOINT}"
        try:
            is_brands = notify is self._policies.at(told.brand, None, moment(at_ms))
        except Unprocessable:  # the brand's cannot be used, so this is another
            is_brands = False
        return book if is_brands else f"{book}{told.community}/"

    def _step(self, place: Place, outcome: Outcome, language: Language) -> Step[State]:
        state = outcome.state
        written = [(notice, self._written(notice, place, language)) for notice in outcome.notices]
        return Step(
            state if state.lanes or state.open else None,
            entries=[_entry(notice, text, place) for notice, text in written if notice.route.chat is None],
            outputs=[_act(notice, text, place) for notice, text in written if notice.route.chat is not None],
            timers=[_timer(due, place) for due in outcome.timers],
        )

    def _written(self, notice: Notice, place: Place, language: Language) -> Mapping[str, Any]:
        """Return a notice in words."""
        lines = [words.line(held.told, language, over_since=held.is_over) for held in notice.held]
        whole = [words.lines(held.told, language, over_since=held.is_over) for held in notice.held]
        found = (words.link(held.told, self._pages_url, language) for held in notice.held)
        links = list(dict.fromkeys(filter(None, found)))
        return {
            "id": event_id("delivery.notice", place.key, notice.route.id, notice.cause),
            "title": words.subject(lines, len(lines) + notice.more, place.brand, language),
            "text": words.body(whole, notice.more, links, language, None if notice.route.chat is None else CHAT_CHARS_MAX),
            "link": links[0] if links else None,
        }

    def encode(self, state: State) -> Document:
        """Return the state as a document: one packed field, for nobody asks it anything."""
        return {"state": _packer.encode(state)}

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return _state.decode(document["state"])


def _key(record: Record, told: Told) -> str:
    """Return whose state it is: the community's, or whatever the record is keyed by where it concerns none."""
    if told.community is not None:
        return f"{told.brand}/{told.community}"
    _, _, rest = (record.key or b"").decode("utf-8", "replace").partition("/")
    return f"{told.brand}/{rest}"


def _identity(event: Envelope) -> str | None:
    """Return by what a second telling is known of what no fold tells: connections are looked after by workers."""
    is_of_workers = isinstance(event, ConnectionLost | ConnectionRestored)
    return f"{event.brand}/{event.id}" if is_of_workers else None


def _command(raw: bytes) -> Ended:
    try:
        return _ended.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not the end of a lane: {reason(error)}") from error


def _timer(due: Due, place: Place) -> Timer:
    id_ = event_id("delivery.ended", place.key, due.lane, due.due_ms)
    command = Ended(id_, place.key, place.brand, place.community, due.lane, due.due_ms)
    return Timer(id_, moment(due.due_ms), NOTICES.name, place.key, msgspec.json.encode(command))


def _act(notice: Notice, written: Mapping[str, Any], place: Place) -> Output:
    """Return what writes a notice into a chat."""
    chat, at = notice.route.chat, moment(notice.at_ms)
    assert chat is not None, "the route goes to a chat"
    is_urgent = any(held.told.is_urgent for held in notice.held)
    act = ActionPublish(
        id=written["id"],
        source=SOURCE,
        time=at,
        brand=place.brand,
        recordedtime=at,
        community=chat.community,
        data=Act(
            cause=notice.held[0].told.cause,
            channel=chat.channel,
            text=written["text"],
            deadline=at + CHAT,
            priority="crisis" if is_urgent else "notice",
        ),
    )
    return Output(ACTIONS.name, f"{place.brand}/{chat.community}", act)


def _entry(notice: Notice, written: Mapping[str, Any], place: Place) -> Document:
    """Return a notice as the sender takes it."""
    told = [held.told for held in notice.held]
    items = [msgspec.to_builtins(one.told) | ({"over_since": True} if one.is_over else {}) for one in notice.held]
    at = moment(notice.at_ms)
    data = {
        "brand": place.brand,
        "community": place.community,
        "severity": words.worst(told),
        "title": written["title"],
        "text": written["text"],
        "link": written["link"],
        "more": notice.more,
        "items": [_public(item) for item in items],
    }
    payload = {"type": "veche.notice", "timestamp": at.isoformat(), "data": data}
    return {
        "_id": written["id"],
        "brand": place.brand,
        "community": place.community,
        "route": notice.route.id,
        "endpoint": f"{place.endpoints}{notice.route.id}",
        "title": written["title"],
        "text": written["text"],
        "payload": msgspec.json.encode(payload),
        "at": at,
        "status": "waiting",
        "next": at,
        "tries": 0,
    }


def _public(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return one thing as a webhook tells it."""
    names = ("occasion", "severity", "subject", "cause", "over", "over_since", "values")
    return {name: item[name] for name in names if name in item}
