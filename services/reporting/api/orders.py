"""Orders on their way: published, and waited for until the fold of incidents has said what became of them."""

from __future__ import annotations

from typing import Protocol

import msgspec

from services.reporting.rules.crises.commands import Asked, decoded, digest
from services.reporting.store.incidents import IncidentsStore
from shared.bus.record import Outgoing
from shared.errors import Unprocessable
from shared.http.awaiting import awaited
from shared.http.problems import Problem
from shared.telemetry.traces import carried_on
from shared.topics import REPORTING_COMMANDS


class Bus(Protocol):
    """Where commands go."""

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        """Return when the bus has the record. Raises Retryable where it did not say so."""


class Orders:
    """Gives orders to the fold of incidents, which alone decides."""

    def __init__(self, bus: Bus, incidents: IncidentsStore) -> None:
        self._bus, self._incidents = bus, incidents

    async def given(self, order: Asked) -> bool:
        """Publish an order, unless one of its id was followed before; return whether it is known to be followed.

        Raises Problem 409 with the reason where the fold refused it, or where the id was used for something else.
        """
        answer = await self._incidents.order(order.brand, order.id)
        if answer is None:
            key = f"{order.brand}/{order.community}".encode()
            await self._bus.send(REPORTING_COMMANDS.name, Outgoing(key, _encoded(order), carried_on()))
            answer = await awaited(lambda: self._incidents.order(order.brand, order.id))
        if answer is None:
            return False
        if answer["digest"] != digest(order):
            raise Problem(409, "this idempotency-key was used for something else: take a new one")
        if "refused" in answer:
            raise Problem(409, answer["refused"])
        return True


def _encoded(order: Asked) -> bytes:
    encoded = msgspec.json.encode(order)
    try:
        decoded(encoded)
    except Unprocessable as error:
        raise Problem(422, str(error)) from error
    return encoded
