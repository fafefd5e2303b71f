"""Texts that are hard to read: hidden until somebody asks, and so many a shift.

They are all that stands around a severe case and what members say in it, and the texts of severe cases wherever they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.moderation.cases.case import Case
from services.moderation.cases.states import url_key
from services.moderation.rules.case import Policy
from services.moderation.store.cases import Cases
from services.moderation.store.conversation import Line
from services.moderation.store.exposures import Exposures
from shared.clock import Clock
from shared.directory import Principal
from shared.http.problems import Problem
from shared.policy import PolicyBook

SEVERE = frozenset({"high", "critical"})
"""Severities whose texts are hidden until somebody asks to see them, and counted."""


def appeal_text(case: Case) -> str:
    """Return by what name the text of a case's appeal is counted."""
    return f"{url_key(case.brand, case.community, case.id)}/appeal"


def dispute_text(case: Case) -> str:
    """Return by what name all that is said in a dispute is counted."""
    return f"{url_key(case.brand, case.community, case.id)}/dispute"


def own_texts(case: Case) -> frozenset[str]:
    """Return the texts of members that a severe case holds itself; of another none is hard."""
    if case.severity not in SEVERE:
        return frozenset()
    appeal = case.appeal is not None and case.appeal.text is not None
    said = ((appeal_text(case), appeal), (dispute_text(case), case.dispute is not None))
    return frozenset(name for name, is_there in said if is_there)


class HardTexts:
    """Says which lines of a conversation somebody is not shown, and counts those that they are."""

    def __init__(self, cases: Cases, exposures: Exposures, policies: PolicyBook[Policy], clock: Clock) -> None:
        self._cases, self._exposures, self._policies, self._clock = cases, exposures, policies, clock

    async def hidden(self, case: Case, lines: Sequence[Line], reader: Principal, *, reveal: bool) -> frozenset[str]:
        """Return what stays hidden, lines by their events and the case's own texts: what was shown in this shift is again.

        Raises Problem 429 where they are to be shown and the shift has not so many left.
        """
        hard, now = await self._hard(case, lines), self._clock.now()
        if not hard:
            return hard
        if not reveal:
            return hard - await self._exposures.shown(case.brand, reader.name, now)
        review = self._policies.at(case.brand, case.community, now).spec.review
        if not await self._exposures.take(case.brand, reader.name, hard, review, now):
            raise Problem(429, f"{review.exposure} hard texts are enough for a shift of {review.shift}: somebody else looks")
        return frozenset()

    async def _hard(self, case: Case, lines: Sequence[Line]) -> frozenset[str]:
        if case.severity in SEVERE:
            return own_texts(case).union(line.event for line in lines)
        keys = {line.event: url_key(case.brand, case.community, line.content) for line in lines if line.content is not None}
        severe = await self._cases.of_severity(SEVERE, set(keys.values()))
        return frozenset(event for event, key in keys.items() if key in severe)
