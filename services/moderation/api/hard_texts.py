"""Texts that are hard to read: hidden until somebody asks, and so many a shift.

They are all that stands around a severe case, and the texts of severe cases wherever else they stand.
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


class HardTexts:
    """Says which lines of a conversation somebody is not shown, and counts those that they are."""

    def __init__(self, cases: Cases, exposures: Exposures, policies: PolicyBook[Policy], clock: Clock) -> None:
        self._cases, self._exposures, self._policies, self._clock = cases, exposures, policies, clock

    async def hidden(self, case: Case, lines: Sequence[Line], reader: Principal, *, reveal: bool) -> frozenset[str]:
        """Return the events of lines that stay hidden: what was shown in this shift is shown again.

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
            return frozenset(line.event for line in lines)
        keys = {line.event: url_key(case.brand, case.community, line.content) for line in lines if line.content is not None}
        severe = await self._cases.of_severity(SEVERE, set(keys.values()))
        return frozenset(event for event, key in keys.items() if key in severe)
