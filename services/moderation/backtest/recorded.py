"""The live policies read again, against the decisions that were put out: how far a backtest can be trusted."""

from __future__ import annotations

from datetime import datetime

from services.moderation.backtest.memory import Entry
from services.moderation.backtest.report import Recorded
from shared.events import Envelope
from shared.events.moderation import DecisionMade


class Check:
    """What the live policies decide again, and what stands on the bus."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self._since, self._until = since, until
        self._again: dict[str, tuple[str, bool]] = {}
        """The verdict by decision, and whether it belongs to the time that is told of."""
        self._same = self._differently = self._not_found = 0

    def again(self, decision: Entry | None, *, told: bool) -> None:
        """Take in a decision of the live policies. Of the time before, it only explains what came late."""
        if decision is not None:
            self._again[decision["_id"]] = (decision["verdict"], told)

    def then(self, event: Envelope | None) -> None:
        """Take in what was put out, after all that is decided again."""
        if not isinstance(event, DecisionMade) or event.data.by is not None or not event.data.findings:
            return
        if any(finding.rule == "complaints" for finding in event.data.findings):
            return  # reporters' doing, which the fold of cases puts out
        verdict, told = self._again.pop(event.data.decision, (None, self._since <= event.recordedtime < self._until))
        if told:
            self._same += verdict == event.data.verdict
            self._differently += verdict not in {None, event.data.verdict}
            self._not_found += verdict is None

    def result(self) -> Recorded:
        """Return how far both agree."""
        return Recorded(
            same=self._same,
            differently=self._differently,
            not_recorded=sum(told for _, told in self._again.values()),
            not_found=self._not_found,
        )
