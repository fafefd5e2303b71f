"""An event and what is remembered of its author, into a decision or none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

from services.moderation.rules.active import findings
from services.moderation.rules.addresses import links_of
from services.moderation.rules.case import Case, Found, Member, Policy
from services.moderation.rules.members import digest, joined, milliseconds, wrote
from services.moderation.rules.own import Seen
from services.moderation.rules.text import plain
from shared.events.community import ContentCreated, ContentEdited, MemberJoined
from shared.events.envelope import Actor
from shared.events.moderation import Finding, Span, Verdict

Judged = ContentCreated | ContentEdited | MemberJoined

STRICTNESS = {verdict: place for place, verdict in enumerate(get_args(Verdict))}
"""The contract names the verdicts from the mildest to the strictest."""

EXEMPT_ROLES = frozenset({"staff", "admin", "community"})
"""Whose words no rule judges: the brand's own people, and those who run the place."""


class Judgement(NamedTuple):
    """What became of an event."""

    member: Member
    findings: Sequence[Found] = ()
    own: Seen = Seen()
    """What the brand's own rules saw; the findings hold what of it is live."""


def is_exempt(actor: Actor | None) -> bool:
    """Say whether nobody judges this one: staff, bots, and who is not known."""
    return actor is None or actor.bot or actor.role in EXEMPT_ROLES


def judge(event: Judged, member: Member, policy: Policy) -> Judgement:
    """Look at an event with all rules, and remember it."""
    if isinstance(event, MemberJoined):
        return Judgement(joined(member, event.time))
    case = case_of(event, member, policy)
    own = _own(event, case, policy)
    return Judgement(member if case.edited else wrote(member, case), [*findings(case, policy), *own.live], own)


def _own(event: ContentCreated | ContentEdited, case: Case, policy: Policy) -> Seen:
    if not policy.own:
        return Seen()
    author = event.data.actor.id if event.data.actor else ""
    return policy.own.seen(case, event.community or "", author)


def case_of(event: ContentCreated | ContentEdited, member: Member, policy: Policy) -> Case:
    """Return what rules look at."""
    told = event.data.text or ""
    text = plain(told)
    return Case(
        at_ms=milliseconds(event.time),
        edited=isinstance(event, ContentEdited),
        text=text,
        digest=digest(text.plain),
        hits=policy.matcher.hits(text) if told else (),
        links=links_of(text, event.data.links),
        member=member,
        content=event.data,
        lists=policy.lists,
    )


def strictest(findings: Sequence[Found]) -> Found:
    """Return the finding that acts; of equal ones the first."""
    return max(findings, key=lambda found: STRICTNESS[found.then])


def told(found: Found, version: int) -> Finding:
    """Return a finding as the contract has it."""
    spans = tuple(Span(start=start, end=end) for start, end in found.spans) or None
    facts = {**(found.facts or {}), "severity": found.severity}
    return Finding(rule=found.rule, version=version, verdict=found.then, spans=spans, facts=facts)
