"""Members' standing, folded as the service does, without the bus."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import msgspec

from services.engagement.handlers.standing import Standing
from services.engagement.rules.chat import Links
from services.engagement.rules.commands import Command, Say
from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.standing.members import Member
from shared.documents import KINDS
from shared.events import Envelope, encode
from shared.events.actions import ActionReply
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, GRANTS, LEDGER, PARTICIPATION
from tests.builders import PLACE, points_clawed_back, points_granted
from tests.fakes import FakeRecord
from tests.unit.engagement.participation.stage import books

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA, BORIS = "telegram:1", "telegram:2"


class Things:
    """What members can take part in."""

    def __init__(self, things: Mapping[str, Any]) -> None:
        self._things = things

    async def refresh(self) -> None:
        """They are always up to date."""

    def all_at(self, *_: object) -> Mapping[str, Any]:
        return self._things


class Row:
    """Members of a brand."""

    def __init__(
        self, standing: Mapping[str, Any], rewards: Mapping[str, Any] | None = None, **things: Mapping[str, Any]
    ) -> None:
        known = books(rewards, standing)._replace(
            things={
                kind: Things({name: msgspec.convert(spec, KINDS[kind.capitalize()].spec) for name, spec in of.items()})
                for kind, of in things.items()
            }
        )
        self.fold = Standing(known, Links("https://x.example", b"a secret of sixteen"))
        self.members: dict[str, Member] = {}
        self.told: list[Any] = []
        self.grants: list[Any] = []
        self.acts: list[Any] = []
        self.passed: list[Mapping[str, Any]] = []
        """To things."""
        self.privately: list[str] = []
        """What the member was told apart from the last answer, alone."""
        self.at, self._n = AT, 0

    def later(self, **by: int) -> None:
        self.at += timedelta(**by)

    def earns(self, member: str, points: int = 10, rule: str = "content", **data: Any) -> None:  # noqa: ANN401
        self._posted(points_granted, member, points, rule, data)

    def loses(self, member: str, points: int = 10, rule: str = "content", **data: Any) -> None:  # noqa: ANN401
        self._posted(points_clawed_back, member, -points, rule, data)

    def _posted(self, make: Any, member: str, points: int, rule: str, data: Mapping[str, Any]) -> None:  # noqa: ANN401
        self._n += 1
        told: dict[str, Any] = {"day": self.at.date(), "uncapped": points, "applied": points} | dict(data)
        about = {"id": f"e{self._n}", "time": self.at, "recordedtime": self.at, "member": member, "rule": rule}
        self.hears(LEDGER.name, encode(make(**about, **told)))

    def says(self, member: str, name: str, text: str = "", press: str | None = None, language: str = "en") -> str:
        """Have a member give a command; return what they are answered, or nothing."""
        self._n += 1
        reply = ReplyTo(community=PLACE, source="telegram/bot-1", message=f"{PLACE}:1", press=press, language=language)
        self.asks(Say(id=f"s{self._n}", brand="acme", member=member, at=self.at, name=name, text=text, reply=reply))
        acts, self.acts = self.acts, []
        self.privately = [act.data.text for act in acts[1:] if not isinstance(act, ActionReply)]
        assert not any("/me/" in (act.data.text or "") for act in acts if isinstance(act, ActionReply)), (
            "all who read it could act"
        )
        return acts[0].data.text if acts else ""

    def asks(self, command: Command) -> None:
        self.hears(ENGAGEMENT_COMMANDS.name, msgspec.json.encode(command))

    def hears(self, topic: str, raw: bytes) -> None:
        for item in self.fold.read(FakeRecord(topic, 0, 0, 0, None, raw, ())):
            step = self.fold.evolve(self.members.get(item.key), item.event)
            if step.state is not None:
                self.members[item.key] = self.fold.decode(bson.decode(bson.encode(self.fold.encode(step.state))))
                assert self.members[item.key] == step.state
            for output in step.outputs:
                self._keep(output.topic, output.event)

    def _keep(self, topic: str, event: Envelope | bytes) -> None:
        if isinstance(event, bytes):
            if topic == PARTICIPATION.name:
                self.passed.append(msgspec.json.decode(event))
            else:
                self.hears(topic, event)
        elif topic == LEDGER.name:
            self.told.append(event)
            self.hears(topic, encode(event))
        else:
            {GRANTS.name: self.grants, ACTIONS.name: self.acts}[topic].append(event)

    def points(self, member: str, rule: str | None = None) -> int:
        """Return what grants of the standing's own give, all in all, or by one rule."""
        own = (grant.data for grant in self.grants if grant.data.member == member)
        return sum(data.uncapped for data in own if rule in {None, data.rule})
