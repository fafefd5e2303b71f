"""A report that is ready is told once, whoever says so how often, and each making of one by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from services.reporting.rules.crises.commands import Announce
from shared.events.reporting import Bilingual, ReportReady, ScheduledReport
from tests.unit.reporting.crises import World

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def announced(id_: str, community: str = "", **change: Any) -> Announce:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "schedule": "weekly",
        "title": Bilingual(en="The week", ru="Неделя"),
        "every": "week",
        "period": "2026-W09",
        "since": date(2026, 2, 23),
        "until": date(2026, 3, 2),
        "languages": ("en",),
        "formats": ("html",),
        "link": "https://staff.example/shared/t",
        "expires": datetime(2026, 3, 16, tzinfo=UTC),
        "figures": (),
        "routes": ("managers",),
    }
    report = ScheduledReport(**(fields | change))
    return Announce(brand="acme", community=community, at=MONDAY, id=id_, report=report)


async def told(*commands: Announce) -> list[Any]:
    world = World()
    for one in commands:
        world.ask(one)
        await world.fold()
    assert world.letters() == 0
    assert not world.database.states, "nothing is kept of it but that it was told"
    return list(world.alerts())


async def test_it_is_told_once_with_all_that_was_said() -> None:
    command = announced("r1")

    (alert,) = await told(command, command, command)

    assert isinstance(alert, ReportReady)
    assert alert.data == command.report
    assert (alert.brand, alert.community, alert.subject, alert.time) == ("acme", None, "weekly", MONDAY)


async def test_one_that_was_asked_for_is_another_one() -> None:
    alerts = await told(announced("r1"), announced("r2", by="vera"), announced("r3", "telegram:-1"))

    assert len({alert.id for alert in alerts}) == 3
    assert [alert.community for alert in alerts] == [None, None, "telegram:-1"]
