"""What people and the playbook do in an incident: steps, statements, slow mode, who is told; each once, and entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bson
import msgspec

from services.reporting.rules.crises import commands
from services.reporting.rules.crises.crisis import BY_RULES, Crisis
from services.reporting.rules.recent import HOUR_S
from shared.documents.playbook import (
    HoldPosts,
    Play,
    Playbook,
    SlowMode,
    StaffChat,
    Statement,
    StatementTexts,
    Step,
    StepTexts,
    When,
)
from shared.events.actions import ActionHold, ActionPublish, ActionSlowMode
from shared.events.reporting import IncidentClosed, IncidentOpened
from shared.fold.limits import STATE_BYTES_MAX
from tests.unit.reporting.crises import HERE, NOON, World, at, weeks, wrote
from tests.unit.reporting.watching import crowd

BOOK = Playbook(
    languages=("ru", "en"),
    plays=(
        Play(
            id="every",
            steps=(Step(id="look", role="moderator", text=StepTexts(en="Look.", ru="Посмотрите.")),),
            statements=(
                Statement(id="holding", text=StatementTexts(en="We know.", ru="Мы знаем.")),
                Statement(
                    id="staff",
                    audience="internal",
                    to=StaffChat(community="telegram:-9", channel="3"),
                    text=StatementTexts(en="Wait.", ru="Ждите."),
                ),
            ),
        ),
        Play(id="storm", when=When(severity="high"), routes=("on-call",), slow_mode=SlowMode(pause_s=60, lasts="2h")),
        Play(id="never", when=When(signals=("departures",)), routes=("nobody",)),
    ),
)
LATER = at(NOON + 2 * HOUR_S)


async def world(people: int = 40, playbook: Playbook | None = BOOK, **more: Any) -> World:  # noqa: ANN401 - any field
    found = World(playbook)
    found.tell(weeks())
    found.tell(wrote(crowd(NOON, people), **more))
    await found.fold()
    return found


def about(crisis: Crisis, id_: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    named = {"brand": crisis.brand, "community": crisis.community, "incident": crisis.id}
    return {"id": id_, "by": "anna", "at": LATER} | named | more


async def asked(found: World, *orders: commands.Asked) -> Crisis:
    for order in orders:
        found.ask(order)
    await found.fold()
    assert found.letters() == 0
    return found.incident()


def publishes(found: World) -> Sequence[ActionPublish]:
    return [act for act in found.acts() if isinstance(act, ActionPublish)]


def paces(found: World) -> Sequence[tuple[str | None, int | None]]:
    return [(act.community, act.data.delay_s) for act in found.acts() if isinstance(act, ActionSlowMode)]


async def test_plays_begin_where_the_incident_is_for_them() -> None:
    found = await world()
    crisis = found.incident()

    assert crisis.plays == ("every", "storm")
    assert [step.id for step in crisis.steps] == ["look"]
    assert [draft.id for draft in crisis.statements] == ["holding", "staff"]
    assert paces(found) == [(HERE, 60)]
    assert publishes(found) == [], "nothing is said that nobody approved"
    assert any(alert.data.routes == ("on-call",) for alert in found.alerts())


async def test_slow_mode_ends_by_itself_once() -> None:
    found = await world()

    await found.time_passes(until=at(NOON + 4 * HOUR_S))
    await found.time_passes()

    assert paces(found) == [(HERE, 60), (HERE, 0)]
    assert found.incident().slow[0].ended_ms is not None


async def test_the_slower_of_two_plays_holds_as_long_as_it_lasts() -> None:
    plays = (
        Play(id="long", slow_mode=SlowMode(pause_s=60, lasts="3h")),
        Play(id="short", slow_mode=SlowMode(pause_s=30, lasts="1h")),
        Play(id="wide", slow_mode=SlowMode(pause_s=90, lasts="2h")),
    )
    found = await world(playbook=Playbook(plays=plays))
    began = found.incident().opened_ms / 1_000
    for hours in (1, 2, 3):
        await found.time_passes(at(began + hours * HOUR_S + 60))

    assert paces(found) == [(HERE, 60), (HERE, 60), (HERE, 90), (HERE, 90), (HERE, 60), (HERE, 0)]


async def test_planned_posts_wait_and_go_on_when_the_incident_is_over() -> None:
    plays = (Play(id="short", hold_posts=HoldPosts(lasts="1h")), Play(id="long", hold_posts=HoldPosts(lasts="6h")))
    found = await world(playbook=Playbook(plays=plays))
    began = found.incident()

    await asked(found, commands.Close(**about(began, "c1"), reason="mended"))

    holds = [act for act in found.acts() if isinstance(act, ActionHold)]
    assert {(act.community, act.data.cause) for act in holds} == {(HERE, began.id)}
    hours = [
        None if act.data.until is None else round((act.data.until - act.time).total_seconds() / HOUR_S) for act in holds
    ]
    assert hours == [1, 6, 0]
    assert [one.did for one in found.incident().moments if one.did in {"held", "let_go"}] == ["held", "held", "let_go"]


async def test_slow_mode_ends_with_the_incident() -> None:
    found = await world()

    await asked(found, commands.Close(**about(found.incident(), "c1"), reason="mended"))
    await found.time_passes()

    assert paces(found) == [(HERE, 60), (HERE, 0)]


async def test_a_statement_is_published_where_the_incident_is_once_it_is_approved() -> None:
    found = await world()
    crisis = found.incident()

    after = await asked(
        found,
        commands.Approve(**about(crisis, "a1"), statement="holding"),
        commands.Approve(**about(crisis, "a1"), statement="holding"),
        commands.Approve(**about(crisis, "a2", by="boris"), statement="holding"),
        commands.Approve(**about(crisis, "a3"), statement="staff"),
    )

    told = [(act.community, act.data.channel, act.data.text) for act in publishes(found)]
    assert told == [(HERE, None, "Мы знаем.\n\nWe know."), ("telegram:-9", "3", "Ждите.\n\nWait.")]
    assert all(draft.approved is not None and draft.approved.by == "anna" for draft in after.statements)
    assert [entry["refused"] for entry in found.entries() if "refused" in entry] == [
        "anna has approved holding: it was published once"
    ]


async def test_everything_that_people_do_stands_in_the_time_line() -> None:
    found = await world(12, playbook=BOOK)
    crisis = found.incident()

    after = await asked(
        found,
        commands.Acknowledge(**about(crisis, "1")),
        commands.Acknowledge(**about(crisis, "2", by="boris")),
        commands.Assign(**about(crisis, "3"), to="vera"),
        commands.Note(**about(crisis, "4"), text="A release."),
        commands.Finish(**about(crisis, "5"), step="look"),
        commands.Finish(**about(crisis, "6"), step="none"),
        commands.Close(**about(crisis, "7"), reason="mended"),
        commands.Assign(**about(crisis, "8"), to="anna"),
        commands.Note(**about(crisis, "9"), text="Learnt: tell them before."),
    )

    did = [moment.did for moment in after.moments if moment.by != BY_RULES]
    assert did == ["acknowledged", "assigned", "noted", "finished", "closed", "noted"]
    assert (after.acknowledged and after.acknowledged.by, after.assigned) == ("anna", "vera")
    assert after.steps[0].done is not None
    assert after.closed is not None
    assert len(found.entries()) == 9
    assert len([entry for entry in found.entries() if "refused" in entry]) == 3
    (over,) = [alert for alert in found.alerts() if isinstance(alert, IncidentClosed)]
    assert (over.data.by, over.data.incident) == ("anna", crisis.id)


async def test_a_change_of_what_was_changed_meanwhile_is_refused() -> None:
    found = await world(12)
    crisis = found.incident()

    await asked(found, commands.Acknowledge(**about(crisis, "1"), version=crisis.version))
    await asked(found, commands.Close(**about(crisis, "2"), version=crisis.version))

    assert found.incident().closed is None
    assert "look again" in found.entries()[-1]["refused"]


async def test_what_becomes_worse_after_somebody_closed_it_is_open_again_and_nothing_is_done_twice() -> None:
    found = await world(12)
    crisis = found.incident()
    await asked(found, commands.Close(**about(crisis, "1")))

    found.tell(wrote(crowd(NOON + HOUR_S + 60, 200, name="more")))
    await found.fold()

    after = found.incident()
    assert after.closed is None
    assert "reopened" in [moment.did for moment in after.moments]
    assert len([alert for alert in found.alerts() if isinstance(alert, IncidentOpened)]) == 2
    assert [step.id for step in after.steps] == ["look"]
    assert paces(found) == [(HERE, 60), (HERE, 0)], "slowed down once, let go by the close"


async def test_in_communities_of_others_nothing_is_done() -> None:
    book = Playbook(others=True, plays=BOOK.plays)
    found = World(book)
    found.tell(weeks(purpose="competitor"))
    found.tell(wrote(crowd(NOON, 40), purpose="competitor"))
    await found.fold()

    crisis = found.incident()
    assert found.acts() == []
    assert [draft.id for draft in crisis.statements] == ["staff"]


async def test_history_asks_for_nothing() -> None:
    found = await world(60, imported=True)
    await found.time_passes()

    assert (found.incidents(), found.alerts(), found.acts()) == ([], [], [])


async def test_notes_cannot_fill_an_incident_so_that_rules_could_not_close_it() -> None:
    found = await world()
    crisis = found.incident()
    text = "щ" * 5_000

    notes = [commands.Note(**about(crisis, f"n{n}"), text=text) for n in range(70)]
    after = await asked(found, *notes)
    refused = [entry["refused"] for entry in found.entries() if "refused" in entry]
    closed = await asked(found, commands.Close(**about(crisis, "c1"), reason=None))

    assert len(bson.encode({"x": msgspec.to_builtins(after)})) < STATE_BYTES_MAX / 2
    assert refused
    assert "notes are full" in refused[0]
    assert closed.closed is not None
