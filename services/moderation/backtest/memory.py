"""What one policy makes of the records of a partition: the fold that judges, over states in memory alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.moderation.handlers.judge import Moderation, State, Told
from services.moderation.rules.outcome import DECISION, SHADOW
from services.moderation.rules.strikes import Strike, decoded
from shared.fold.definition import Item, Step

Entry = Mapping[str, Any]


class Seen(NamedTuple):
    """What became of a record under one policy."""

    decision: Entry | None = None
    """As it would be entered."""
    shadow: Entry | None = None
    """Of rules in shadow."""
    strike: Strike | None = None
    failed: str | None = None
    """Why it would be a dead letter; nothing is remembered of it then."""


class Memory:
    """The states of one partition."""

    def __init__(self, fold: Moderation) -> None:
        self._fold, self._states, self._identities = fold, dict[str, State](), set[str]()

    def take(self, items: Sequence[Item[Told]]) -> Seen:
        """Fold what a record tells, as the loop does: an identity counts once, and what raises changes nothing."""
        seen = Seen()
        for item in items:
            if item.identity is not None and item.identity in self._identities:
                continue
            try:
                step = self._step(item)
            except Exception as error:  # noqa: BLE001 - in the loop, too, it is this record's dead letter
                return Seen(failed=type(error).__name__)
            self._remember(item, step)
            seen = _seen(step)
        return seen

    def state(self, key: str) -> State | None:
        """Return what is remembered under a key."""
        return self._states.get(key)

    def share(self, other: Memory, key: str) -> None:
        """Hold an equal state once for both memories: most members are the same under either policy."""
        mine, theirs = self.state(key), other.state(key)
        if mine is not theirs and mine == theirs and theirs is not None:
            self._states[key] = theirs

    def _step(self, item: Item[Told]) -> Step[State]:
        before = self._states.get(item.key)
        if not item.beside:
            return self._fold.evolve(before, item.event)
        return self._fold.evolve_beside(before, [self._states.get(key) for key in item.beside], item.event)

    def _remember(self, item: Item[Told], step: Step[State]) -> None:
        if item.identity is not None:
            self._identities.add(item.identity)
        keys = (item.key, *(item.beside if step.beside else ()))
        for key, state in zip(keys, (step.state, *step.beside), strict=True):
            if state is None:
                self._states.pop(key, None)
            else:
                self._states[key] = state


def _seen(step: Step[State]) -> Seen:
    by_kind = {entry["kind"]: entry for entry in step.entries}
    strikes = [decoded(output.event) for output in step.outputs if isinstance(output.event, bytes)]
    strike = next((one for one in strikes if isinstance(one, Strike)), None)
    return Seen(by_kind.get(DECISION), by_kind.get(SHADOW), strike)
