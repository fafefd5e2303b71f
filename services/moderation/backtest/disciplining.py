"""Which members strikes would sanction, by the rules for it alone; and what points are at stake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.moderation.backtest.report import Points, Sanctioned
from services.moderation.cases.truth import Content
from services.moderation.rules.case import Policy
from services.moderation.rules.sanctions import Standing, sanctions, with_strike
from services.moderation.rules.strikes import Strike
from shared.documents.discipline import Strikes
from shared.events import Envelope
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.policy import InForce


class Discipline:
    """The strikes that rules give under one policy. What people gave is not in here."""

    def __init__(self, policies: InForce[Policy], reversed_: frozenset[str]) -> None:
        """`reversed_` are decisions that were taken back: their strikes are none."""
        self._policies, self._reversed = policies, reversed_
        self._members: dict[str, Standing] = {}

    def add(self, strike: Strike | None) -> None:
        """Take a strike in."""
        if strike is not None and strike.id not in self._reversed:
            before = self._members.get(strike.member, Standing())
            self._members[strike.member] = with_strike(before, strike, self._terms)

    def sanctioned(self, since: datetime) -> Sanctioned:
        """Return how many members strikes from then on sanction; earlier ones count as far as they have not faded."""
        kinds = [self._kinds(standing, since) for standing in self._members.values()]
        return Sanctioned(
            members=sum(map(bool, kinds)),
            warned=sum("warn" in kind for kind in kinds),
            muted=sum("mute" in kind for kind in kinds),
            banned=sum("ban" in kind for kind in kinds),
        )

    def _kinds(self, standing: Standing, since: datetime) -> set[str]:
        return {one.kind for one in sanctions(standing, self._terms) if one.strike.recorded >= since}

    def _terms(self, strike: Strike) -> Strikes:
        return self._policies.at(strike.brand, strike.community, strike.recorded).spec.strikes


class Stakes:
    """Points that were posted for contents of which the two decide otherwise."""

    def __init__(self, taken: Iterable[Content], spared: Iterable[Content]) -> None:
        self._sums: dict[Content, int] = dict.fromkeys(taken, 0)
        self._spared = dict.fromkeys(spared, 0)
        self._touched: set[Content] = set()

    def add(self, event: Envelope | None) -> None:
        """Take in what the ledger tells."""
        if not isinstance(event, PointsGranted | PointsClawedBack | PointsRestored) or event.data.content_id is None:
            return
        content, applied = (event.community or "", event.data.content_id), event.data.applied or 0
        if content in self._sums:
            self._sums[content] += applied
            self._touched.add(content)
        elif content in self._spared and not isinstance(event, PointsGranted):
            self._spared[content] -= applied
            self._touched.add(content)

    def points(self) -> Points:
        """Return what would be taken back, and what would not have been."""
        return Points(
            clawed_back=sum(self._sums.values()), given_back=sum(self._spared.values()), contents=len(self._touched)
        )
