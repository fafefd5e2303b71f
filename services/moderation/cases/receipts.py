"""What the platform did not do comes back to the queue: a removal that failed is still to be seen. Pure."""

from __future__ import annotations

from services.moderation.cases.case import Case, Unmade, milliseconds
from services.moderation.cases.worked import Worked, changed, opened
from shared.events.actions import ActionDone, ActionFailed

UNMADE = "not_carried_out"
"""Why such a case is open."""

REMOVALS = frozenset({"delete", "hide"})

EXPECTED = frozenset({"gone", "reversed", "replaced", "dry_run", "unconnected"})
"""Why nothing was done although nothing is wrong: it was not needed any more, or the brand has nothing carried out there."""


def concerns(event: ActionDone | ActionFailed) -> bool:
    """Say whether a receipt tells of a content that was to be taken away, live."""
    return event.data.kind in REMOVALS and event.data.content_id is not None and not event.imported


def received(case: Case, event: ActionDone | ActionFailed) -> Worked:
    """Take a receipt in; the case stays as it is where nothing follows."""
    if isinstance(event, ActionDone):
        return Worked(case if case.unmade is None else changed(case, unmade=None))
    decision, code = event.data.cause or "", event.data.code or "refused"
    taken_back = any(held.id == decision and held.reversed for held in case.decisions)
    if code in EXPECTED or case.gone or taken_back:
        return Worked(case)
    at_ms = milliseconds(event.time)
    known = opened(case, at_ms, UNMADE)
    return Worked(changed(known, unmade=Unmade(decision=decision, code=code, at_ms=at_ms), outcome=None))
