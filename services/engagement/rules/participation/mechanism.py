"""What a kind of thing supplies: its document, its state, and what comes of what is done to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, NamedTuple

import msgspec

from services.engagement.rules.participation.commands import Counted, Due, Order, Polled, Settled, Take
from services.engagement.rules.participation.doings import ByMember, Look
from services.engagement.rules.participation.play import D, Play, S
from services.engagement.rules.participation.replies import Key
from shared.documents.standing import Words
from shared.documents.things import Thing
from shared.said import Language, Said

NAME_CHARS_MAX = 45
"""Of a thing: buttons carry it in a command of 60 bytes, `quiz NAME 50 10`."""

NO_THING = Thing(title=Words(en="-", ru="-"))
"""Stands for what is not there."""


class Viewer(NamedTuple):
    """Who looks, and when."""

    at: datetime
    language: Language = Language.EN
    member: str | None = None
    """None: nobody in particular."""
    brand: str = ""
    draw_key: bytes = b""
    """Where the member alone looks: by it their codes in draws are told."""


class Card(NamedTuple):
    """A thing as a member sees it."""

    lines: Sequence[Said] = ()
    keys: Sequence[Key] = ()


class Mechanism(Generic[D, S]):
    """One kind. Each method is told one command, and asks `play` for what is to follow. Kinds override what they need."""

    kind: ClassVar[str]
    """Begins the names of its things, and is the kind of its document in lower case."""
    document: ClassVar[str]
    """The kind of its document."""
    settle: ClassVar[timedelta] = timedelta()
    """So long after the end it is closed."""
    private: ClassVar[bool] = False
    """Whether what members are answered is for them alone: a link, a right answer, an order."""
    outlives: ClassVar[bool] = False
    """Whether what is under way goes on when the document is deleted; who wants to take part anew is refused."""
    spec: type[D]
    state: type[S]

    verbs: ClassVar[frozenset[str]] = frozenset()
    """Commands of chats by which members mean things of this kind: `poll`."""

    def meant(self, spec: D, verb: str, words: str) -> ByMember | None:  # noqa: ARG002 - kinds read them
        """Return what a member means who says a verb, the thing's name, and these words; None: nobody knows."""
        return None if words else Look()

    def is_on(self, spec: D, at: datetime) -> bool:
        """Say whether members who ask what there is are told of it."""
        return (spec.from_ is None or spec.from_ <= at) and (spec.until is None or at < spec.until)

    def check(self, spec: D) -> None:
        """Look for what the document's shape cannot tell. Raises Misplaced."""

    def check_change(self, before: D, after: D) -> None:
        """Look for what a new version cannot change of the one before, deleted since or not. Raises Misplaced."""

    def defined(self, play: Play[D, S]) -> None:
        """The thing is defined, or defined anew: `play.spec` is what it is from now on."""

    def opened(self, play: Play[D, S]) -> None:
        """The window begins."""

    def closed(self, play: Play[D, S]) -> None:
        """The window is over."""

    def deleted(self, play: Play[D, S]) -> None:
        """The document is deleted. Of the timers only those are dealt with from now on that begin with GONE."""

    def take(self, play: Play[D, S], take: Take) -> None:
        """Do what a member wants, or refuse it."""
        play.refuse(take, "misplaced")

    def order(self, play: Play[D, S], order: Order) -> None:
        """Do what staff want, or refuse it."""
        play.ordered(order, "misplaced")

    def due(self, play: Play[D, S], due: Due) -> None:
        """A timer of its own is due."""

    def settled(self, play: Play[D, S], settled: Settled) -> None:
        """A member's account paid an order, or could not."""

    def counted(self, play: Play[D, S], counted: Counted) -> None:
        """So much counts of a member now."""

    def polled(self, play: Play[D, S], polled: Polled) -> None:
        """A member voted in a poll of the platform that shows this one."""

    def shown(self, spec: D, state: S, viewer: Viewer) -> dict[str, Any]:
        """Return what anybody may see of it, and of a member's own part, where one looks. JSON types only."""
        raise NotImplementedError

    def card(self, name: str, spec: D, state: S, viewer: Viewer) -> Card:  # noqa: ARG002 - kinds look at it
        """Return what a member's page shows of it, and what they can do there."""
        return Card()

    def is_final(self, state: S) -> bool:  # noqa: ARG002 - kinds look at it
        """Say whether the document can change nothing any more."""
        return False

    def open_fields(self, state: S) -> Mapping[str, Any]:  # noqa: ARG002 - kinds look at it
        """Return what of a state the store is asked for: it stands open there. BSON types only."""
        return {}

    def empty(self) -> S:
        """Return the state of one in which nothing was done yet."""
        return self.state()


def packed(state: msgspec.Struct) -> bytes:
    """Return a state as it is stored."""
    return msgspec.msgpack.encode(state)
