"""What a platform sends, what becomes of it, and the port that every connector fills."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from msgspec import Struct

from services.ingest.connectors.delivery import OK, Answer, Delivery, Keys, json_object
from services.ingest.connectors.urgency import Urgency
from shared.events import Actor, Envelope

Standing = Literal["partner", "watched", "competitor", "unlisted"]
"""Whose a community is that is not the brand's own; `unlisted`: its connection may tell of listed ones alone."""


class Payload(Struct, frozen=True, gc=False, kw_only=True):
    """One delivery of a platform, as the edge took it in; `community` where the edge found it or it was found since."""

    body: bytes
    brand: str
    connection: str
    community: str | None = None
    """Of a talk with one person: the community that its connection is for, where it is for one alone."""
    recordedtime: datetime
    imported: bool = False
    backfill_points: bool = False
    """Whether this history is to earn points."""
    purpose: Standing | None = None
    """Whose the community is, where it is not the brand's own."""
    bot: str | None = None
    """How members mention the connection's bot, where it is told."""
    headers: Mapping[str, str] = {}
    """Those of the delivery that the connector keeps."""


class PollPlace(Struct, frozen=True, gc=False):
    """The poll lives in this community."""

    poll: str
    community: str


class PollAnswer(Struct, frozen=True, gc=False):
    """A vote that came without its community. The same payload with `community` set decodes into the event.

    No options means that the vote was taken back.
    """

    poll: str
    voter: Actor
    options: tuple[int, ...]
    update: int


class Turn(Struct, frozen=True, gc=False):
    """An event that can happen to a thing again and again, of a platform that tells no time of it: a like and its end.

    Told once more, an event that keeps a thing as it is changes nothing; one that turns it is another time.
    """

    event: Envelope
    """Its id is that of the first time; the normaliser gives later times their own."""
    thing: str
    """What is on or off, within the event's content or else its community. See `facts.reaction_thing`."""
    on: bool
    dated: bool = False
    """Whether this telling has its time in its id, though its counterpart has none: then the id alone says what is new."""
    telling: str | None = None
    """The platform's own id of the telling, where it has one: a retry repeats it, so what was heard is not taken for news.

    It holds within the connection, for another one may number the same differently.
    """


class Reason(StrEnum):
    """Why a payload, or a part of it, is no event."""

    UNKNOWN_KIND = "unknown_kind"
    """A kind that this version of the connector does not know."""
    NOT_A_FACT = "not_a_fact"
    """A known kind that the contract has no type for."""
    NOTHING_CHANGED = "nothing_changed"
    """Old and new state are the same as far as the contract tells them apart."""
    NO_CONTENT = "no_content"
    """A notice of the platform in the guise of a message: a pin, a title, a call, a payment."""
    NO_COMMUNITY = "no_community"
    """It cannot be known where it happened."""
    PRIVATE_CHAT = "private_chat"
    """A talk with one person is no community, and nobody's business."""
    MIGRATED = "migrated"
    """The community goes on under another id: a person has to tell the connection."""
    NOT_LISTED = "not_listed"
    """A community that its connection does not list, though it tells of communities of others, which are all listed."""
    NOT_ACCEPTED = "not_accepted"
    """A type of the contract that only our own services may publish."""


class Refusal(Struct, frozen=True, gc=False):
    """A payload, or a part of it, that becomes no event; `kind` comes from a closed list, fit for a metric's label."""

    reason: Reason
    kind: str


class Decoded(Struct, frozen=True, kw_only=True):
    """All that a payload tells."""

    events: tuple[Envelope, ...] = ()
    turns: tuple[Turn, ...] = ()
    poll_places: tuple[PollPlace, ...] = ()
    poll_answers: tuple[PollAnswer, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def told(self) -> tuple[Envelope, ...]:
        """Return all events, those of turns as they are the first time."""
        return (*self.events, *(turn.event for turn in self.turns))


class Connector(Protocol):
    """One platform. All of it is pure: no clock, no network, nothing kept between calls."""

    kept_headers: Collection[str] = ()
    """Headers of a delivery, in lower case, that tell what its body does not: they go along with the raw payload."""

    shakes_hands: bool = False
    """Whether the platform asks by GET if the address is ours, see `handshake`."""

    @property
    def platform(self) -> str:
        """Return the first part of every id of this platform."""

    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the delivery comes from who knows one of the secrets.

        Takes the same time whichever fits. Without secrets nothing is genuine.
        """

    def odd(self, secret: str) -> str | None:
        """Say why this can be no secret of the platform; None where nothing is odd about it."""
        del secret
        return None

    def check(self, body: bytes) -> None:
        """Raise Unreadable where the body is not even in the platform's format: it is answered 400."""
        json_object(body)

    def greeting(self, delivery: Delivery, keys: Keys) -> Answer | None:
        """Return what a verified delivery wants to hear that only asks whether anybody is there; it is not taken in."""
        del delivery, keys
        return None

    def handshake(self, query: Mapping[str, str], keys: Keys) -> Answer | None:
        """Return what a GET wants to hear by which the platform makes sure that the address is ours; None: refuse it."""
        del query, keys
        return None

    def keep(self, body: bytes) -> bytes:
        """Return what of a verified delivery is kept: not its secret, and no personal data that no purpose needs.

        Where there is nothing to drop, these are the very bytes that came. Raises Unreadable where it cannot be known.
        """
        return body

    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent a verified delivery is, found cheaply: asked only while Kafka is slower than what comes in."""
        del body, headers
        return Urgency.NORMAL

    def parts(self, body: bytes) -> Sequence[bytes]:
        """Return the payloads that a delivery holds, in order, at least one: each of one community, and read on its own.

        So the records of a community stay with its one writer, and what cannot be read does not take the rest along.
        """
        return (body,)

    def answer(self, body: bytes) -> Answer:
        """Return what the platform hears once a delivery is taken in."""
        del body
        return OK

    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the community that a part names, found cheaply; None where it names none or cannot be read.

        `headers` are those that are kept. All events of the part happen in this community, if in any.
        """

    def is_public(self, place: str) -> bool:
        """Return whether a place is a community, and no talk with one person."""
        del place
        return True

    def decode(self, payload: Payload) -> Decoded:
        """Return what the payload tells, or raise Unprocessable where it cannot be read at all."""


def refused(reason: Reason, kind: str) -> Decoded:
    """Return the whole payload as refused."""
    return Decoded(refused=(Refusal(reason, kind),))
