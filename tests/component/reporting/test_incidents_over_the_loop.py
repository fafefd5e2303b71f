"""What the fold of incidents makes of signs: one incident of all signals, never of history, each told once."""

from __future__ import annotations

from datetime import timedelta

from services.reporting.rules.incidents import QUIET_S
from services.reporting.rules.recent import HOUR_S
from services.reporting.rules.watch import begun
from shared.documents.playbook import Playbook, Signs, Watched
from shared.events import Actor, Envelope
from shared.events.community import ContentCreated
from shared.events.reporting import IncidentClosed, IncidentOpened, IncidentWorsened
from tests import builders
from tests.unit.reporting.crises import HERE, NOON, THERE, World, at, complained, in_time, weeks, wrote
from tests.unit.reporting.watching import DAY_S, crowd, ordinary, watched


async def world_of(*events: Envelope, playbook: Playbook | None = None) -> World:
    world = World(playbook)
    world.tell(weeks())
    world.tell(events)
    await world.fold()
    assert world.letters() == 0
    return world


async def test_a_crowd_is_an_incident_with_its_evidence_frozen_and_told_once() -> None:
    world = await world_of(*wrote(crowd(NOON, 12), thread="telegram:-1:7"))

    found = world.incident()
    assert (found.community, found.communities, set(found.parts)) == (HERE, (HERE,), {"volume"})
    assert found.parts["volume"].refs == ("telegram:-1:7",)
    opened = [one for one in world.alerts() if isinstance(one, IncidentOpened)]
    assert len(opened) == 1
    data = opened[0].data
    assert (data.incident, data.figure, data.contents, data.communities) == (found.id, "volume", ("telegram:-1:7",), (HERE,))
    assert data.observed >= 5
    assert opened[0].time <= at(NOON + HOUR_S)
    assert world.acts() == []


async def test_the_fold_opens_when_the_rules_alone_do() -> None:
    events = in_time(weeks(), wrote(crowd(NOON, 12)))
    signs = [
        (one.time.timestamp(), one.data.actor.id) for one in events if isinstance(one, ContentCreated) and one.data.actor
    ]
    _, changes = watched(signs, begun(events[0].time.timestamp()))

    world = await world_of(*wrote(crowd(NOON, 12)))

    assert world.incident().parts["volume"].first == changes[0].incident.first
    assert [one.change for one in changes].count("opened") == 1


async def test_signals_of_one_community_at_once_are_one_incident() -> None:
    world = await world_of(*in_time(wrote(crowd(NOON, 14)), complained(crowd(NOON + 60, 14, name="angry"))))

    found = world.incident()
    assert set(found.parts) == {"volume", "complaints"}
    kinds = [type(one) for one in world.alerts()]
    assert kinds.count(IncidentOpened) == 1
    assert IncidentWorsened in kinds
    assert found.moments[0].did == "opened"
    assert "joined" in [moment.did for moment in found.moments]


async def test_history_teaches_the_rhythm_and_opens_nothing() -> None:
    history = World()
    history.tell(weeks(imported=True))
    history.tell(wrote(crowd(NOON, 40), imported=True))
    await history.fold()
    await history.time_passes()
    assert (history.incidents(), history.alerts(), history.acts()) == ([], [], [])

    history.tell(wrote(crowd(NOON + 20 * HOUR_S, 15, name="live")))
    await history.fold()

    assert len(history.incidents()) == 1


async def test_what_is_imported_beside_adds_nothing_to_what_goes_on() -> None:
    mixed = [*wrote(crowd(NOON, 3)), *wrote(crowd(NOON + 5, 30, name="past"), imported=True)]
    world = await world_of(*in_time(mixed, wrote([(NOON + 2 * HOUR_S, "late")])))

    assert world.incidents() == []


async def test_what_is_dated_in_the_future_is_no_sign() -> None:
    world = World()
    world.tell(weeks())
    future = at(1_700_000_000 + DAY_S)
    world.tell(wrote(crowd(NOON, 1), time=future))
    world.tell(wrote(crowd(NOON + 60, 12, name="now")))
    await world.fold()

    assert len(world.incidents()) == 1


async def test_it_is_closed_when_it_was_quiet_and_told_so_once() -> None:
    world = await world_of(*wrote(crowd(NOON, 12)))
    last = world.incident().last

    await world.time_passes()
    await world.time_passes()

    found = world.incident()
    assert found.closed is not None
    assert found.closed.at_ms == round((found.last + QUIET_S) * 1_000)
    assert found.last >= last
    closed = [one for one in world.alerts() if isinstance(one, IncidentClosed)]
    assert len(closed) == 1
    assert closed[0].data.by is None
    assert not world.database.timers


async def test_a_timer_that_comes_too_soon_looks_again() -> None:
    world = await world_of(*wrote(crowd(NOON, 30)))
    world.tell(wrote(crowd(NOON + 8 * HOUR_S, 40, name="again")))
    await world.fold()

    await world.time_passes()
    assert world.incident().closed is None
    await world.time_passes()
    assert world.incident().closed is not None


async def test_after_quiet_the_next_crowd_is_another_incident() -> None:
    world = await world_of(*wrote(crowd(NOON, 12)))
    world.tell(wrote(crowd(NOON + 20 * HOUR_S, 40, name="next")))
    await world.fold()

    assert len({one.id for one in world.incidents()}) == 2
    assert len([one for one in world.alerts() if isinstance(one, IncidentOpened)]) == 2


async def test_records_that_are_read_again_change_nothing() -> None:
    crisis = wrote(crowd(NOON, 12))
    world = await world_of(*crisis)
    before, told_before = dict(world.database.states), len(world.alerts())

    await world.fold()  # another process, which reads from its progress on
    for record in list(world.broker.logs["reporting.commands.v1", 0]):  # published twice, as after a killed publish
        world.broker.append(record.topic, 0, record.key or b"", record.value or b"", record.headers)
    await world.fold()

    assert world.database.states == before
    assert len(world.alerts()) == told_before


async def test_a_playbook_says_what_is_an_incident() -> None:
    many = Playbook(signals=Signs(volume=Watched(people=20)))
    off = Playbook(signals=Signs(volume=Watched(status="off")))

    assert (await world_of(*wrote(crowd(NOON, 12)), playbook=many)).incidents() == []
    assert (await world_of(*wrote(crowd(NOON, 40)), playbook=off)).incidents() == []
    big = (await world_of(*wrote(crowd(NOON, 40)), playbook=many)).incident()
    assert big.parts["volume"].first.observed >= 20


async def test_communities_of_others_open_none_unless_the_playbook_says_so() -> None:
    async def opened(playbook: Playbook | None) -> int:
        world = World(playbook)
        world.tell(weeks(purpose="competitor"))
        world.tell(wrote(crowd(NOON, 15), purpose="competitor"))
        await world.fold()
        return len(world.incidents())

    assert (await opened(None), await opened(Playbook(others=True))) == (0, 1)


async def test_what_is_unusual_in_two_communities_is_the_brand_s() -> None:
    world = World()
    world.tell(in_time(weeks(), weeks(THERE, seed=7)))
    world.tell(in_time(wrote(crowd(NOON, 14)), wrote(crowd(NOON + 30, 14, name="there"), THERE)))
    await world.fold()

    (found,) = world.incidents("")
    assert found.communities == (HERE, THERE)
    (alert,) = [one for one in world.alerts() if one.data.incident == found.id and isinstance(one, IncidentOpened)]
    assert alert.community is None
    assert set(alert.data.communities or ()) == {HERE, THERE}


async def test_what_goes_on_in_one_community_is_its_own() -> None:
    world = await world_of(*wrote(crowd(NOON, 30)))

    assert world.incidents("") == []


async def test_people_who_leave_and_what_is_removed_are_watched_bots_and_the_brand_s_own_are_not() -> None:
    quiet = World()
    quiet.tell(weeks())
    for n in range(20):
        quiet.tell([builders.member_left(community=HERE, member=f"telegram:b{n}", bot=True, time=at(NOON + n))])
    quiet.tell(wrote(crowd(NOON, 30), actor=Actor(id="telegram:9", role="staff")))
    await quiet.fold()
    assert quiet.incidents() == []

    world = World()
    for second, member in ordinary(42.5, an_hour=0.2):
        world.tell([builders.member_left(community=HERE, member=f"telegram:{member}", time=at(second))])
        decided = {"decision": f"d{member}", "content_author": f"telegram:{member}", "time": at(second)}
        world.decide([builders.decision_made(community=HERE, **decided)])
    for n in range(30):
        world.tell([builders.member_left(community=HERE, member=f"telegram:l{n}", time=at(NOON + n * 60))])
        gone = {"decision": f"g{n}", "content_author": f"telegram:l{n}", "time": at(NOON + n * 60)}
        world.decide([builders.decision_made(community=HERE, **gone)])
    await world.fold()

    found = world.incident()
    assert set(found.parts) == {"departures", "removals"}
    assert any(ref.startswith("g") for ref in found.parts["removals"].refs)
    assert timedelta(0) < at(found.last) - at(found.opened_ms / 1_000) < timedelta(hours=2)


async def test_negativity_is_what_the_given_function_says() -> None:
    world = World(is_negative=lambda text: "ужас" in text)
    world.tell(in_time(weeks(), wrote(ordinary(42.5, 5, an_hour=0.1), text="какой ужас")))
    world.tell(wrote(crowd(NOON, 12), text="ужас!"))
    await world.fold()

    assert set(world.incident().parts) == {"volume", "negativity"}
