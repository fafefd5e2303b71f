"""The fold of events and decisions into what is due to members, and into what the ledger is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from services.engagement.rules import contents, scoring
from services.engagement.rules.causes import Single
from services.engagement.rules.commands import Command
from services.engagement.rules.contents import Content
from services.engagement.rules.contests import Running
from services.engagement.rules.participation.commands import Polled, encoded
from services.engagement.rules.passing import Passed, invitation, member_of, passed
from services.engagement.rules.rewards import Rewards
from services.engagement.rules.scoring import Scored
from shared.bus.record import Record
from shared.documents.things import Poll, Thing
from shared.events import Envelope, decode
from shared.events.community import PollRetracted, PollVoted
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.fold.definition import Document, Item, Output, Step
from shared.policy import AllInForce, PolicyBook
from shared.topics import DECISIONS, ENGAGEMENT_COMMANDS, EVENTS, GRANTS, PARTICIPATION, RECEIPTS, dead_letters, retries

KIND = "RewardsPolicy"

SINGLE = "@"
"""Ends the key of what needs no state: no content has this id."""

Heard = Scored | Single | Passed

_packer = msgspec.msgpack.Encoder()
_content = msgspec.msgpack.Decoder(Content)
_json = msgspec.json.Encoder()


class Scorer:
    """The fold of events, decisions and receipts into `engagement.grants.v1` and `engagement.commands.v1`."""

    group = "scorer"
    topics: Sequence[str] = (EVENTS.name, DECISIONS.name, RECEIPTS.name, retries("scorer").name)
    outputs: Sequence[str] = (GRANTS.name, ENGAGEMENT_COMMANDS.name, PARTICIPATION.name, dead_letters("scorer").name)

    def __init__(
        self,
        policies: PolicyBook[Rewards],
        contests: AllInForce[Running] | None = None,
        polls: AllInForce[Thing] | None = None,
    ) -> None:
        self._policies, self._contests, self._polls = policies, contests, polls

    async def prepare(self) -> None:
        """Have the policies, and the contests, up to date."""
        await self._policies.refresh()
        if self._contests is not None:
            await self._contests.refresh()
        if self._polls is not None:
            await self._polls.refresh()

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what changes whether a content earns, and what a member's account is to hear of."""
        event = decode(record.value or b"")
        if isinstance(event, Scored):
            content = None if event.purpose is not None else scoring.content_of(event)  # those of others earn nothing
            return () if content is None else (Item(f"{event.brand}/{event.community}/{content}", event),)
        if isinstance(event, Single):
            return () if event.purpose is not None else (Item(f"{event.brand}/{event.community}/{SINGLE}", event),)
        if isinstance(event, Passed):
            member = member_of(event)
            return () if member is None else (Item(f"{event.brand}/{event.community}/{SINGLE}", event),)
        return ()

    def evolve(self, state: Content | None, event: Heard) -> Step[Content]:
        """Take the event in, and give or take back what follows."""
        if isinstance(event, Passed):
            return Step(state, outputs=[_told(passed(event, self._at(event).spec.language))])
        if isinstance(event, Single):
            given = scoring.given(event, self._at(event))
            come = invitation(event)
            told = [] if come is None else [_told(come)]
            return Step(state, outputs=[*told, *(_due(scoring.told(grant, event)) for grant in given)])
        shown = self._shown(event) if self._polls is not None and isinstance(event, PollVoted | PollRetracted) else ()
        content, flipped = contents.settled(scoring.changed(state or contents.UNKNOWN, event, self._at))
        if content is contents.UNKNOWN:
            return Step(state, outputs=tuple(shown))
        return Step(content, outputs=[*shown, *(_due(scoring.told(grant, event)) for grant in flipped)])

    def _shown(self, event: PollVoted | PollRetracted) -> Iterator[Output]:
        """Yield the vote for each poll of ours that shows the platform's."""
        actor = event.data.actor
        if self._polls is None or actor is None or event.imported or event.purpose is not None:
            return
        for name, spec in self._polls.all_at(event.brand, event.recordedtime).items():
            if isinstance(spec, Poll) and event.data.poll in spec.shows:
                thing, options = f"poll/{name}", event.data.options or ()
                about = {"id": f"polled:{event.id}", "brand": event.brand, "thing": thing, "at": event.time}
                told = Polled(**about, member=actor.id, options=options)  # type: ignore[arg-type] # each as it is
                yield Output(PARTICIPATION.name, f"{event.brand}/{thing}", encoded(told))

    def _at(self, event: Envelope) -> Rewards:
        rewards = self._policies.at(event.brand, event.community, event.recordedtime)
        running = {} if self._contests is None else self._contests.all_at(event.brand, event.recordedtime)
        if not running:
            return rewards
        named = (one._replace(name=name) for name, one in running.items())
        return rewards._replace(running=tuple(one for one in named if one.is_open(event.time)))

    def encode(self, state: Content) -> Document:
        """Return the state as a document: one packed field, for nobody asks it anything."""
        return {"content": _packer.encode(state)}

    def decode(self, document: Document) -> Content:
        """Return the state of a document."""
        return _content.decode(document["content"])


def _due(event: PointsGranted | PointsClawedBack | PointsRestored) -> Output:
    return Output(GRANTS.name, f"{event.brand}/{event.data.member}", event)


def _told(command: Command) -> Output:
    return Output(ENGAGEMENT_COMMANDS.name, f"{command.brand}/{command.member}", _json.encode(command))
