"""What a person decides of a case, and what is taken back by it."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from msgspec.structs import replace

from services.moderation.cases import telling
from services.moderation.cases.case import DECISIONS_MAX, Case, Held, Outcome, Review, milliseconds
from services.moderation.cases.worked import Refused, Worked, changed, opened
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import Decide
from services.moderation.rules.notices import Links
from shared.events.moderation import TAKES_AWAY, Verdict

DELETED = frozenset({"remove", "mute", "ban"})
"""Verdicts by which a content is no longer on the platform."""


def decide(case: Case, command: Decide, policy: Policy, links: Links) -> Worked:
    """End a case. Raises Refused where it may not be ended so, or not by this person."""
    _check(case, command)
    ruling, at_ms = command.ruling, milliseconds(command.at)
    if case.is_blind:
        return _reviewed(case, command)
    outcome = Outcome(ruling=ruling, by=command.by, at_ms=at_ms)
    match ruling:
        case "allow":
            worked = _allowed(case, command)
        case "keep":
            worked = _kept(case, command)
        case _:
            worked = _acted(case, command, ruling, policy, links)
    return _closed(worked, case, outcome, policy)


def _check(case: Case, command: Decide) -> None:
    if case.kind == "dispute":
        raise Refused("a dispute is settled, not decided: name its outcome")
    if case.status == "closed" and case.outcome is not None and case.decisions:
        raise Refused(f"{case.outcome.by} has decided it already; reverse the decision instead")
    appealed = next((held for held in case.decisions if case.is_appealed and held.id == _appealed(case)), None)
    if appealed is not None and appealed.by == command.by:
        raise Refused("you made the decision that is appealed against; somebody else has to look")
    if case.is_blind and case.review is not None and case.review.first.by == command.by:
        raise Refused("you decided it the first time; somebody else has to look")
    if command.ruling in {"warn", "mute", "ban"} and case.member is None:
        raise Refused("nobody knows who wrote it: there is nobody to warn, mute or ban")
    if command.ruling == "mute" and command.until is None:
        raise Refused("a mute needs an end")
    if command.until is not None and command.until <= command.at:
        raise Refused("that time is over already")
    if command.ruling == "keep" and any(held.waits for held in case.decisions):
        raise Refused("it waits for a decision: allow it, or hide, remove, warn, mute or ban")


def _appealed(case: Case) -> str | None:
    return None if case.appeal is None else case.appeal.decision


def _allowed(case: Case, command: Decide) -> Worked:
    """Take back whatever rules and people did, and say that nothing is wrong."""
    undone = [held for held in case.decisions if held.lasts or held.waits]
    events = [
        telling.reversal(case, held, command, appeal=case.is_appealed and held.id == _appealed(case)) for held in undone
    ]
    made = telling.made(case, command, "allow")
    acts = telling.restored(case, undone, events)
    strikes = [telling.withdrawn(case, held, command) for held in undone if held.struck]
    after = _with(_without(case, undone), telling.held(made, command))
    return Worked(after, [*events, made], acts, [strike for strike in strikes if strike])


def _kept(case: Case, command: Decide) -> Worked:
    """Leave it as it is."""
    acts = telling.rejected(case, command) if case.is_appealed else ()
    return Worked(case, (), acts)


def _acted(case: Case, command: Decide, ruling: Verdict, policy: Policy, links: Links) -> Worked:
    """Do what the person says; what was done before is replaced by it."""
    made = telling.made(case, command, ruling)
    replaced = [held for held in case.decisions if (held.lasts and held.verdict != "label") or held.waits]
    events = [telling.reversal(case, held, command, replaced_by=made.id) for held in replaced]
    was_deleted = any(held.verdict in DELETED and not held.imported for held in case.standing)
    is_deleted = case.gone or (was_deleted and case.unmade is None)
    acts = telling.acts(case, made, policy, links, is_deleted=is_deleted)
    if ruling not in TAKES_AWAY:  # a warning alone: what was taken away is shown again
        acts = [*telling.restored(case, replaced, events), *acts]
    if case.is_appealed:
        acts = [*acts, *telling.rejected(case, command)]
    strike = None if case.imported else telling.strike(made, policy, replaced)
    after = _with(_without(case, replaced), telling.held(made, command, struck=strike is not None))
    if case.is_appealed and case.appeal is not None:  # it is the same matter: it is looked at again once
        after = replace(after, appeal=replace(case.appeal, decision=made.id))
    # The new decision comes first: so nothing that members must not see is ever shown between the two.
    return Worked(after, [made, *events], acts, () if strike is None else (strike,))


def _closed(worked: Worked, before: Case, outcome: Outcome, policy: Policy) -> Worked:
    """End the case: tell its reporters, answer its appeal, and have some looked at again."""
    earned, acts = telling.reporters(worked.case, outcome, policy, was_right=has_acted(worked.case))
    case = replace(worked.case, complaints=tuple(replace(one, settled=True) for one in worked.case.complaints))
    answered = _answered(case, outcome)
    review = _review(before, outcome, policy)
    case = changed(answered, status="closed", claim=None, assigned=None, escalated=False, outcome=outcome, review=review)
    if review is not None:
        case = changed(opened(case, outcome.at_ms, "review"))
    return worked._replace(case=case, acts=[*worked.acts, *acts], commands=earned)


def has_acted(case: Case) -> bool:
    """Say whether what stands is against the content: then who complained about it was right."""
    return any(held.took_away or held.verdict == "warn" for held in case.standing)


def _answered(case: Case, outcome: Outcome) -> Case:
    if not case.is_appealed or case.appeal is None:
        return case
    return replace(case, appeal=replace(case.appeal, answer="upheld" if outcome.ruling == "allow" else "rejected"))


def _review(case: Case, outcome: Outcome, policy: Policy) -> Review | None:
    """Return the second look that a case gets; appeals and second looks get none."""
    if case.is_appealed or case.review is not None or case.kind != "content" or case.imported:
        return case.review
    if outcome.ruling == "keep" and case.standing:
        return None  # it says nothing about the content
    is_sampled = crc32(f"{case.brand}/{case.community}/{case.id}".encode()) % 100 < policy.spec.review.second
    return Review(first=outcome) if is_sampled else None


def _reviewed(case: Case, command: Decide) -> Worked:
    """Note what the second one would have decided. Where the two disagree, a community manager looks."""
    assert case.review is not None, "a blind case has a review"
    second = Outcome(ruling=command.ruling, by=command.by, at_ms=milliseconds(command.at))
    review = replace(case.review, second=second)
    if agree(review):
        return Worked(changed(case, review=review, status="closed", claim=None, assigned=None), reviewed=True)
    reopened = replace(case, review=review, why=(*case.why, "disagreement"), outcome=None, claim=None, assigned=None)
    return Worked(changed(reopened, escalated=True), reviewed=True)


def agree(review: Review) -> bool:
    """Say whether both would have let it stand, or both not."""
    return review.second is not None and _stands(review.first) == _stands(review.second)


def _stands(outcome: Outcome) -> bool:
    return outcome.ruling in {"allow", "keep"}


def _without(case: Case, undone: Sequence[Held]) -> Case:
    """Return the case with decisions taken back."""
    ids = {held.id for held in undone}
    decisions = tuple(replace(held, reversed=True) if held.id in ids else held for held in case.decisions)
    return replace(case, decisions=decisions)


def _with(case: Case, held: Held) -> Case:
    """Return the case with one decision more; where there are too many, the oldest that does nothing goes."""
    decisions = list(case.decisions)
    if len(decisions) >= DECISIONS_MAX:
        idle = next((place for place, one in enumerate(decisions) if not one.lasts and not one.waits), 0)
        del decisions[idle]
    return replace(case, decisions=(*decisions, held))


with_decision, without_decisions = _with, _without
