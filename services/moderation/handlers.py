"""The fold of moderation: what happens in communities into decisions, and moderators' commands into reversals.

States are kept by member and community (`brand/community/member`: when they came, their last messages) and, where a
decision was taken back, by decision.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from services.moderation.rules.case import Member, Policy, Said
from services.moderation.rules.commands import Reverse, decoded
from services.moderation.rules.judging import Judged, is_exempt, judge
from services.moderation.rules.outcome import Outcome, decided, failures, reversed_, shadow
from services.moderation.rules.own import Seen
from shared.bus.record import Record
from shared.events import decode
from shared.events.community import ContentCreated, ContentEdited, MemberJoined
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step
from shared.policy import PolicyBook
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, dead_letters, retries

GROUP = "moderation"
INPUTS = (EVENTS.name, MODERATION_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (DECISIONS.name, ACTIONS.name, dead_letters(GROUP).name)

KIND = "ModerationPolicy"


class Reversed(NamedTuple):
    """A decision that was taken back, and by which command."""

    command: str


State = Member | Reversed


class Told(NamedTuple):
    """What a record tells, and its trace."""

    event: Judged | Reverse
    trace: str | None


NEWCOMER = Member()
"""A member of whom nothing is remembered."""


class Moderation:
    """The fold of `community.events.v1` into `moderation.decisions.v1`."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, policies: PolicyBook[Policy], failed: Callable[[int], None] = lambda _: None) -> None:
        """`failed` hears how many rules could not be evaluated."""
        self._policies, self._failed = policies, failed

    async def prepare(self) -> None:
        """Have the policies up to date."""
        await self._policies.refresh()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return what is to be judged, or the command of a moderator."""
        if first_topic(record) == MODERATION_COMMANDS.name:
            command = decoded(record.value or b"")
            key = f"{command.brand}/{command.community}/decision/{command.decision}"
            return (Item(key, Told(command, trace_of(record)), f"{command.brand}/{command.id}"),)
        event = decode(record.value or b"")
        if not isinstance(event, ContentCreated | ContentEdited | MemberJoined) or event.purpose is not None:
            return ()  # communities of others are nobody's to moderate
        member = _member(event)
        return () if member is None else (Item(f"{event.brand}/{event.community}/{member}", Told(event, trace_of(record))),)

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Judge a content, or take a decision back, once."""
        if isinstance(event.event, Reverse):
            if state is not None:
                return Step(state)
            return _step(Reversed(event.event.id), reversed_(event.event, event.trace))
        assert not isinstance(state, Reversed), "a member's key is never a decision's"
        return self._judged(state or NEWCOMER, event.event, event.trace)

    def _judged(self, member: Member, event: Judged, trace: str | None) -> Step[State]:
        policy = self._policies.at(event.brand, event.community, event.recordedtime)
        judgement = judge(event, member, policy)
        if isinstance(event, MemberJoined):
            return Step(judgement.member)
        step = Step[State](judgement.member)
        if judgement.findings:
            step = _step(judgement.member, decided(event, judgement, policy, trace))
        return self._noted(step, event, judgement.own, policy)

    def _noted(self, step: Step[State], event: ContentCreated | ContentEdited, own: Seen, policy: Policy) -> Step[State]:
        """Add what rules in shadow would have done, and which could not be evaluated."""
        if own.shadow:
            step = replace(step, entries=(*step.entries, shadow(event, own.shadow, policy)))
        if own.failed:
            self._failed(len(own.failed))
            key = f"{event.brand}/{event.community}"
            failed = [Output(DECISIONS.name, key, one) for one in failures(event, own.failed, policy)]
            step = replace(step, outputs=(*step.outputs, *failed))
        return step

    def encode(self, state: State) -> Document:
        """Return a state as a document; a member's last messages as two plain lists."""
        if isinstance(state, Reversed):
            return {"command": state.command}
        return {
            "n": state.messages,
            "joined": state.joined_ms,
            "at": [said.at_ms for said in state.recent],
            "digests": [said.digest for said in state.recent],
        }

    def decode(self, document: Document) -> State:
        """Return the state of a document; BSON's own integers become plain ones."""
        if "command" in document:
            return Reversed(document["command"])
        joined = document["joined"]
        recent = tuple(Said(int(at), digest) for at, digest in zip(document["at"], document["digests"], strict=True))
        return Member(int(document["n"]), None if joined is None else int(joined), recent)


def _member(event: Judged) -> str | None:
    """Return whom the event is remembered of; None where nobody judges them."""
    if isinstance(event, MemberJoined):
        return None if event.data.bot else event.data.member
    actor = event.data.actor
    return None if actor is None or is_exempt(actor) else actor.id


def _step(state: State, outcome: Outcome) -> Step[State]:
    key = f"{outcome.event.brand}/{outcome.event.community}"
    outputs = [Output(DECISIONS.name, key, outcome.event)]
    if outcome.act is not None:
        outputs.append(Output(ACTIONS.name, key, outcome.act))
    return Step(state, (outcome.entry,), outputs)
