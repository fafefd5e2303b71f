"""Points are spent, given back and given away through the API; the ledger decides, and can be verified."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.engagement.store.verification import verified
from shared.directory import Scope
from shared.runtime import Service
from tests.builders import MEMBER, content_created
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.parts import Addresses, StackFactory

OTHER = "telegram:43"
ORDERS = 40
POLICY = {"apiVersion": "veche/v1", "kind": "RewardsPolicy", "metadata": {"name": "default"}}


@pytest.mark.timeout(200)
async def test_points_are_spent_once_and_never_more_than_there_are(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts).model_copy(update={"policy_delay_s": 0.0, "policy_refresh_s": 0.0})
    service = engagement.create_app(settings)
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_WRITE))
        await publish(parts.kafka, content_created())
        await eventually(lambda: balance(points), lambda told: told == 5)

        await adjusts(points)
        await crowd_spends(points)
        await one_key_is_one_order(points)
        await refunds(points)
        await gives(points)
        await states(points)
        await who_may_only_read_spends_nothing(service, points)
        await verifies(service, parts)


async def balance(points: httpx.AsyncClient, member: str = MEMBER) -> int:
    return int((await points.get(f"/v1/members/{member}")).json()["balance"])


async def order(points: httpx.AsyncClient, path: str, key: str | None = None, **body: Any) -> httpx.Response:  # noqa: ANN401
    """Order something; where it takes longer than an answer is waited for, look until it is there."""
    headers = {} if key is None else {"idempotency-key": key}
    answer = await points.post(path, json=body, headers=headers)
    if answer.status_code != 202:
        return answer
    await eventually(lambda: points.get(answer.headers["location"]), lambda told: told.status_code == 200)
    return await points.post(path, json=body, headers={"idempotency-key": answer.json()["id"]})


async def adjusts(points: httpx.AsyncClient) -> None:
    answer = await order(points, f"/v1/members/{MEMBER}/adjust", amount=95, note="for the meet-up")

    assert (answer.status_code, answer.json()["balance"]) == (201, 100)


async def crowd_spends(points: httpx.AsyncClient) -> None:
    """Forty orders of ten points at once, and points for ten of them."""
    path = f"/v1/members/{MEMBER}/spend"
    answers = await asyncio.gather(*(order(points, path, amount=10, note="a sticker") for _ in range(ORDERS)))

    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * (ORDERS - 10)
    assert "does not have so many points" in next(answer.text for answer in answers if answer.status_code == 409)
    assert await balance(points) == 0


async def one_key_is_one_order(points: httpx.AsyncClient) -> None:
    await order(points, f"/v1/members/{MEMBER}/adjust", amount=50, note="again")
    path = f"/v1/members/{MEMBER}/spend"
    first, again = [await order(points, path, "order-1", amount=20, note="a mug") for _ in range(2)]
    other = await order(points, path, "order-1", amount=30, note="a mug")
    kind = await order(points, f"/v1/members/{MEMBER}/adjust", "order-1", amount=20, note="a mug")

    assert first.json() == again.json()
    assert (first.json()["id"], first.json()["points"], first.json()["balance"]) == ("order-1", -20, 30)
    assert (other.status_code, "take a new one" in other.text) == (409, True)
    assert kind.status_code == 409


async def refunds(points: httpx.AsyncClient) -> None:
    placed = f"/v1/members/{MEMBER}/orders"
    answers = [await order(points, f"{placed}/order-1/refund", note="broken") for _ in range(2)]
    unknown = await order(points, f"{placed}/order-2/refund", note="broken")
    looked = await points.get(answers[0].headers["location"])

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (looked.status_code, looked.json()["points"]) == (200, 20)
    assert (unknown.status_code, await balance(points)) == (404, 50)


async def gives(points: httpx.AsyncClient) -> None:
    """Members give each other nothing before a policy lets them."""
    path = f"/v1/members/{MEMBER}/transfers"
    early = await order(points, path, to=OTHER, amount=20)
    await order(points, f"/v1/members/{OTHER}/adjust", "order-1", amount=1, note="hello")  # the same key, of another member
    policy = await points.put("/v1/documents", json=POLICY | {"spec": {"transfers": {"per_day": 30, "least": 5}}})
    answers = [await order(points, path, to=OTHER, amount=amount, note="thank you") for amount in (20, 20, 10, 4)]
    own = await order(points, path, to=MEMBER, amount=10)
    nobody = await order(points, path, to="telegram:404", amount=10)

    assert (early.status_code, "has no `transfers`" in early.text) == (409, True)
    assert policy.status_code == 200, policy.text
    assert [answer.status_code for answer in answers] == [201, 409, 201, 422]
    assert (own.status_code, nobody.status_code) == (422, 404)
    await eventually(lambda: balance(points, OTHER), lambda told: told == 31)


async def states(points: httpx.AsyncClient) -> None:
    mine = (await points.get(f"/v1/members/{MEMBER}/statement")).json()
    brand = (await points.get("/v1/statement")).json()
    never = (await points.get("/v1/statement", params={"until": "2020-01-01T00:00:00Z"})).json()
    wrong = await points.get("/v1/statement", params={"since": "2026-01-01T00:00:00Z", "until": "2020-01-01T00:00:00Z"})

    assert {name: mine[name] for name in ("issued", "spent", "refunded", "adjusted", "sent", "net", "balance")} == {
        "issued": 5,
        "spent": -120,
        "refunded": 20,
        "adjusted": 145,
        "sent": -30,
        "net": 20,
        "balance": 20,
    }
    assert (brand["net"], brand["received"]) == (51, 30)
    assert brand["owed"] == {"points": 51, "members": 2, "debts": 0, "debtors": 0}
    assert (never["net"], never["entries"], wrong.status_code) == (0, 0, 422)


async def who_may_only_read_spends_nothing(service: Service, points: httpx.AsyncClient) -> None:
    reader = await token(service, "acme", Scope.MEMBERS_READ)
    answer = await points.post(f"/v1/members/{MEMBER}/spend", json={"amount": 1, "note": "x"}, headers=reader)
    assert answer.status_code == 403
    for member, body, key in (
        (MEMBER, {"amount": -1, "note": "x"}, "k"),
        (MEMBER, {"amount": 1, "note": "x"}, "a b"),
        ("telegram:" + "1" * 600, {"amount": 1, "note": "x"}, "k"),
        ("telegram:%00", {"amount": 1, "note": "x"}, "k"),
        ("nobody", {"amount": 1, "note": "x"}, "k"),
    ):
        unread = await points.post(f"/v1/members/{member}/spend", json=body, headers={"idempotency-key": key})
        assert unread.status_code == 422, member


async def verifies(service: Service, parts: Addresses) -> None:
    """All agrees; and whoever changes a balance, or takes entries or an account away, is found out."""
    database = service.client.get_database(service.database)
    entries, accounts = database["ledger.entries"], database["ledger.states"]

    async def found() -> Mapping[str, str]:
        return (await verified(service.client, service.database, parts.kafka, "acme")).wrong

    clean = await verified(service.client, service.database, parts.kafka, "acme")
    mine, theirs = f"acme/{MEMBER}", f"acme/{OTHER}"
    await entries.update_one({"member": MEMBER, "rule": "@spent", "refused": {"$exists": False}}, {"$inc": {"applied": -1}})
    changed = await found()
    await entries.delete_one({"member": OTHER, "rule": "@received"})
    missing = await found()
    account = await accounts.find_one_and_delete({"_id": theirs})
    await entries.delete_many({"member": OTHER})
    gone = await found()

    assert (clean.accounts, clean.traced, clean.wrong) == (2, 2, {})
    assert clean.since is not None
    assert account is not None
    assert await accounts.count_documents({"_id": mine}) == 1
    assert (list(changed), "the entry says" in changed[MEMBER]) == ([MEMBER], True)
    assert "no entry says so" in missing[OTHER]
    assert set(gone) == {MEMBER, OTHER}
