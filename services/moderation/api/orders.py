"""Commands on their way: published, and waited for until the fold has said what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from services.moderation.rules.commands import Command, decoded
from services.moderation.store.cases import Cases
from shared.bus.record import Outgoing
from shared.errors import Unprocessable
from shared.http.awaiting import awaited
from shared.http.problems import Problem
from shared.telemetry.traces import carried_on
from shared.topics import MODERATION_COMMANDS


class Bus(Protocol):
    """Where commands go."""

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        """Return when the bus has the record. Raises Retryable where it did not say so."""


class Orders:
    """Gives commands to the fold of cases, which alone decides."""

    def __init__(self, bus: Bus, cases: Cases) -> None:
        self._bus, self._cases = bus, cases

    async def given(self, command: Command) -> bool:
        """Publish a command; return whether it was followed: False where that is not known yet, or waits for a decision.

        Raises Problem 409 with the reason where the fold refused it.
        """
        await self.sent(command)
        return await self.followed(command)

    async def sent(self, command: Command) -> None:
        """Publish a command. Raises Problem 422 where the folds could not read it."""
        key = f"{command.brand}/{command.community}".encode()
        await self._bus.send(MODERATION_COMMANDS.name, Outgoing(key, _encoded(command), carried_on()))

    async def followed(self, command: Command) -> bool:
        """Wait for what became of a command."""
        answer = await awaited(lambda: self._cases.answer(command.brand, command.id))
        return answer is not None and _told(answer)


def _encoded(command: Command) -> bytes:
    encoded = msgspec.json.encode(command)
    try:
        decoded(encoded)
    except Unprocessable as error:
        raise Problem(422, str(error)) from error
    return encoded


def _told(answer: Mapping[str, Any]) -> bool:
    refused = answer["what"].get("refused")
    if refused is not None:
        raise Problem(409, refused)
    return "waits" not in answer["what"]
