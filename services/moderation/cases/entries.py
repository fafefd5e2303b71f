"""What people decide, take back and look at again, as it is entered: only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.moderation.cases.case import Case, moment
from services.moderation.cases.deciding import agree
from services.moderation.cases.worked import Worked
from services.moderation.rules.outcome import DECISION, REVERSAL
from shared.events import event_id
from shared.events.moderation import AppealAnswered, AppealDue, BrakeOpened, DecisionMade, DecisionReversed

REVIEW = "review"
"""Kind of the entries of second looks."""

Document = Mapping[str, Any]


def entries_of(worked: Worked, at_ms: int, trace: str | None) -> Sequence[Document]:
    """Return the entries of decisions, of those taken back, and of a second look."""
    entries: list[Document] = []
    for event in worked.events:
        match event:
            case DecisionMade():
                entries.append(_decision(worked.case, event, trace))
            case DecisionReversed():
                entries.append(_reversal(worked.case, event, trace))
            case BrakeOpened():
                pass  # the decision that it held back says so
            case AppealDue() | AppealAnswered():
                pass  # the case itself says so
    if worked.reviewed:
        entries.append(_review(worked.case, at_ms))
    return entries


def _decision(case: Case, event: DecisionMade, trace: str | None) -> Document:
    decision = event.data
    entry = {
        "_id": event.id,
        "kind": DECISION,
        "brand": event.brand,
        "community": event.community,
        "channel": case.channel,
        "member": decision.content_author,
        "content": decision.content_id,
        "cause": decision.cause,
        "verdict": decision.verdict,
        "parked": decision.parked,
        "severity": decision.severity,
        "until": decision.until,
        "by": decision.by,
        "rules": [finding.rule for finding in decision.findings],
        "version": max((finding.version for finding in decision.findings), default=0),
        "findings": msgspec.to_builtins(decision.findings),
        "source": event.source,
        "imported": event.imported,
        "at": event.time,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _reversal(case: Case, event: DecisionReversed, trace: str | None) -> Document:
    entry = {
        "_id": f"{event.data.decision}/reversal",
        "kind": REVERSAL,
        "brand": event.brand,
        "community": event.community,
        "decision": event.data.decision,
        "case": case.id,
        "event": event.id,
        "by": event.data.by,
        "reason": event.data.reason,
        "appeal": event.data.appeal or None,
        "replaced_by": event.data.replaced_by,
        "at": event.time,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _review(case: Case, at_ms: int) -> Document:
    review = case.review
    assert review is not None, "a second look has ended"
    assert review.second is not None, "a second look has ended"
    rules = sorted({rule for held in case.decisions for rule in held.rules})
    return {
        "_id": event_id("moderation.review", case.brand, case.community, case.id, review.second.at_ms),
        "kind": REVIEW,
        "brand": case.brand,
        "community": case.community,
        "case": case.id,
        "rules": rules,
        "first": msgspec.to_builtins(review.first),
        "second": msgspec.to_builtins(review.second),
        "agree": agree(review),
        "at": moment(at_ms),
    }
