"""A command that the folds could not read is refused before it is published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.moderation.api.orders import Orders
from services.moderation.rules.commands import Note, decoded
from services.moderation.store.cases import Cases
from shared.bus.record import Outgoing
from shared.http.problems import Problem

NOTE: dict[str, Any] = {"id": "1", "brand": "acme", "community": "c", "case": "c:1", "by": "vera", "text": "seen"}
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Kept:
    """A bus that keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        del topic, partition
        self.sent.append(record)


def orders(bus: Kept) -> Orders:
    return Orders(bus, cast("Cases", None))


async def test_a_command_that_can_be_read_is_published() -> None:
    bus, note = Kept(), Note(**NOTE, at=AT, version=3)

    await orders(bus).sent(note)

    assert [decoded(record.value) for record in bus.sent if record.value] == [note]


@pytest.mark.parametrize("wrong", [{"version": 2**63}, {"by": "v" * 100_000}], ids=["version", "name"])
async def test_a_command_that_cannot_be_read_is_refused_and_not_published(wrong: dict[str, Any]) -> None:
    bus = Kept()

    with pytest.raises(Problem) as refused:
        await orders(bus).sent(Note(**NOTE | wrong, at=AT))

    assert (refused.value.status, bus.sent) == (422, [])


class Answered:
    """Cases whose fold has said what became of every command."""

    def __init__(self, **what: Any) -> None:  # noqa: ANN401 - as the audit tells it
        self._what = what

    async def answer(self, brand: str, command: str) -> dict[str, Any]:
        del brand, command
        return {"what": self._what}


@pytest.mark.parametrize(("what", "is_followed"), [({}, True), ({"waits": True}, False)], ids=["done", "waits"])
async def test_what_waits_for_its_decision_is_not_told_as_done(what: dict[str, Any], *, is_followed: bool) -> None:
    found = Orders(Kept(), cast("Cases", Answered(**what)))

    assert await found.given(Note(**NOTE, at=AT)) is is_followed
