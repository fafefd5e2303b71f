"""Whom a content belongs to: whatever touches a content leaves the normaliser with its author filled in.

A reaction may come before its content. It is parked for a while; a content that does not come by then is one from
before Veche listened, and what touches it goes on without an author. The word that the time is over stands in the raw
topic itself, behind all that came before it: a normaliser that lags lets go no sooner than one that keeps up, and reading
the topic again gives the same authors.

History does not wait: an export tells a content before what touches it, so one that was not told by then never will be (a
notice of the platform that people reacted to).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import RELEASE, Raw, to_record
from shared.events import Common, Envelope, decode, encode
from shared.events.community import ContentCreated, ContentEdited
from shared.fold.definition import Output, Step, Timer
from shared.topics import EVENTS, RAW

PARK_FOR = timedelta(seconds=60)
"""Platforms deliver a content and its first reactions within seconds of each other."""

PARKED_MAX = 200
PARKED_BYTES_MAX = 400_000
"""Events that wait for one content; more go on without an author. Their bytes share a state with what was put on the content
(`turns.THINGS_MAX`)."""


class Release(msgspec.Struct, frozen=True, tag="release"):
    """The time to wait for a content is over."""

    content: str
    """The state's key."""


class ContentState(msgspec.Struct, frozen=True):
    """What is known of a content."""

    known: bool = False
    """Its creation or an edit was seen."""
    author: str | None = None
    own: bool = False
    """Whether it is a post of the brand's own, in a community of its own."""
    parked: tuple[bytes, ...] = ()
    late: bool = False
    """The time to wait was over before it was seen."""
    turns: Mapping[str, int] = {}
    """What was put on it without a time: see turns.py."""


def evolve(state: ContentState | None, event: Envelope, key: str) -> Step[ContentState]:
    """Return what goes on, with authors, and what waits."""
    state = state or ContentState()
    if isinstance(event, ContentCreated | ContentEdited) and (event.data.actor or not state.known):
        return _seen(state, event, key)
    if _goes_on(state, event) or _is_full(state, raw := encode(event)):
        return Step(state, outputs=(output(_touching(state, event)),))
    return _park(state, event, raw, key)


def _goes_on(state: ContentState, event: Envelope) -> bool:
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    return data.content_author is not None or event.imported or state.known or state.late


def _is_full(state: ContentState, raw: bytes) -> bool:
    size = len(raw) + sum(map(len, state.parked))
    return len(state.parked) >= PARKED_MAX or size > PARKED_BYTES_MAX


def _seen(state: ContentState, event: ContentCreated | ContentEdited, key: str) -> Step[ContentState]:
    author = event.data.content_author or (event.data.actor.id if event.data.actor else None)
    own = state.own or (event.data.is_own_post and event.purpose is None)
    seen = replace(state, known=True, author=author, own=own, parked=(), late=False)
    written = _touching(seen, event) if isinstance(event, ContentEdited) else event
    outputs = [output(written), *(output(_touching(seen, parked)) for parked in map(_decoded, state.parked))]
    done = (timer_id(key),) if state.parked else ()
    return Step(state if seen == state else seen, outputs=outputs, done_timers=done)


def _park(state: ContentState, event: Envelope, raw: bytes, key: str) -> Step[ContentState]:
    parked = replace(state, parked=(*state.parked, raw))
    if state.parked:
        return Step(parked)
    return Step(parked, timers=(_timer(event, key),))


def _timer(event: Envelope, key: str) -> Timer:
    due = event.recordedtime + PARK_FOR
    payload = Payload(
        body=msgspec.json.encode(Release(key)),
        brand=event.brand,
        connection=RELEASE,
        community=event.community,
        recordedtime=due,
    )
    record = to_record(Raw(RELEASE, payload))
    return Timer(timer_id(key), due, RAW.name, record.key.decode(), record.value, record.headers)


def release(state: ContentState | None, key: str) -> Step[ContentState]:
    """Let go of what waits: the content did not come in time."""
    if state is None or not state.parked:
        return Step(state, done_timers=(timer_id(key),))
    outputs = [output(event) for event in map(_decoded, state.parked)]
    return Step(replace(state, parked=(), late=True), outputs=outputs, done_timers=(timer_id(key),))


def timer_id(key: str) -> str:
    """Return the id of the timer of a content."""
    return f"release {key}"


E = TypeVar("E", bound=Envelope)


def with_author(event: E, author: str | None) -> E:
    """Return the event with the author of its content, where it does not tell one itself."""
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    if author is None or data.content_author is not None:
        return event
    return replace(event, data=replace(data, content_author=author))


def _touching(state: ContentState, event: Envelope) -> Envelope:
    """Return what touches a content with the author, and with the content's id where it is the brand's own post."""
    event = with_author(event, state.author)
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    return with_post(event, data.content_id if state.own else None)


def with_post(event: E, post: str | None) -> E:
    """Return the event with the brand's own post that it touches, answers or stands below; what it told itself goes."""
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    return event if data.own_post == post else replace(event, data=replace(data, own_post=post))


C = TypeVar("C", bound=ContentCreated | ContentEdited)


def answered_by(event: Envelope) -> tuple[str, ...]:
    """Return what a content answers: its parent, then its question."""
    if not isinstance(event, ContentCreated | ContentEdited):
        return ()
    told = dict.fromkeys((event.data.parent, event.data.question))
    return tuple(one for one in told if one is not None and one != event.data.content_id)


def looked_at(event: Envelope) -> tuple[str, ...]:
    """Return what a content answers and, last, what it stands below."""
    answered = answered_by(event)
    thread = event.data.thread if isinstance(event, ContentCreated) else None
    return answered if thread is None or thread in {*answered, event.data.content_id} else (*answered, thread)  # type: ignore[attr-defined]


def replying(event: C, known: Mapping[str, ContentState | None]) -> C:
    """Return a content with whom it answers, where its own platform does not tell, and the brand's own post."""
    told = ((one, known.get(one)) for one in answered_by(event))
    author = next((state.author for _, state in told if state is not None and state.author is not None), None)
    posts = [content for content, state in known.items() if state is not None and state.own]
    if isinstance(event, ContentCreated):
        event = with_post(event, posts[-1] if posts else None)
    if author is None or event.data.replied_to is not None:
        return event
    return replace(event, data=replace(event.data, replied_to=author))


def output(event: Envelope) -> Output:
    """Return the event on its way to everybody."""
    return Output(EVENTS.name, f"{event.brand}/{event.community}", event)


def _decoded(raw: bytes) -> Envelope:
    event = decode(raw)
    assert event is not None, "only known types are parked"
    return event


def touched(event: Envelope) -> str | None:
    """Return the content that an event is or touches."""
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    return data.content_id if isinstance(data, Common) else None
