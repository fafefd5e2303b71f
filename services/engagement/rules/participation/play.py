"""What a command does to a thing that can be taken part in, as it is put together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from services.engagement.rules import scoring
from services.engagement.rules.achieved import Achieved, flipped
from services.engagement.rules.bookings import refund_id
from services.engagement.rules.causes import Cause
from services.engagement.rules.commands import NOTE_CHARS_MAX, Refund, Spend, Tell
from services.engagement.rules.commands import Order as Booked
from services.engagement.rules.contents import given
from services.engagement.rules.participation.commands import Command, Due, Order, Take, encoded
from services.engagement.rules.participation.doings import Doing, plain
from services.engagement.rules.participation.eligibility import why_not
from services.engagement.rules.participation.moments import when
from services.engagement.rules.participation.replies import Asked, Key, replied, rows
from services.engagement.rules.participation.words import NOT_OPEN, REFUSED
from services.engagement.rules.rewards import Rewards, due
from services.engagement.rules.standing.standings import Rules
from shared.documents.rewards import For
from shared.documents.standing import Words
from shared.documents.things import Thing as Spec
from shared.events import Envelope, event_id
from shared.events.actions import Act, ActionPublish
from shared.events.engagement import Participated, Participation
from shared.fold.definition import Document, Output, Timer
from shared.said import Language, Said
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION

SOURCE = "engagement/participation"

OPEN, CLOSE = "open", "close"
"""The timers that every thing has."""

GONE = "gone:"
"""Begins the timers that are dealt with when the document is deleted."""

DAY = timedelta(days=1)
"""An announcement or a message that comes later is late."""

D = TypeVar("D", bound=Spec)
S = TypeVar("S", bound=msgspec.Struct)

_json = msgspec.json.Encoder()


class Terms(msgspec.Struct, frozen=True):
    """What is in force in the brand when a command is dealt with, and what the service keeps to itself."""

    rewards: Rewards
    standing: Rules
    draw_key: bytes = b""
    """From which the seeds of draws are derived."""


class Play(Generic[D, S]):
    """One command to one thing: mechanisms ask it for what is to follow, and change `state`."""

    is_private = False
    """Whether answers are for the member alone."""
    is_gone = False
    """Whether the document was deleted."""

    def __init__(self, command: Command, spec: D, state: S, terms: Terms, trace: str | None = None) -> None:
        self.command, self.spec, self.state, self.terms, self._trace = command, spec, state, terms, trace
        self.brand, self.thing, self.at = command.brand, command.thing, command.at
        self.entries: list[Document] = []
        self.outputs: list[Output] = []
        self.timers: list[Timer] = []
        self.done_timers: list[str] = []

    @property
    def kind(self) -> str:
        """Return the kind of the thing."""
        return self.thing.partition("/")[0]

    @property
    def name(self) -> str:
        """Return the name of its document."""
        return self.thing.partition("/")[2]

    @property
    def language(self) -> Language:
        """Return the language in which the brand's members are spoken to where theirs is not known."""
        return Language(self.terms.rewards.spec.language)

    @property
    def is_open(self) -> bool:
        """Say whether the window is open at the moment of the command."""
        begins, ends = self.spec.from_, self.spec.until
        return (begins is None or begins <= self.at) and (ends is None or self.at < ends)

    def ineligible(self, take: Take) -> str | None:
        """Return the code of why a member may not take part now; None where they may."""
        if self.is_gone:
            return "unknown"
        if not self.is_open:
            return "not_open" if self.spec.from_ is not None and self.at < self.spec.from_ else "over"
        return why_not(self.spec.eligible, take.who, self.at, self.terms.standing)

    def done(self, take: Take, said: Said, keys: Sequence[Key] = (), **more: object) -> None:
        """Note that what a member did was done, and answer them, with buttons where some are given."""
        self._note(take.id, take.member, take.does, "done", **more)
        self._answer(take, said, keys)

    def refuse(self, take: Take, code: str, said: Said | None = None) -> None:
        """Note that it was not done, and why: a code of `words.REFUSED`, in other words where some are given."""
        self._note(take.id, take.member, take.does, "refused", code=code)
        begins = self.spec.from_
        if code == "not_open" and begins is not None:
            said = filled(NOT_OPEN, when=when(begins, self.terms.rewards.zone))
        self._answer(take, said or REFUSED[code])

    def ordered(self, order: Order, /, code: str | None = None, member: str | None = None, **more: object) -> None:
        """Note that what staff did was done, to a member where one is named; with a code: that it was not, and why."""
        outcome = "done" if code is None else "refused"
        self._note(order.id, member, order.does, outcome, by=order.by, **({} if code is None else {"code": code}), **more)

    def came(self, id_: str, member: str, outcome: str, **more: object) -> None:
        """Note what came of something that was done before."""
        self._note(id_, member, None, outcome, **more)

    def _note(self, id_: str, member: str | None, does: Doing | None, outcome: str, **more: object) -> None:
        about = {
            "_id": entry_id(self.brand, self.thing, id_),
            "brand": self.brand,
            "thing": self.thing,
            "at": self.at,
            "outcome": outcome,
            **more,
        }
        optional = {"member": member, "trace": self._trace, "does": None if does is None else plain(does)}
        self.entries.append(about | {name: value for name, value in optional.items() if value is not None})

    def _answer(self, take: Take, said: Said, keys: Sequence[Key] = ()) -> None:
        if take.reply is not None:
            self.act(
                replied(Asked(take.id, self.brand, take.member, take.at), take.reply, said, keys, private=self.is_private)
            )

    def privately(self, take: Take, said: Said) -> None:
        """Write to a member who asked in a chat, beside the answer, what nobody else is to read."""
        if take.reply is not None:
            asked = Asked(f"{take.id}/private", self.brand, take.member, take.at)
            self.act(replied(asked, replace(take.reply, press=None), said, private=True))

    def act(self, event: Envelope) -> None:
        """Have something done on a platform."""
        self.outputs.append(Output(ACTIONS.name, f"{event.brand}/{event.community}", event))

    def message(
        self,
        member: str,
        community: str,
        said: Said,
        cause: str,
        *,
        keys: Sequence[Key] = (),
        language: Language | None = None,
        deadline: datetime | None = None,
    ) -> None:
        """Have something written to a member, if they want that, once for each `cause`.

        It is in the brand's language where no other is told, and late a day later, or after a deadline before that.
        """
        language = language or self.language
        told = Tell(
            id=self.about("message", member, cause)["id"],
            brand=self.brand,
            member=member,
            at=self.at,
            community=community,
            source=SOURCE,
            text=said.by(language),
            buttons=rows(keys, language) or None,
            deadline=self.at + DAY if deadline is None else min(deadline, self.at + DAY),
            cause=self.command.id,
        )
        self.outputs.append(Output(ENGAGEMENT_COMMANDS.name, f"{self.brand}/{member}", _json.encode(told)))

    def announce(self, said: Said, cause: str, keys: Sequence[Key] = ()) -> None:
        """Publish something in the thing's community, where it has one; `cause` makes it one announcement."""
        if self.spec.community is None:
            return
        buttons = rows(keys, self.language) or None
        data = Act(text=said.by(self.language), buttons=buttons, cause=self.command.id, deadline=self.at + DAY)
        self.act(ActionPublish(**self.about("publish", cause), community=self.spec.community, data=data))

    def counted(self, member: str, for_: For, amount: int | None = None, cause: str = "") -> None:
        """Tell that a member's part counts, and give what the rewards policy has for it: once for each `cause` of theirs."""
        data = Participation(member=member, thing=self.thing, cause=self.command.id, score=amount)
        event = Participated(**self.about("counted", member, cause), subject=member, data=data)
        self.tell(event, member)
        for grant in due(self.terms.rewards, Cause(for_, event, {"member": member}, amount=amount)):
            self.outputs.append(Output(GRANTS.name, f"{self.brand}/{member}", scoring.told(given(grant), event)))

    def rewarded(self, member: str, for_: For, before: Achieved) -> Achieved:
        """Give what the rewards policy has for a part, take it back, or give it again: the other of what was before."""
        data = Participation(member=member, thing=self.thing, cause=self.command.id)
        event = Participated(**self.about("rewarded", member, before.flips), subject=member, data=data)
        if before.flips == 0:
            self.tell(event, member)
        after = flipped(before, Cause(for_, event, {"member": member}), self.terms.rewards)
        for grant in after.grants:
            self.outputs.append(Output(GRANTS.name, f"{self.brand}/{member}", scoring.told(grant, event)))
        return after

    def spend(self, member: str, order: str, amount: int, note: Said, by: str) -> None:
        """Have the member's account pay an order; what became of it comes as `Settled`."""
        told = Spend(
            id=order,
            brand=self.brand,
            member=member,
            at=self.at,
            by=by,
            amount=amount,
            note=note.by(self.language)[:NOTE_CHARS_MAX],
            thing=self.thing,
        )
        self._book(told)

    def refund(self, member: str, order: str, amount: int, note: str, by: str) -> None:
        """Have what an order took come back to the member's account, once."""
        told = Refund(
            id=refund_id(order),
            brand=self.brand,
            member=member,
            at=self.at,
            by=by,
            spend=order,
            amount=amount,
            note=note[:NOTE_CHARS_MAX],
        )
        self._book(told)

    def _book(self, order: Booked) -> None:
        self.outputs.append(Output(ENGAGEMENT_COMMANDS.name, f"{self.brand}/{order.member}", _json.encode(order)))

    def tell(self, event: Envelope, member: str | None = None) -> None:
        """Tell an event on the ledger's topic."""
        self.outputs.append(Output(LEDGER.name, f"{self.brand}/{member or self.thing}", event))

    def about(self, *cause: str | int) -> dict[str, Any]:
        """Return the envelope of an event of the thing's, whose id is a digest of `cause`."""
        return {
            "id": event_id("engagement.participation", self.brand, self.thing, *cause),
            "source": SOURCE,
            "time": self.at,
            "brand": self.brand,
            "recordedtime": self.at,
        }

    def timer(self, what: str, due_: datetime) -> None:
        """Have the thing told `Due` at a moment; another one of the same name goes."""
        id_ = timer_id(self.brand, self.thing, what)
        command = Due(id=f"{what}:{due_.isoformat()}", brand=self.brand, thing=self.thing, at=due_, what=what)
        self.timers.append(Timer(id_, due_, PARTICIPATION.name, f"{self.brand}/{self.thing}", encoded(command)))

    def no_timer(self, what: str) -> None:
        """Have a timer go."""
        self.done_timers.append(timer_id(self.brand, self.thing, what))


def entry_id(brand: str, thing: str, command: str) -> str:
    """Return the id of the entry that a command becomes."""
    return event_id("engagement.taken", brand, thing, command)


def timer_id(brand: str, thing: str, what: str) -> str:
    """Return the id of a thing's timer."""
    return f"thing/{brand}/{thing}/{what}"


def said(words: Words) -> Said:
    """Return what a document says."""
    return Said(words.en, words.ru)


def filled(text: Said, **values: object) -> Said:
    """Return a text with its places filled in: texts are ours, values may be anybody's."""
    return Said(text.en.format(**_in(Language.EN, values)), text.ru.format(**_in(Language.RU, values)))


def _in(language: Language, values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.by(language) if isinstance(value, Said) else value for name, value in values.items()}


def lines(*texts: Said) -> Said:
    """Return texts as the lines of one."""
    return Said("\n".join(text.en for text in texts), "\n".join(text.ru for text in texts))
