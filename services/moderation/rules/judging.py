"""An event and what is remembered of its author and community, into findings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec
from msgspec.structs import replace

from services.moderation.rules.active import findings, marked, role_of
from services.moderation.rules.addresses import links_of
from services.moderation.rules.case import Case, Found, Member, Policy
from services.moderation.rules.classifiers import classifiers
from services.moderation.rules.community import Community, counted
from services.moderation.rules.conflicts import remembered as with_turns
from services.moderation.rules.copies import remembered as with_text
from services.moderation.rules.copies import sketch_of
from services.moderation.rules.join_requests import join_request
from services.moderation.rules.members import digest, joined, milliseconds, wrote
from services.moderation.rules.own import Seen
from services.moderation.rules.raids import raid
from services.moderation.rules.scores import Scoring, no_scoring
from shared.documents.rule import Rule
from shared.events.community import ContentCreated, ContentEdited, JoinRequested, MemberJoined
from shared.events.envelope import Actor
from shared.events.moderation import FINDINGS_MAX, SPANS_MAX, Finding, Span, Verdict
from shared.terms.text import plain

Written = ContentCreated | ContentEdited
Judged = Written | MemberJoined | JoinRequested

STRICTNESS = {verdict: place for place, verdict in enumerate(get_args(Verdict))}
"""The contract names the verdicts from the mildest to the strictest."""

EXEMPT_ROLES = frozenset({"staff", "admin", "community"})
"""Whose words no rule judges: the brand's own people, and those who run the place."""

UNKNOWN = Community()
"""A community of which nothing is remembered."""


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What became of an event."""

    member: Member
    community: Community = UNKNOWN
    findings: Sequence[Found] = ()
    """Of live rules."""
    own: Seen = Seen()
    """What rules in shadow saw, and which failed."""


def is_exempt(actor: Actor | None) -> bool:
    """Say whether nobody judges this one: staff, bots, and who is not known."""
    return actor is None or actor.bot or actor.role in EXEMPT_ROLES


def judge(
    event: Judged, member: Member, policy: Policy, community: Community = UNKNOWN, scoring: Scoring = no_scoring
) -> Judgement:
    """Look at an event with all rules, and remember it. `scoring` asks the models that the policy names."""
    match event:
        case MemberJoined():
            return _entered(event, member, policy, community)
        case JoinRequested():
            found = join_request(event.data.name, policy)
            return _sorted(Judgement(member, community, _marked(found, policy.spec.join_requests)))
        case _:
            return _read(event, member, policy, community, scoring)


def _entered(event: MemberJoined, member: Member, policy: Policy, community: Community) -> Judgement:
    at_ms = milliseconds(event.time)
    found = None if event.imported else raid(community, at_ms, policy)
    after = counted(community, at_ms, joins=1)
    if found is None:
        return Judgement(joined(member, event.time), after)
    after = replace(after, raided_ms=at_ms)
    return _sorted(Judgement(joined(member, event.time), after, _marked(found, policy.spec.raids)))


def _marked(found: Found | None, section: Rule) -> Sequence[Found]:
    return () if found is None else (marked(found, section),)


def _read(event: Written, member: Member, policy: Policy, community: Community, scoring: Scoring) -> Judgement:
    case = case_of(event, member, policy, community, scoring)
    own = _own(event, case, policy)
    found = [*findings(case, policy), *(classifiers(case, policy, role_of(case)) if case.scored else ()), *own.live]
    if case.edited:
        return _sorted(Judgement(member, community, found, own))
    after = counted(community, case.at_ms, messages=1)
    after = with_turns(with_text(after, case), case, policy)
    return _sorted(Judgement(wrote(member, case), after, found, own))


def _sorted(judgement: Judgement) -> Judgement:
    """Put what built-in rules in shadow found beside what others in shadow did."""
    shadow = [found for found in judgement.findings if found.is_shadow]
    if not shadow:
        return judgement
    live = [found for found in judgement.findings if not found.is_shadow]
    own = judgement.own
    return replace(judgement, findings=live, own=own._replace(live=live, shadow=[*own.shadow, *shadow]))


def _own(event: Written, case: Case, policy: Policy) -> Seen:
    if not policy.own:
        return Seen()
    author = event.data.actor.id if event.data.actor else ""
    return policy.own.seen(case, event.community or "", author)


def case_of(
    event: Written, member: Member, policy: Policy, community: Community = UNKNOWN, scoring: Scoring = no_scoring
) -> Case:
    """Return what rules look at."""
    told = event.data.text or ""
    text, copies, is_edit = plain(told), policy.spec.copies, isinstance(event, ContentEdited)
    return Case(
        at_ms=milliseconds(event.time),
        edited=is_edit,
        text=text,
        digest=digest(text.plain),
        hits=policy.matcher.hits(text) if told else (),
        links=links_of(text, event.data.links),
        member=member,
        content=event.data,
        community=community,
        sketch=() if is_edit or copies.status == "off" else sketch_of(text, copies.words, community),
        lists=policy.lists,
        scored=scoring(text, policy.models) if policy.models and text.plain else (),
    )


def strictest(findings: Sequence[Found]) -> Found:
    """Return the finding that acts; of equal ones the first."""
    return max(findings, key=lambda found: STRICTNESS[found.then])


def told_together(findings: Sequence[Found], version: int) -> tuple[Finding, ...]:
    """Return findings as the contract has them: of more than it takes the strictest, in their order."""
    strictest_first = sorted(range(len(findings)), key=lambda place: -STRICTNESS[findings[place].then])
    return tuple(told(findings[place], version) for place in sorted(strictest_first[:FINDINGS_MAX]))


def told(found: Found, version: int) -> Finding:
    """Return a finding as the contract has it."""
    spans = tuple(Span(start=start, end=end) for start, end in found.spans[:SPANS_MAX]) or None
    facts = {**(found.facts or {}), "severity": found.severity}
    return Finding(
        rule=found.rule, version=version, verdict=found.then, spans=spans, facts=facts, description=found.description
    )
