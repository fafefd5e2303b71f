"""The fold of notices over fakes: records in, acts and entries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import bson
import msgspec

from services.delivery.handlers.notices import CHAT_CHARS_MAX, GROUP, Notices
from services.delivery.rules.notices.telling import policy_of
from services.delivery.store.zones import BrandZones
from shared.documents.outward import Notify
from shared.events import Envelope, decode, encode
from shared.events.actions import ActionPublish
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import ACTIONS, ALERTS, DECISIONS, NOTICES, RECEIPTS, dead_letters
from tests.builders import (
    PLACE,
    RECORDED,
    brake_opened,
    connection_lost,
    connection_restored,
    incident_closed,
    incident_opened,
)
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore

CHAT = {"id": "chat", "chat": {"community": "telegram:-1", "channel": "5"}}
HOOK = {"id": "hook", "webhook": {"url": "https://hooks.example/", "secrets": [{"env": "ACME_HOOK"}]}}


class Shelf:
    def __init__(self, specs: Mapping[str, Mapping[str, Any]]) -> None:
        self._specs = specs

    async def all(self, kind: str) -> Sequence[Version]:
        return [Version(kind, "acme", name, 1, RECORDED - timedelta(days=1), spec) for name, spec in self._specs.items()]


class Brands:
    async def all(self, kind: str, brand: str | None = None) -> Sequence[Mapping[str, Any]]:
        assert (kind, brand) == ("Brand", None)
        return [{"brand": "acme", "name": "acme", "spec": {"title": "Acme", "timezone": "Europe/Moscow"}}]


class World:
    """One partition of the fold, over fakes."""

    def __init__(self, *routes: Mapping[str, Any], language: str = "en", of_community: str | None = None) -> None:
        """`of_community` has a document of its own with the same routes."""
        spec = {"language": language, "routes": list(routes)}
        names = ["default"] if of_community is None else ["default", of_community]
        book = PolicyBook(Shelf(dict.fromkeys(names, spec | {})), "Notify", lambda _, spec: policy_of(spec), Notify(), 0)
        self._fold = Notices(book, BrandZones(Brands(), 0), "https://staff.example")
        self.broker = FakeBroker(dict.fromkeys((*Notices.topics, *Notices.outputs), 1))
        self.database = FakeDatabase()

    async def tell(self, topic: str, *events: Envelope, key: str = f"acme/{PLACE}") -> None:
        for event in events:
            self.broker.append(topic, 0, key.encode(), encode(event), ())
        await self.fold()

    async def fold(self) -> None:
        inbox = FakeInbox(self.broker, GROUP, self._fold.topics, limit=50)
        inbox.assign({0})
        store, outlet = FakeStore(self.database), FakeOutlet(self.broker)
        loop = Loop[Any, Any](self._fold, Ports(inbox, outlet, store), Observer(), self._fold.outputs)
        await loop.check_partitions()
        for _ in range(4):
            await loop.turn()

    async def time_passes(self) -> None:
        for _, timer in self.database.timers.values():
            self.broker.append(timer.topic, 0, timer.key.encode(), timer.command, ())
        await self.fold()

    def acts(self) -> list[Envelope | None]:
        return [decode(record.value or b"") for record in self.broker.logs[ACTIONS.name, 0]]

    def entries(self) -> list[dict[str, Any]]:
        return [bson.decode(raw) for raw in self.database.entries.values()]

    def letters(self) -> int:
        return len(self.broker.logs[dead_letters(GROUP).name, 0])


async def test_a_brake_is_an_act_for_a_chat_and_an_entry_for_a_webhook() -> None:
    world = World(CHAT, HOOK)

    await world.tell(DECISIONS.name, brake_opened())

    (act,), (entry,) = world.acts(), world.entries()
    assert isinstance(act, ActionPublish)
    assert (act.community, act.data.channel, act.data.priority) == ("telegram:-1", "5", "notice")
    assert "The brake stopped automatic acts: more than 100 in 1 minutes" in (act.data.text or "")
    assert f"https://staff.example/cases?brand=acme&community={PLACE.replace(':', '%3A')}" in (act.data.text or "")
    payload = msgspec.json.decode(entry["payload"])
    assert (entry["route"], entry["status"], payload["type"]) == ("hook", "waiting", "veche.notice")
    assert payload["data"]["items"][0]["values"] == {"rule": "links", "limit": "100", "minutes": "1"}


async def test_what_is_told_twice_by_the_topics_is_told_once_to_people() -> None:
    world = World(CHAT | {"group_s": 0})
    lost = connection_lost(community=None)

    await world.tell(RECEIPTS.name, lost, lost, key="acme/acme-telegram")
    await world.tell(RECEIPTS.name, connection_restored(community=None), key="acme/acme-telegram")

    assert [str(act.data.text).partition(" ")[2] for act in world.acts() if isinstance(act, ActionPublish)] == [
        "Connection lost: acme-telegram (telegram): it refuses the token",
        "(telegram) works again",
    ]
    assert world.database.states == {}, "nothing is kept of what is over"


async def test_a_timer_tells_what_was_collected_and_is_done() -> None:
    world = World(HOOK, language="ru")
    later = [incident_opened(incident=f"i{n}", recordedtime=RECORDED + timedelta(seconds=n)) for n in range(14)]

    await world.tell(ALERTS.name, *later)
    await world.time_passes()
    await world.time_passes()

    first, rest = sorted(world.entries(), key=lambda entry: entry["at"])
    assert first["title"].startswith("acme: [высокая важность] Инцидент: messages — 900, ожидалось 120")
    assert (rest["title"], rest["text"].split("\n")[10]) == ("acme: Уведомлений: 13", "и ещё 3")
    assert world.database.timers == {}
    assert world.database.states.keys() == {f"acme/{PLACE}"}, "whoever was told is told of the ends"


async def test_routes_of_one_name_in_a_communitys_document_and_the_brands_are_two_endpoints() -> None:
    world = World(HOOK, of_community=PLACE)

    await world.tell(ALERTS.name, incident_opened())
    await world.tell(ALERTS.name, incident_opened(community="vk:-5", incident="i2"), key="acme/vk:-5")

    endpoints = {entry["community"]: entry["endpoint"] for entry in world.entries()}
    assert endpoints == {PLACE: f"acme/notify/{PLACE}/hook", "vk:-5": "acme/notify/hook"}


async def test_a_chat_is_told_no_more_than_the_least_of_the_platforms_takes_and_how_much_is_left_out() -> None:
    world = World(CHAT)
    long = [
        incident_opened(incident=f"i{n}", figure="f" * 300, recordedtime=RECORDED + timedelta(seconds=n)) for n in range(9)
    ]

    await world.tell(ALERTS.name, *long)
    await world.time_passes()

    _, text = [act.data.text or "" for act in world.acts() if isinstance(act, ActionPublish)]
    assert len(text) <= CHAT_CHARS_MAX
    *lines, more = text.split("\n")
    assert (len(lines), more) == (5, "and 3 more")


async def test_an_end_is_told_and_history_tells_nobody() -> None:
    world = World(HOOK)

    await world.tell(ALERTS.name, incident_opened(incident="old", imported=True), incident_opened(), incident_closed())

    assert [msgspec.json.decode(entry["payload"])["data"]["items"][0].get("over", False) for entry in world.entries()] == [
        False,
        True,
    ]


async def test_a_brand_that_declared_nothing_tells_nobody_and_other_brands_are_not_told() -> None:
    world = World(CHAT, HOOK)

    await world.tell(ALERTS.name, incident_opened(brand="other"), key=f"other/{PLACE}")

    assert (world.acts(), world.entries(), world.database.states) == ([], [], {})


async def test_what_is_no_command_is_a_dead_letter() -> None:
    world = World(CHAT)

    world.broker.append(NOTICES.name, 0, b"acme/x", b'{"type":"delivery.command.ended","id":7}', ())
    await world.fold()

    assert world.letters() == 1
