"""The shop over the real bus: two thousand orders at once for the last ten, then one order's way, and a common goal."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import msgspec
import pytest

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.engagement.rules.commands import Adjust, Participate
from services.engagement.rules.participation.doings import Buy
from services.engagement.store.verification import verified
from shared.bus import past
from shared.bus.outlet import KafkaOutlet
from shared.bus.partition import partition_of
from shared.bus.record import Outgoing
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import Actor, Envelope, decode
from shared.events.actions import ActionAnswer, ActionMessage, ActionPublish
from shared.events.engagement import OrderChanged
from shared.fold.ports import Chunk
from shared.runtime import Service
from shared.topics import ACTIONS, ENGAGEMENT_COMMANDS, LEDGER, PARTITIONS
from tests.builders import PLACE, command_given
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.integration.test_standing import WORDS, document
from tests.parts import Addresses, StackFactory

STOCK, PRICE = 10, 20
CROWD, OVER_HTTP = 1_960, 40
HAS = {0: 0, 1: PRICE - 1, 2: PRICE, 3: 100}
"""Points of a member by the number's remainder: half of them cannot pay, and these are the first to order."""

MUG = document("Goods", "mug", title=WORDS, price=PRICE, stock=STOCK, per_member=1, community=PLACE)
FUND = document("Goods", "fund", title=WORDS, goal={"target": 50}, community=PLACE)
SCOPES = (Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
Command = Adjust | Participate


@pytest.mark.timeout(200)
async def test_ten_are_sold_to_two_thousand_and_nobody_overdraws(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts).model_copy(update={"policy_delay_s": 0.0, "policy_refresh_s": 0.0})
    service = engagement.create_app(settings)
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", *SCOPES))
        for one in (MUG, FUND):
            assert (await points.put("/v1/documents", json=one)).is_success
            await eventually(lambda: points.get("/v1/things", params={"kind": "goods"}), told_of(one))
        await have_points(service, parts)

        await two_thousand_order(service, points, parts)
        await more_are_made_and_one_goes_to_its_member(points, parts)
        await a_member_cancels_what_was_said_in_the_chat(points, parts)
        await members_collect(points, parts)

        clean = await verified(service.client, service.database, parts.kafka, "acme")
        assert clean.wrong == {}


def told_of(goods: Mapping[str, Any]) -> Callable[[httpx.Response], bool]:
    """Return whether an answer lists goods."""
    thing = f"goods/{goods['metadata']['name']}"
    return lambda answer: thing in {one["thing"] for one in answer.json()}


def member(number: int) -> str:
    return f"telegram:{number}"


def has(number: int) -> int:
    return HAS[number % len(HAS)]


async def send(parts: Addresses, commands: Sequence[Command]) -> None:
    """Publish all of it at once."""
    records = defaultdict[int, list[Outgoing]](list)
    for command in commands:
        key = f"acme/{command.member}".encode()
        records[partition_of(key, PARTITIONS)].append(Outgoing(key, msgspec.json.encode(command), ()))
    outlet = KafkaOutlet(parts.kafka)
    await outlet.start()
    try:
        await outlet.publish([Chunk(0, ENGAGEMENT_COMMANDS.name, q, all_) for q, all_ in records.items()])
    finally:
        await outlet.stop()


async def have_points(service: Service, parts: Addresses) -> None:
    now, rich = SystemClock().now(), [number for number in range(CROWD + OVER_HTTP) if has(number)]
    gifts = [Adjust(id="gift", brand="acme", member=member(n), at=now, by="vera", amount=has(n), note="hello") for n in rich]
    await send(parts, gifts)
    accounts = service.client.get_database(service.database)["ledger.states"]
    await eventually(lambda: accounts.count_documents({}), lambda count: count == len(rich))


async def two_thousand_order(service: Service, points: httpx.AsyncClient, parts: Addresses) -> None:
    now = SystemClock().now()
    crowd = sorted(range(CROWD), key=lambda number: (has(number) >= PRICE, number))
    about: dict[str, Any] = {"brand": "acme", "at": now, "thing": "goods/mug", "does": Buy()}
    orders = [Participate(**about, id=f"crowd:{number}", member=member(number)) for number in crowd]

    sending = asyncio.ensure_future(send(parts, orders))
    answers = await asyncio.gather(*(twice(points, CROWD + number) for number in range(OVER_HTTP)))
    await sending
    await eventually(lambda: look(points), lambda told: told["sold"] == STOCK and not told["waiting"] + told["reserved"])
    took = service.client.get_database(service.database)["participation.entries"]
    await eventually(lambda: took.count_documents({"does.do": "buy"}), lambda count: count == CROWD + OVER_HTTP)

    last = await present(service)
    assert Counter(entry["state"] for entry in last.values())["paid"] == STOCK
    assert {entry["state"] for entry in last.values()} == {"paid", "refused"}
    assert "too_few" in {entry.get("code") for entry in last.values()}, "what was reserved for some came free again"
    buyers = {entry["member"] for entry in last.values() if entry["state"] == "paid"}
    assert all(has(int(one.partition(":")[2])) >= PRICE for one in buyers)
    await points_are_right(service, buyers)
    told = {(one.data.order, one.data.state) for one in await events(parts, LEDGER.name) if isinstance(one, OrderChanged)}
    assert {(order, entry["state"]) for order, entry in last.items()} <= told
    assert {code for pair in answers for code in pair} <= {201, 202, 409}


async def twice(points: httpx.AsyncClient, number: int) -> tuple[int, int]:
    """Order over HTTP, and again with the same key: that is one order."""
    body = {"member": member(number), "does": {"do": "buy"}}
    sent = [points.post("/v1/things/goods/mug/parts", json=body, headers={"idempotency-key": "one"}) for _ in range(2)]
    first, second = await asyncio.gather(*sent)
    return first.status_code, second.status_code


async def look(points: httpx.AsyncClient, name: str = "mug", **params: str) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (await points.get(f"/v1/things/goods/{name}", params=params)).json()
    return told


async def present(service: Service) -> Mapping[str, Mapping[str, Any]]:
    """Return the last entry of each order."""
    entries = service.client.get_database(service.database)["participation.entries"]
    return {one["order"]: one async for one in entries.find({"step": {"$exists": True}}).sort("step", 1)}


async def points_are_right(service: Service, buyers: set[str]) -> None:
    """Who bought has paid once, nobody else paid, and nobody has less than nothing."""
    accounts = service.client.get_database(service.database)["ledger.states"]
    async for account in accounts.find({}):
        paid = PRICE if account["member"] in buyers else 0
        assert account["balance"] == has(int(account["member"].partition(":")[2])) - paid, account["member"]
        assert account["balance"] >= 0


async def more_are_made_and_one_goes_to_its_member(points: httpx.AsyncClient, parts: Addresses) -> None:
    rich, poor = member(3), member(0)
    more = {**MUG, "spec": {**MUG["spec"], "stock": STOCK + 5, "per_member": 5}}
    assert (await points.put("/v1/documents", json=more)).is_success
    await eventually(lambda: look(points), lambda told: told["left"] == 5)

    answer, again = [await buys(points, rich, "k1") for _ in range(2)]
    refused = await buys(points, poor, "k1")
    order = answer.json()["order"]
    assert (answer.status_code, answer.json()["state"], again.json()) == (201, "paid", answer.json())
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few")
    assert "do not have enough points" in refused.json()["reason"]["en"]

    waiting = (await points.get("/v1/orders", params={"state": "paid", "thing": "goods/mug", "limit": 1_000})).json()
    assert (len(waiting), order in {one["order"] for one in waiting}) == (STOCK + 1, True)
    back = f"/v1/members/{rich}/orders/goods:mug:{order}/refund"
    early = await points.post(back, json={"note": "broken"})
    assert (early.status_code, "give it back there" in early.text) == (409, True)
    done = await staff(points, {"do": "fulfil", "order": order, "note": "RM123456789DE"})
    assert done.status_code == 201, done.text
    mine = (await points.get(f"/v1/members/{rich}/orders")).json()
    assert (mine[0]["order"], mine[0]["state"], mine[0]["note"]) == (order, "fulfilled", "RM123456789DE")
    steps = (await points.get(answer.headers["location"])).json()
    assert [step["state"] for step in steps["steps"]] == ["reserved", "paid", "fulfilled"]
    refund = await eventually(lambda: points.post(back, json={"note": "broken"}), lambda told: told.status_code != 202)
    assert (refund.status_code, refund.json()["points"]) == (201, PRICE)
    texts = [act.data.text or "" for act in await events(parts, ACTIONS.name) if isinstance(act, ActionMessage)]
    assert sum("RM123456789DE" in text for text in texts) == 1


async def buys(points: httpx.AsyncClient, who: str, key: str) -> httpx.Response:
    return await takes(points, "mug", who, key, {"do": "buy"})


async def takes(points: httpx.AsyncClient, name: str, who: str, key: str, does: Mapping[str, Any]) -> httpx.Response:
    """Have a member do something, and look again where that takes longer than an answer is waited for."""
    path, body, headers = f"/v1/things/goods/{name}/parts", {"member": who, "does": does}, {"idempotency-key": key}
    return await eventually(lambda: points.post(path, json=body, headers=headers), lambda answer: answer.status_code != 202)


async def staff(points: httpx.AsyncClient, does: Mapping[str, Any]) -> httpx.Response:
    return await points.post("/v1/things/goods/mug/orders", json={"does": does})


async def a_member_cancels_what_was_said_in_the_chat(points: httpx.AsyncClient, parts: Addresses) -> None:
    who, now = member(7), SystemClock().now()
    before = (await points.get(f"/v1/members/{who}")).json()["balance"]
    about: dict[str, Any] = {"actor": Actor(id=who), "time": now, "recordedtime": now, "content_id": None}
    await publish(parts.kafka, command_given(**about, id="said-1", name="buy", text="mug 2", press="p1"))
    own = await eventually(lambda: orders_of(points, who), lambda told: told != [] and told[0]["state"] == "paid")
    await balance(points, who, before - 2 * PRICE)
    order = own[0]["order"]

    await publish(parts.kafka, command_given(**about, id="said-2", name="buy", text=f"mug - {order}", press="p2"))
    await eventually(lambda: orders_of(points, who), lambda told: told[0]["state"] == "refunded")
    await balance(points, who, before)
    assert (await look(points, member=who))["left"] == 4
    acts = await events(parts, ACTIONS.name)
    answers = [act.data.text for act in acts if isinstance(act, ActionAnswer)]
    assert answers[-1] == "The order is cancelled, your points come back."
    (paid,) = [act for act in acts if isinstance(act, ActionMessage) and order in (act.data.text or "")]
    assert paid.data.buttons is not None
    assert paid.data.buttons[0][0].command == f"buy mug - {order}"


async def orders_of(points: httpx.AsyncClient, who: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = (await points.get(f"/v1/members/{who}/orders")).json()
    return [one for one in found if one["state"] != "refused" and one["quantity"] == 2]


async def balance(points: httpx.AsyncClient, who: str, wanted: int) -> None:
    await eventually(lambda: points.get(f"/v1/members/{who}"), lambda told: told.json()["balance"] == wanted)


async def members_collect(points: httpx.AsyncClient, parts: Addresses) -> None:
    first = await takes(points, "fund", member(11), "d1", {"do": "donate", "amount": 30})
    second = await takes(points, "fund", member(15), "d1", {"do": "donate", "amount": 20})
    third = await takes(points, "fund", member(19), "d1", {"do": "donate", "amount": 1})

    assert (first.json()["state"], second.json()["state"], third.json()["code"]) == ("fulfilled", "fulfilled", "reached")
    assert (await look(points, "fund"))["goal"] == {"target": 50, "raised": 50, "donors": 2, "reached": True}
    texts = [act.data.text for act in await events(parts, ACTIONS.name) if isinstance(act, ActionPublish)]
    assert "Spring: reached! 50 points together." in texts
    back = f"/v1/members/{member(11)}/orders/goods:fund:{first.json()['order']}/refund"
    refund = await points.post(back, json={"note": "broken"})
    assert (refund.status_code, "is a donation" in refund.text, "adjust" in refund.text) == (409, True, True)


async def events(parts: Addresses, topic: str) -> Sequence[Envelope]:
    found = [decode(record.value or b"") async for record in past.records(parts.kafka, topic)]
    return [event for event in found if event is not None]
