"""Scorer and ledger as pure functions: two topics in, in any interleaving, grants and entries out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import bson
import msgspec

from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.scorer import Scorer
from services.engagement.rules import sheets
from services.engagement.rules.accounts import Account
from services.engagement.rules.balances import Held
from services.engagement.rules.commands import Command
from services.engagement.rules.contents import Content
from services.engagement.rules.days import Day
from services.engagement.rules.rewards import built
from shared.bus.record import Headers
from shared.events import Envelope, encode
from shared.fold.definition import Timer
from shared.policy import PolicyBook, Version
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, EVENTS, GRANTS, LEDGER, SANCTIONS
from tests.fakes import FakeRecord


class FakeShelf:
    """Stored versions of policies."""

    def __init__(self, versions: Sequence[Version] = ()) -> None:
        self._versions = versions

    async def all(self, kind: str) -> Iterable[Version]:
        return [version for version in self._versions if version.kind == kind]


def book(spec: Mapping[str, Any] | None = None) -> PolicyBook[Any]:
    return PolicyBook(FakeShelf(), "RewardsPolicy", built, built(0, spec or {}), 0.001)


class AnyFold(Protocol):
    """What both folds have in common."""

    def read(self, record: Any) -> Any: ...  # noqa: ANN401
    def evolve(self, state: Any, event: Any) -> Any: ...  # noqa: ANN401
    def encode(self, state: Any) -> Any: ...  # noqa: ANN401
    def decode(self, document: Any) -> Any: ...  # noqa: ANN401


class World:
    """What was folded."""

    def __init__(self, spec: Mapping[str, Any] | None = None) -> None:
        self.scorer, self.ledger = Scorer(book(spec)), Ledger()
        self.contents: dict[str, Content] = {}
        self.accounts: dict[str, Held] = {}
        self.grants: list[Any] = []
        self.acts: list[Any] = []
        self.posted: list[Any] = []
        self.timers: dict[str, Timer] = {}
        self._identities: set[str | None] = set()
        self.entries: dict[str, dict[str, Any]] = {}

    def tell(self, *events: Envelope) -> World:
        for event in events:
            for due in self._fold(self.scorer, self.contents, EVENTS.name, encode(event)):
                if due.topic == GRANTS.name:
                    self.grants.append(due.event)
                self._post(due.topic, due.event if isinstance(due.event, bytes) else encode(due.event))
        return self

    def grant(self, *grants: Envelope) -> World:
        """Have the ledger hear of grants."""
        for grant in grants:
            self._post(GRANTS.name, encode(grant))
        return self

    def sanction(self, event: Envelope) -> World:
        """Have the ledger hear of a sanction."""
        self._post(SANCTIONS.name, encode(event))
        return self

    def order(self, *orders: Command) -> World:
        """Have the ledger do what somebody asks for; a second telling of an id is skipped, as the loop does it."""
        for order in orders:
            self._post(ENGAGEMENT_COMMANDS.name, msgspec.json.encode(order))
        return self

    def time_passes(self, until: datetime | None = None) -> World:
        """Let the timers fire that are due by then, or all."""
        for timer in sorted(self.timers.values(), key=lambda timer: timer.due):
            if until is None or timer.due <= until:
                self._post(timer.topic, timer.command)
        return self

    def _post(self, topic: str, raw: bytes) -> None:
        for output in self._fold(self.ledger, self.accounts, topic, raw):
            if output.topic == ACTIONS.name:
                self.acts.append(output.event)
            elif output.topic == LEDGER.name:
                self.posted.append(output.event)
            elif output.topic == ENGAGEMENT_COMMANDS.name:
                self._post(output.topic, output.event)

    def _fold(self, fold: AnyFold, states: dict[str, Any], topic: str, raw: bytes, headers: Headers = ()) -> list[Any]:
        outputs: list[Any] = []
        for key, event, identity, *_ in fold.read(FakeRecord(topic, 0, 0, 0, None, raw, headers)):
            if identity is not None and identity in self._identities:
                continue
            self._identities.add(identity)
            step = fold.evolve(states.get(key), event)
            self.timers |= {timer.id: timer for timer in step.timers}
            for id_ in step.done_timers:
                self.timers.pop(id_, None)
            if step.state is not None:
                states[key] = fold.decode(bson.decode(bson.encode(fold.encode(step.state))))
                assert states[key] == step.state
            for entry in step.entries:
                assert entry["_id"] not in self.entries
                self.entries[entry["_id"]] = entry
            outputs += step.outputs
        return outputs

    def balance(self, member: str, brand: str = "acme") -> int:
        held = self.accounts.get(f"{brand}/{member}")
        return 0 if held is None else held.account.balance

    def outcome(self) -> dict[str, Any]:
        """Return balances and what is live of each day; nothing of those who have nothing."""
        days = {grant.data.day.toordinal() for grant in self.grants}
        found = {key: Outcome.of(held.account, days) for key, held in self.accounts.items()}
        return {key: outcome for key, outcome in found.items() if outcome.balance or outcome.days}

    def summed(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for entry in self.entries.values():
            key = f"{entry['brand']}/{entry['member']}"
            sums[key] = sums.get(key, 0) + entry["applied"]
        return sums


class Outcome(NamedTuple):
    """What an account comes to, however it is kept."""

    balance: int
    days: dict[int, Day]

    @staticmethod
    def of(account: Account, days: Iterable[int]) -> Outcome:
        kept = {day: live(account, day) for day in days}
        return Outcome(account.balance, {day: rules for day, rules in kept.items() if rules})


def live(account: Account, day: int) -> Day:
    """Return what is live of a day, in hand or not."""
    return account.live if day == account.day else sheets.read(account.past, day)
