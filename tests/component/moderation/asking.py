"""What moderators and members ask for, for tests of cases."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from services.moderation.rules import commands
from shared.policy import Version
from tests.builders import AT, CONTENT, MEMBER, PLACE, RECORDED, content_created
from tests.unit.moderation.world import World

RULE = {"id": "seen", "when": 'content.kind == "message"'}
_numbers = count(1)


def policy(**spec: Any) -> Version:  # noqa: ANN401 - as the document holds it
    """Return a policy by which only one rule decides, and of whose decided cases none is looked at twice."""
    off = {name: {"status": "off"} for name in ("phrases", "newcomer_links", "words")}
    return Version(
        "ModerationPolicy", "acme", "default", 3, RECORDED - timedelta(days=1), off | {"review": {"second": 0}} | spec
    )


def under(then: str, **rule: Any) -> Version:  # noqa: ANN401 - as the document holds it
    """Return a policy under which every message is found."""
    return policy(rules=[RULE | {"then": then} | rule])


def told(make: type[commands.About], by: str = "vera", after_s: float = 60, **fields: Any) -> Any:  # noqa: ANN401 - a command
    about: dict[str, Any] = {"id": f"c{next(_numbers)}", "brand": "acme", "community": PLACE, "case": CONTENT}
    return make(**(about | {"at": AT + timedelta(seconds=after_s), "by": by} | fields))


def decide(ruling: str, by: str = "vera", after_s: float = 60, **fields: Any) -> commands.Decide:  # noqa: ANN401
    found: commands.Decide = told(
        commands.Decide, by, after_s, **({"ruling": ruling, "content": CONTENT, "member": MEMBER} | fields)
    )
    return found


def appeal(decision: str, by: str = MEMBER, after_s: float = 3_600, **fields: Any) -> commands.Ask:  # noqa: ANN401
    found: commands.Ask = told(commands.Ask, by, after_s, decision=decision, **fields)
    return found


async def flagged(*versions: Any) -> World:  # noqa: ANN401 - versions of a policy
    """A world in which one message waits for a moderator."""
    world = World(versions or (under("flag"),))
    world.tell(content_created())
    await world.fold()
    return world


def refusals(world: World) -> list[str]:
    return [entry["what"]["refused"] for entry in world.entries("audit") if "refused" in entry["what"]]
