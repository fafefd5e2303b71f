"""What was posted under one policy, added up. It grows with members and rules, not with events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from services.engagement.handlers.ledger import Grants
from services.engagement.simulating.report import Sums
from shared.events.engagement import PointsClawedBack


class Gross(NamedTuple):
    """Points of one rule, in both directions."""

    issued: int = 0
    clawed_back: int = 0


class Tally:
    """Points and karma by member and rule."""

    def __init__(self) -> None:
        self.rules: dict[str, Gross] = {}
        self.nets: dict[str, dict[str, int]] = {}
        """What each rule comes to, by member."""
        self.karma: dict[str, int] = {}

    def add(self, posted: Grants) -> None:
        """Take in what the ledger posts."""
        data, points = posted.data, posted.data.applied or 0
        issued, clawed_back = self.rules.get(data.rule, Gross())
        if isinstance(posted, PointsClawedBack):
            self.rules[data.rule] = Gross(issued, clawed_back - points)
        else:
            self.rules[data.rule] = Gross(issued + points, clawed_back)
        nets = self.nets.setdefault(data.member, {})
        nets[data.rule] = nets.get(data.rule, 0) + points
        if data.karma is not None:
            self.karma[data.member] = self.karma.get(data.member, 0) + data.karma

    def earned(self) -> Mapping[str, int]:
        """Return what each member earned in all."""
        return {member: sum(nets.values()) for member, nets in self.nets.items()}

    def sums(self, rules: Sequence[str]) -> Mapping[str, Sums]:
        """Return what these rules come to."""
        members = dict.fromkeys(rules, 0)
        for nets in self.nets.values():
            for rule, points in nets.items():
                members[rule] += points > 0
        return {rule: _sums(self.rules.get(rule, Gross()), members[rule]) for rule in rules}

    def total(self) -> Sums:
        """Return what all rules come to."""
        issued, clawed_back = (sum(one[place] for one in self.rules.values()) for place in range(2))
        return _sums(Gross(issued, clawed_back), sum(points > 0 for points in self.earned().values()))


def _sums(gross: Gross, members: int) -> Sums:
    return Sums(issued=gross.issued, clawed_back=gross.clawed_back, net=gross.issued - gross.clawed_back, members=members)
