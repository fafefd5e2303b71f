"""What the fold of sanctions is told, and what comes of it, for tests of strikes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from services.moderation.handlers.sanctions import Heard, Sanctions
from services.moderation.rules.sanctions import Standing
from services.moderation.rules.strikes import End, Lift, Strike, Told, Withdrawal
from shared.events.actions import ActionBan, ActionMute, ActionUnban, ActionUnmute
from shared.events.moderation import SanctionApplied
from shared.topics import ACTIONS, SANCTIONS
from tests.builders import AT, MEMBER, PLACE, RECORDED
from tests.component.moderation.asking import policy
from tests.unit.moderation.world import book

THRESHOLDS: dict[str, Any] = {
    "half_life": "10d",
    "thresholds": [
        {"points": 4, "then": "warn"},
        {"points": 6, "then": "mute", "for": "1d"},
        {"points": 10, "then": "ban"},
    ],
}


def strike(n: int, days: float = 0, points: int = 2, community: str = PLACE, **fields: Any) -> Strike:  # noqa: ANN401
    about: dict[str, Any] = {
        "id": f"d{n}",
        "brand": "acme",
        "community": community,
        "member": MEMBER,
        "source": "telegram/bot-1",
    }
    return Strike(**(about | {"at": AT + timedelta(days=days), "recorded": RECORDED, "points": points} | fields))


def withdrawal(n: int, days: float = 5) -> Withdrawal:
    about = {"brand": "acme", "community": PLACE, "member": MEMBER, "source": "telegram/bot-1"}
    return Withdrawal(**about, id=f"w{n}", at=AT + timedelta(days=days), recorded=RECORDED, decision=f"d{n}", by="oleg")


def lift(sanction: str) -> Lift:
    about = {"brand": "acme", "community": PLACE, "member": MEMBER, "source": "telegram/bot-1"}
    return Lift(**about, id="l1", at=AT + timedelta(days=1), recorded=RECORDED, sanction=sanction, by="oleg")


def end_of(one: Strike) -> End:
    """Return the end of the mute that a strike led to."""
    return End(
        id="e1", brand="acme", community=PLACE, member=MEMBER, source="telegram/bot-1", sanction=sanction_id(one),
        at=AT + timedelta(days=1), recorded=RECORDED,
    )  # fmt: skip


def fold(*records: Told, scope: str = "community", mute: str = "1d") -> tuple[Standing, list[Any], list[Any]]:
    """Fold what is told; return the standing, the events, and the acts but for messages."""
    thresholds = [one | ({"for": mute} if one["then"] == "mute" else {}) for one in THRESHOLDS["thresholds"]]
    sanctions = Sanctions(ready(policy(strikes=THRESHOLDS | {"scope": scope, "thresholds": thresholds})))
    state, outputs = None, list[Any]()
    for one in records:
        step = sanctions.evolve(state, Heard(one, None))
        assert step.state is not None
        state = sanctions.decode(msgspec.json.decode(msgspec.json.encode(sanctions.encode(step.state))))
        outputs += step.outputs
    assert state is not None
    acts = (ActionMute, ActionBan, ActionUnmute, ActionUnban)
    done = [output.event for output in outputs if output.topic == ACTIONS.name and isinstance(output.event, acts)]
    return state, [output.event for output in outputs if output.topic == SANCTIONS.name], done


def ready(version: Any) -> Any:  # noqa: ANN401 - a version of a policy
    """Return policies of which one version was read."""
    found = book([version])
    found._take([version])  # noqa: SLF001 - what reading the shelf would do
    return found


def in_force(events: list[Any]) -> set[tuple[str, str]]:
    """Return what is left when all that was applied and lifted is taken in, in order."""
    assert len({event.id for event in events}) == len(events), "whoever counts by ids counts each"
    left: set[tuple[str, str]] = set()
    for one in events:
        (left.add if isinstance(one, SanctionApplied) else left.remove)((one.data.decision, one.data.kind))
    return left


def sanction_id(one: Strike) -> str:
    """Return the id of the sanction that a strike brings alone."""
    sanctions = Sanctions(ready(policy(strikes=THRESHOLDS)))
    (entry,) = sanctions.evolve(None, Heard(one, None)).entries
    return str(entry["sanction"])
