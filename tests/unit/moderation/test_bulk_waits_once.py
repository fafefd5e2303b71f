"""Several cases that are decided at once are waited for at once, not one after the other."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from services.moderation.api.desk import LATER, Desk
from services.moderation.api.requests import BulkRequest, Named
from services.moderation.cases.case import Case
from shared.clock import SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role

KEYS = ("k1", "k2", "k3")


class Stored:
    """A case for every key."""

    async def one(self, key: str) -> Case:
        return Case(id=key, brand="acme", community="c")


class Waiting:
    """Orders of which nothing is known before all are waited for."""

    def __init__(self) -> None:
        self.together = asyncio.Barrier(len(KEYS))

    async def sent(self, command: object) -> None:
        del command

    async def followed(self, command: object) -> bool:
        del command
        await self.together.wait()
        return False


async def test_all_answers_are_waited_for_together() -> None:
    rest: dict[str, Any] = dict.fromkeys(("decisions", "conversations", "excerpts", "exposures", "policies"))
    desk = Desk(cases=cast("Any", Stored()), orders=cast("Any", Waiting()), clock=SystemClock(), **rest)
    vera = Principal("vera", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
    asked = BulkRequest(cases=tuple(Named(key=key) for key in KEYS), ruling="allow")

    became = await asyncio.wait_for(desk.together(asked, vera), 1)

    assert became == [{"key": key, "done": False, "why": LATER} for key in KEYS]


class Done:
    """Orders that are followed at once."""

    async def sent(self, command: object) -> None:
        del command

    async def followed(self, command: object) -> bool:
        del command
        return True


class History:
    """Cases of which one is imported history."""

    async def one(self, key: str) -> Case:
        return Case(id=key, brand="acme", community="c", imported=key == "k2")


async def test_of_history_it_is_told_that_nothing_is_done() -> None:
    rest: dict[str, Any] = dict.fromkeys(("decisions", "conversations", "excerpts", "exposures", "policies"))
    desk = Desk(cases=cast("Any", History()), orders=cast("Any", Done()), clock=SystemClock(), **rest)
    vera = Principal("vera", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])

    became = await desk.together(BulkRequest(cases=tuple(Named(key=key) for key in KEYS), ruling="remove"), vera)

    assert [one["key"] for one in became if "remark" in one] == ["k2"]
