"""The fold that judges: what happens in communities into decisions.

States are kept by member and community (`brand/community/member`: when they came, their last messages, labels) and by
community (`brand/community/@`: how busy it is, who copies whom). Decisions of people are read for what they tell about a
member: that a content may stand, that a label is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.moderation.handlers.asking import is_soon, told_rules, who_asks
from services.moderation.handlers.memory import decoded_community, decoded_member, encoded_community, encoded_member
from services.moderation.rules.case import Label, Member, Policy
from services.moderation.rules.community import Community, untold
from services.moderation.rules.consequences import ends
from services.moderation.rules.judging import UNKNOWN, Judged, Judgement, is_exempt, judge
from services.moderation.rules.members import labelled, milliseconds, settled, unlabelled
from services.moderation.rules.notices import Links
from services.moderation.rules.outcome import Outcome, decided, decision_id, failures, shadow
from services.moderation.rules.ruling import after, ruled
from services.moderation.rules.scores import no_scoring
from services.moderation.rules.scoring import scoring
from services.moderation.rules.strikes import Lift, Strike, Withdrawal
from shared.bus.record import Record
from shared.events import Envelope, decode
from shared.events.community import ContentCreated, ContentEdited, JoinRequested, MemberJoined, QuestionAsked
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step
from shared.learned.stored import Models, NoModels
from shared.policy import InForce
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, DECISIONS, EVENTS, STRIKES, dead_letters, retries

GROUP = "moderation"
INPUTS = (EVENTS.name, DECISIONS.name, retries(GROUP).name)
OUTPUTS = (DECISIONS.name, ACTIONS.name, STRIKES.name, dead_letters(GROUP).name)

KIND = "ModerationPolicy"

COMMUNITY = "@"
"""Ends the key of a community's own state: no member has this id, for theirs begin with a platform."""

State = Member | Community
ByPerson = DecisionMade | DecisionReversed


class Told(NamedTuple):
    """What a record tells, and its trace."""

    event: Judged | ByPerson | QuestionAsked
    trace: str | None
    place: int | None = None
    """Its offset in `community.events.v1`: where the conversation around it is found."""


NEWCOMER = Member()
"""A member of whom nothing is remembered."""

Items = Sequence[Item[Told]]


class Moderation:
    """The fold of `community.events.v1` into `moderation.decisions.v1`."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(
        self,
        policies: InForce[Policy],
        failed: Callable[[int], None] = lambda _: None,
        links: Links | None = None,
        models: Models | None = None,
    ) -> None:
        """`failed` hears how many rules could not be evaluated; `models` are asked where a policy names them."""
        self._policies, self._failed, self._links = policies, failed, links or Links()
        self._models = models or NoModels()

    async def prepare(self) -> None:
        """Have policies and models up to date."""
        await self._policies.refresh()
        await self._models.refresh()

    def read(self, record: Record) -> Items:
        """Return what is to be judged, or what a person decided about a member's content."""
        event = decode(record.value or b"")
        if first_topic(record) == DECISIONS.name:
            return _decided(event, trace_of(record))
        if isinstance(event, QuestionAsked):
            asker = who_asks(event)
            return (
                () if asker is None else (Item(f"{event.brand}/{event.community}/{asker}", Told(event, trace_of(record))),)
            )
        if not isinstance(event, ContentCreated | ContentEdited | MemberJoined | JoinRequested) or event.purpose is not None:
            return ()  # communities of others are nobody's to moderate
        member = _member(event)
        if member is None:
            return ()
        place = f"{event.brand}/{event.community}"
        return (Item(f"{place}/{member}", Told(event, trace_of(record), _offset(record)), None, (f"{place}/{COMMUNITY}",)),)

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Note what a person decided about a content of the member; answer who asks for the rules."""
        member = NEWCOMER if state is None else state
        assert isinstance(member, Member), "a community's key is never a member's"
        if isinstance(told := event.event, QuestionAsked):
            return self._asked(member, told)
        assert isinstance(told, ByPerson), "what is judged looks at a community, too"
        if isinstance(told, DecisionReversed):
            member = unlabelled(member, told.data.decision)
        content = told.data.content_id
        return Step(member if content is None else settled(member, content))

    def _asked(self, member: Member, told: QuestionAsked) -> Step[State]:
        """Tell the member the rules, unless they were told just now."""
        if is_soon(member, told):
            return Step(member)
        policy = self._policies.at(told.brand, told.community, told.recordedtime)
        after = replace(member, asked_ms=milliseconds(told.time))
        return Step(after, outputs=(told_rules(told, policy, self._links),))

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """Judge what happened."""
        member, community = state or NEWCOMER, beside[0] or UNKNOWN
        assert isinstance(member, Member)
        assert isinstance(community, Community)
        assert not isinstance(event.event, ByPerson | QuestionAsked), "what people decide or ask looks at no community"
        return self._judged(event, event.event, member, community)

    def _judged(self, told: Told, event: Judged, member: Member, community: Community) -> Step[State]:
        policy = self._policies.at(event.brand, event.community, event.recordedtime)
        asking = scoring(self._models, event.brand, event.recordedtime) if policy.models else no_scoring
        judgement = judge(event, member, policy, community, asking)
        entries, outputs, around = [], list[Output](), judgement.community
        if judgement.findings:
            ruling = ruled(event, member, judgement, policy)
            around = after(around, event, ruling)
            outcome = decided(event, judgement, ruling, policy, told.trace, self._links)
            entries.append(outcome.entry if told.place is None else {**outcome.entry, "place": told.place})
            outputs += outputs_of(outcome)
        if judgement.own.shadow:
            entries.append(shadow(event, judgement.own.shadow, policy))
        if judgement.own.failed:
            around, told_of = self._failures(event, judgement.own.failed, policy, around)
            outputs += told_of
        kept = labelled(judgement.member, _labels(event, judgement, policy))
        return Step(kept, entries, outputs, beside=(around,))

    def _failures(
        self, event: Judged, failed: Mapping[str, str], policy: Policy, community: Community
    ) -> tuple[Community, Sequence[Output]]:
        """Count what failed, and tell it once an hour: that of the event, for history that in which it was read."""
        assert isinstance(event, ContentCreated | ContentEdited), "conditions are about contents"
        self._failed(len(failed))
        at = event.recordedtime if event.imported else event.time
        after, rules = untold(community, failed, policy.version, milliseconds(at))
        key = f"{event.brand}/{event.community}"
        told = failures(event, {rule: failed[rule] for rule in rules}, policy)
        return after, [Output(DECISIONS.name, key, one) for one in told]

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return encoded_community(state) if isinstance(state, Community) else encoded_member(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return decoded_community(document) if "minutes" in document else decoded_member(document)


def _decided(event: Envelope | None, trace: str | None) -> Items:
    """Return what a person's decision tells of a member: that rules were wrong. What takes another's place tells nothing."""
    match event:
        case DecisionMade(data=data) if data.by is not None and data.verdict == "allow":
            author = data.content_author
        case DecisionReversed(data=data) if data.by is not None and data.replaced_by is None:
            author = data.content_author
        case _:
            return ()
    if author is None:
        return ()
    return (Item(f"{event.brand}/{event.community}/{author}", Told(event, trace)),)


def _offset(record: Record) -> int | None:
    return record.offset if record.topic == EVENTS.name else None


def _labels(event: Judged, judgement: Judgement, policy: Policy) -> Sequence[Label]:
    """Return what the author is marked with from now on."""
    labels = []
    for found in judgement.findings:
        until = ends(event.time, found.lasts)
        if found.then == "label" and found.label and until:
            labels.append(Label(found.label, milliseconds(until), decision_id(event, policy)))
    return labels


def _member(event: Judged) -> str | None:
    """Return whom the event is remembered of; None where nobody judges them."""
    if isinstance(event, MemberJoined | JoinRequested):
        return None if event.data.bot else event.data.member
    actor = event.data.actor
    return None if actor is None or is_exempt(actor) else actor.id


def outputs_of(outcome: Outcome) -> Sequence[Output]:
    """Return what goes to other topics."""
    made = outcome.event
    key = f"{made.brand}/{made.community}"
    outputs = [Output(DECISIONS.name, key, made)]
    outputs += [Output(ACTIONS.name, key, act) for act in outcome.acts]
    if outcome.brake is not None:
        outputs.append(Output(DECISIONS.name, key, outcome.brake))
    if outcome.strike is not None:
        outputs.append(struck(outcome.strike))
    return outputs


def struck(told: Strike | Withdrawal | Lift) -> Output:
    """Return what the fold of sanctions is told of a member."""
    return Output(STRIKES.name, f"{told.brand}/{told.member}", msgspec.json.encode(told))
