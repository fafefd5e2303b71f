"""What the demo plants is found, on seeds that nobody looked at while the lists were written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demo.simulation import Simulation
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.moderation.rules.case import Member
from services.moderation.rules.judging import judge, strictest
from shared.events.community import ContentCreated, MemberJoined
from tests.unit.moderation.cases import NOON, default_policy

ENOUGH = 0.95


@pytest.mark.parametrize("seed", [90_001, 90_002])
def test_planted_spam_is_removed_and_talk_is_not(seed: int) -> None:
    simulation = Simulation(seed, NOON + timedelta(days=1), messages=800)
    members: dict[tuple[str | None, str], Member] = {}
    removed: set[str] = set()

    for body in simulation.updates():
        payload = Payload(body=body, brand="b", connection="c", recordedtime=NOON)
        for event in CONNECTORS["telegram"].decode(payload).events:
            judged(event, members, removed)

    right = removed & simulation.plan.spam
    assert len(right) / len(removed) >= ENOUGH
    assert len(right) / len(simulation.plan.spam) >= ENOUGH


def judged(event: object, members: dict[tuple[str | None, str], Member], removed: set[str]) -> None:
    if isinstance(event, MemberJoined):
        key = (event.community, event.data.member)
    elif isinstance(event, ContentCreated) and event.data.actor is not None:
        key = (event.community, event.data.actor.id)
    else:
        return
    judgement = judge(event, members.get(key, Member()), default_policy())
    members[key] = judgement.member
    if judgement.findings and strictest(judgement.findings).then == "remove" and isinstance(event, ContentCreated):
        removed.add(str(event.data.content_id))
