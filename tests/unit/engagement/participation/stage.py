"""One thing that is taken part in, folded as the service does, without the bus: what comes of what is done is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import msgspec

from services.engagement.handlers.asking import written
from services.engagement.handlers.books import Books
from services.engagement.handlers.participation import Participation, Thing, Told
from services.engagement.rules import contests as running
from services.engagement.rules.commands import Tell
from services.engagement.rules.commands import decoded as decoded_member
from services.engagement.rules.participation.commands import (
    Command,
    Counted,
    Define,
    Due,
    Order,
    Settled,
    Take,
    Who,
    encoded,
)
from services.engagement.rules.participation.doings import ByMember, ByStaff, Doing
from services.engagement.rules.rewards import built
from services.engagement.rules.standing import standings
from shared.clock import SetClock
from shared.documents import KINDS
from shared.documents.shape import whole
from shared.events import Envelope
from shared.fold.definition import Step, Timer
from shared.policy import PolicyBook
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION
from tests.fakes import FakeRecord
from tests.unit.engagement.world import FakeShelf

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = b"a key of the service, of 32 bytes"
WORDS = {"en": "Spring", "ru": "Весна"}
KNOWN = Who(level=1, since=AT.toordinal() - 100)


def books(rewards: Mapping[str, Any] | None = None, standing: Mapping[str, Any] | None = None) -> Books:
    return Books(
        PolicyBook(FakeShelf(), "Standing", standings.built, standings.built(0, standing or {}), 0.001),
        PolicyBook(FakeShelf(), "RewardsPolicy", built, built(0, rewards or {"rules": []}), 0.001),
        PolicyBook(FakeShelf(), "Contest", running.built, running.NONE, 0.001),
        {},
    )


class Stage:
    """One thing of a brand."""

    def __init__(self, kind: str, rewards: Mapping[str, Any] | None = None, at: datetime = AT, **spec: Any) -> None:  # noqa: ANN401
        self.clock = SetClock(at)
        self.fold = Participation(books(rewards), self.clock, KEY)
        self.thing = f"{kind.lower()}/spring"
        self.state: Thing | None = None
        self.entries: list[Mapping[str, Any]] = []
        self.told: list[Any] = []
        """Events of the ledger's topic."""
        self.grants: list[Any] = []
        self.acts: list[Any] = []
        self.commands: list[Mapping[str, Any]] = []
        """For members' accounts."""
        self.timers: dict[str, Timer] = {}
        self._kind, self._n, self._told = kind, 0, dict[str, int]()
        self.define(**spec)

    def define(self, **spec: Any) -> None:  # noqa: ANN401
        told = msgspec.convert({"title": WORDS} | spec, KINDS[self._kind].spec)
        self._n += 1
        self.do(Define(**self.about(f"define:{self._n}"), version=self._n, spec=whole(told)))

    def delete(self) -> None:
        """Delete its document."""
        self._n += 1
        self.do(Define(**self.about(f"define:{self._n}"), version=self._n, spec=None))

    def about(self, id_: str) -> dict[str, Any]:
        return {"id": id_, "brand": "acme", "thing": self.thing, "at": self.clock.now()}

    async def late(self, by: timedelta) -> None:
        """Let time go by: what is due is done when it is."""
        until = self.clock.now() + by
        while due := sorted((one.due, name) for name, one in self.timers.items() if one.due <= until):
            at, name = due[0]
            self.clock.at = max(self.clock.at, at)
            await self.fold.prepare()
            timer = self.timers.pop(name)
            self.do(msgspec.json.decode(timer.command, type=Due))
        self.clock.at = until
        await self.fold.prepare()

    def member(self, member: str, does: ByMember, who: Who = KNOWN) -> str:
        """Have a member do something; return the outcome, or the code of why not."""
        self._n += 1
        self.do(Take(**self.about(f"{member}:{self._n}"), member=member, does=does, who=who))
        return _outcome(self.entries[-1])

    def staff(self, does: ByStaff, by: str = "vera") -> str:
        self._n += 1
        self.do(Order(**self.about(f"staff:{self._n}"), by=by, does=does))
        return _outcome(self.entries[-1])

    def has(self, member: str, entries: int = 0, score: int = 0, who: Who = KNOWN) -> None:
        """Tell what counts of a member in a contest."""
        n = self._told[member] = self._told.get(member, 0) + 1
        about = self.about(f"counted:{member}:{n}")
        self.do(Counted(**about, member=member, n=n, entries=entries, score=score, who=who))

    def paid(self, refused: str | None = None) -> None:
        """Have the account answer the last order for points."""
        asked = self.commands[-1]
        about = self.about(f"settled:{asked['id']}")
        self.do(Settled(**about, order=asked["id"], member=asked["member"], refused=refused))

    def do(self, command: Command) -> None:
        """Fold a command as the loop does: through the wire, and through the store."""
        step: Step[Thing] = self.fold.evolve(self.state, self.heard(command))
        if step.state is not None:
            self.state = self.fold.decode(bson.decode(bson.encode(self.fold.encode(step.state))))
        self.entries += [bson.decode(bson.encode(entry)) for entry in step.entries]
        for done in step.done_timers:
            self.timers.pop(done, None)
        self.timers |= {timer.id: timer for timer in step.timers}
        for output in step.outputs:
            self._keep(output.topic, output.event)

    def heard(self, command: Command) -> Told:
        """Return a command as it comes over the wire."""
        (item,) = self.fold.read(FakeRecord(PARTICIPATION.name, 0, 0, 0, b"", encoded(command), ()))
        return item.event

    def _keep(self, topic: str, event: Envelope | bytes) -> None:
        if isinstance(event, bytes):
            assert topic == ENGAGEMENT_COMMANDS.name
            command = decoded_member(event)
            if isinstance(command, Tell):
                self.acts.append(written(command).event)
            else:
                self.commands.append(msgspec.json.decode(event))
            return
        {LEDGER.name: self.told, GRANTS.name: self.grants, ACTIONS.name: self.acts}[topic].append(event)

    def points(self, member: str) -> int:
        """Return what grants give a member, all in all."""
        return sum(grant.data.uncapped for grant in self.grants if grant.data.member == member)

    @property
    def inner(self) -> Any:  # noqa: ANN401
        """Return the state of the mechanism."""
        assert self.state is not None
        return self.state.state


def _outcome(entry: Mapping[str, Any]) -> str:
    code: str = entry.get("code", entry["outcome"])
    return code


__all__ = ["AT", "KEY", "KNOWN", "WORDS", "Doing", "Stage", "books"]
