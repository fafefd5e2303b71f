"""What rules and reporters tell of a content, taken into its case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from services.moderation.cases import telling
from services.moderation.cases.case import (
    ANONYMOUS_MAX,
    COMPLAINTS_MAX,
    Case,
    Complaint,
    Held,
    Outcome,
    Pending,
    Reporter,
    milliseconds,
)
from services.moderation.cases.deciding import has_acted, with_decision
from services.moderation.cases.fresh import filled
from services.moderation.cases.reversing import reverse_held
from services.moderation.cases.worked import CaseAct, Worked, changed, opened
from services.moderation.rules.brakes import RULE as BRAKES
from services.moderation.rules.brakes import brake_opened, is_new, is_open, limit
from services.moderation.rules.case import Policy
from services.moderation.rules.community import Community, counted
from services.moderation.rules.consequences import acts_of, following
from services.moderation.rules.notices import Links
from services.moderation.rules.outcome import SEVERITIES, language_of
from shared.events import event_id
from shared.events.community import ContentFlagged
from shared.events.moderation import Decision, DecisionMade, Finding

COMPLAINTS = "complaints"

LOOKED_AT = frozenset({"flag", "hold"})
"""Verdicts of rules that ask for a person."""


def judged(case: Case, event: DecisionMade) -> Worked:
    """Take in what rules decided. History is noted, and asks nobody."""
    decision = event.data
    if any(held.id == decision.decision for held in case.decisions):
        return Worked(case)
    held = Held(
        id=decision.decision,
        verdict=decision.verdict,
        at_ms=milliseconds(event.time),
        cause=decision.cause,
        rules=tuple(finding.rule for finding in decision.findings),
        version=max((finding.version for finding in decision.findings), default=0),
        severity=decision.severity or "medium",
        parked=decision.parked,
        language="ru" if decision.language == "ru" else "en",
        reason=decision.reason,
        struck=is_struck(event),
        imported=event.imported,
    )
    is_late = case.outcome is not None and case.outcome.at_ms > held.at_ms
    asks = not is_late and not event.imported and (decision.verdict in LOOKED_AT or decision.parked is not None)
    fresh = replace(
        filled(case, event),
        member=case.member or decision.content_author,
        channel=case.channel or decision.channel,
        severity=max(case.severity, held.severity, key=SEVERITIES.index) if case.decisions else held.severity,
        reach=max(case.reach, decision.reach or 0),
    )
    known = with_decision(fresh, held)
    if asks:
        known = opened(known, milliseconds(event.time), *held.rules, *(() if held.parked is None else (BRAKES,)))
        review = None if known.is_blind else known.review  # who looks decides what becomes of this, too
        known = replace(known, outcome=None, review=review)
    return _overtaken(Worked(changed(known)), held)


def is_struck(event: DecisionMade) -> bool:
    """Say whether rules' decision was a strike: what was carried out, and not of history."""
    decision = event.data
    felt = decision.takes_away and decision.verdict != "hold"
    return not event.imported and (felt or (decision.verdict == "warn" and decision.parked is None))


def _overtaken(worked: Worked, held: Held) -> Worked:
    """Take a decision back at once whose reversal was there first."""
    for pending in worked.case.pending:
        if pending.decision == held.id:
            rest = tuple(one for one in worked.case.pending if one.decision != held.id)
            return reverse_held(replace(worked.case, pending=rest), held, pending)
    outcome = worked.case.outcome
    if outcome is not None and outcome.at_ms > held.at_ms and outcome.ruling == "allow" and (held.lasts or held.waits):
        told = Pending(decision=held.id, by=outcome.by, at_ms=outcome.at_ms, command=held.id)
        return reverse_held(worked.case, held, told)  # a person let it stand before this was heard
    return worked


class Company(NamedTuple):
    """What a complaint is looked at beside: whoever complains, as far as they are known, and how busy the community is."""

    reporter: Reporter | None = None
    pace: Community = Community()


def complained(case: Case, event: ContentFlagged, company: Company, policy: Policy, links: Links) -> Worked:
    """Take a complaint in; each reporter counts once. From some weight on a person looks, from more nobody else sees it."""
    rule, actor = policy.spec.complaints, event.data.actor
    by = None if actor is None else actor.id
    if rule.status == "off" or _is_enough(case, by):
        return Worked(case)
    weight = rule.anonymous if by is None else (company.reporter or Reporter()).weight
    complaint = Complaint(
        at_ms=milliseconds(event.time),
        weight=weight,
        reporter=by,
        category=event.data.category,
        language=language_of(event.data),
    )
    author = case.member or event.data.content_author
    fresh = replace(filled(case, event), complaints=(*case.complaints, complaint), member=author)
    if event.imported:
        return Worked(changed(fresh))
    if case.outcome is not None:  # what a person decided stands
        return _late(fresh, complaint, case.outcome, policy)
    if rule.holds is not None and fresh.weight >= rule.holds and _may_be_held(fresh):
        return _held_back(fresh, event, company.pace, policy, links)
    if fresh.weight >= rule.opens:
        fresh = opened(fresh, milliseconds(event.time), COMPLAINTS)
    return Worked(changed(fresh))


def _is_enough(case: Case, by: str | None) -> bool:
    """Say whether one complaint more would change nothing: each reporter counts once, and of nobody known some are kept."""
    of_theirs = sum(one.reporter == by for one in case.complaints)
    return len(case.complaints) >= COMPLAINTS_MAX or of_theirs >= (ANONYMOUS_MAX if by is None else 1)


def _may_be_held(case: Case) -> bool:
    """Say whether complaints may take a content away: not alone those of nobody known, and not what is or waits to be."""
    is_told = any(one.reporter is not None for one in case.complaints)
    waits = any(held.waits and COMPLAINTS in held.rules for held in case.decisions)
    return is_told and not waits and all(held.imported for held in case.standing)


def _late(case: Case, complaint: Complaint, outcome: Outcome, policy: Policy) -> Worked:
    """Answer a complaint that was made before a person decided, and is read after it, like those that were read before."""
    if complaint.at_ms > outcome.at_ms:
        return Worked(changed(case))
    was_right = has_acted(case)
    earned, acts = telling.reporters(replace(case, complaints=(complaint,)), outcome, policy, was_right=was_right)
    answered = (*case.complaints[:-1], replace(complaint, settled=True))
    so_far = sum(one.settled and one.reporter is not None for one in case.complaints)
    is_told = so_far < telling.TOLD_REPORTERS_MAX
    return Worked(changed(case, complaints=answered), acts=acts if is_told else (), commands=earned)


def _held_back(case: Case, event: ContentFlagged, pace: Community, policy: Policy, links: Links) -> Worked:
    """Hold a content that many complained about, until a person has looked; beyond the brake that is parked."""
    at_ms, brakes = milliseconds(event.time), policy.spec.brakes
    made = _hold(case, event, policy, is_parked=is_open(pace, at_ms, brakes))
    recorded = judged(case, made)
    if made.data.parked is None:
        acts: Sequence[CaseAct] = acts_of(made, policy, links)
        after = counted(pace, at_ms, acts=1)
        return recorded._replace(events=(made, *recorded.events), acts=[*acts, *recorded.acts], pace=after)
    if not is_new(pace, at_ms, brakes):
        return recorded._replace(events=(made, *recorded.events))
    opened_ = brake_opened(made, COMPLAINTS, limit(pace, at_ms, brakes), brakes)
    return recorded._replace(events=(made, opened_, *recorded.events), pace=replace(pace, braked_ms=at_ms))


def _hold(case: Case, event: ContentFlagged, policy: Policy, *, is_parked: bool) -> DecisionMade:
    id_ = event_id("moderation.complaints", event.brand, event.community or "", case.id, event.id)
    attributes = following(event, id_) | {"subject": case.content}
    finding = Finding(rule=COMPLAINTS, version=policy.version, verdict="hold", facts=_facts(case))
    data = Decision(
        content_id=case.content,
        content_author=case.member,
        decision=id_,
        verdict="hold",
        findings=(finding,),
        cause=event.id,
        severity=case.severity,
        parked="hold" if is_parked else None,
    )
    return DecisionMade(**attributes, data=data)


def _facts(case: Case) -> dict[str, str]:
    return {"complaints": str(len(case.complaints)), "weight": str(case.weight)}
