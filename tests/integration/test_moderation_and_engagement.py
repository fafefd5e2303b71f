"""Events in; decisions, points and entries out, over real parts, asked for through the APIs."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx
from msgspec.structs import replace

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.moderation import app as moderation
from services.moderation.rules.explaining import for_member, for_staff
from shared.directory import Scope
from shared.events import Envelope
from shared.runtime import Service
from shared.settings import Settings
from tests.builders import content_created, reaction_added
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.parts import Addresses, StackFactory

ANNA, SPAMMER = "telegram:1", "telegram:666"
TRACE = f"{0xABC:032x}"
HEADERS = (("traceparent", f"00-{TRACE}-{1:016x}-00".encode()),)


def day(brand: str) -> list[Envelope]:
    """Return a greeting that is liked, and spam."""
    place = {"brand": brand, "community": f"telegram:-{brand}"}
    return [
        content_created(**place, actor=ANNA, content_id=f"{brand}:1", text="good morning"),
        reaction_added(**place, actor="telegram:2", content_author=ANNA, content_id=f"{brand}:1"),
        content_created(
            **place, actor=SPAMMER, content_id=f"{brand}:2", text="Online casino, 200 free spins https://s.example/x"
        ),
    ]


def services(settings: Settings) -> tuple[Service, Service]:
    return moderation.create_app(settings), engagement.create_app(settings)


async def test_spam_is_removed_and_comes_back_with_its_points_when_a_moderator_says_so(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    judging, rewarding = services(settings_for(parts))
    async with running(judging, rewarding, folds=True) as (decisions, points):
        await publish(parts.kafka, *day("acme"), headers=HEADERS)
        headers = await token(judging, "acme", Scope.DECISIONS_READ, Scope.DECISIONS_WRITE, Scope.MEMBERS_READ)
        decisions.headers.update(headers)
        points.headers.update(headers)

        decision = await removed(decisions)
        await until_balance(points, ANNA, 6)
        await reverse(decisions, decision["id"])
        await until_balance(points, SPAMMER, 5)
        await best(points)
        await strangers(decisions, points, await token(judging, "other", *HAS), decision["id"])


HAS = (Scope.DECISIONS_READ, Scope.DECISIONS_WRITE, Scope.MEMBERS_READ)


async def removed(decisions: httpx.AsyncClient) -> dict[str, Any]:
    async def listed() -> list[dict[str, Any]]:
        answer = await decisions.get("/v1/decisions", params={"member": SPAMMER})
        return list(answer.json())

    (decision,) = await eventually(listed, lambda found: len(found) == 1)
    assert decision["verdict"] == "remove"
    assert decision["trace"] == TRACE
    assert "phrases (version 0) says remove" in "\n".join(for_staff(decision))
    assert for_member(decision, "ru") == "Ваше сообщение удалено. Похоже на спам или мошенничество."
    return decision


async def until_balance(points: httpx.AsyncClient, member: str, balance: int) -> None:
    async def history() -> list[dict[str, Any]]:
        return list((await points.get(f"/v1/members/{member}/history")).json())

    entries = await eventually(history, lambda found: bool(found) and found[0]["balance"] == balance)

    assert sum(entry["applied"] for entry in entries) == balance
    assert all(entry["trace"] and entry["reason"]["ru"] for entry in entries)


async def reverse(decisions: httpx.AsyncClient, decision: str) -> None:
    url = f"/v1/decisions/{decision}"

    answer = await decisions.post(f"{url}/reversal", json={"reason": "it was a joke"})

    assert answer.status_code == 200 or (answer.status_code, answer.headers["location"]) == (202, url)
    found = await eventually(lambda: decisions.get(url), lambda answer: "reversal" in answer.json())
    assert found.json()["reversal"]["by"] == "vera"
    again = await decisions.post(f"{url}/reversal", json={"reason": "twice"})
    assert (again.status_code, again.json()["reversal"]["reason"]) == (200, "it was a joke")


async def best(points: httpx.AsyncClient) -> None:
    """The best are told in order; the page may be some seconds old."""

    async def top() -> list[tuple[str, int]]:
        return [(place["member"], place["balance"]) for place in (await points.get("/v1/members/top")).json()]

    await eventually(top, lambda found: found == [(ANNA, 6), (SPAMMER, 5)])


async def strangers(decisions: httpx.AsyncClient, points: httpx.AsyncClient, other: dict[str, str], decision: str) -> None:
    """Another brand sees nothing of this one, and nobody anything without a token."""
    url, acme = f"/v1/decisions/{decision}", {"brand": "acme"}

    assert (await decisions.get("/v1/decisions", headers=other)).json() == []
    assert (await decisions.get("/v1/decisions", headers=other, params=acme)).status_code == 403
    assert (await decisions.get(url, headers=other)).status_code == 404
    assert (await decisions.post(f"{url}/reversal", headers=other, json={"reason": "x"})).status_code == 404
    assert (await points.get("/v1/members/top", headers=other, params=acme)).status_code == 403
    assert (await decisions.get("/v1/decisions/none")).status_code == 404
    for client, path in ((decisions, url), (points, "/v1/members/top"), (points, f"/v1/members/{ANNA}/history")):
        assert (await client.get(path, headers={"authorization": ""})).status_code == 401


async def test_who_may_only_read_decisions_reverses_none(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service) as (decisions,):
        headers = await token(service, "acme", Scope.DECISIONS_READ)

        assert (await decisions.get("/v1/decisions", headers=headers)).json() == []
        answer = await decisions.post("/v1/decisions/none/reversal", headers=headers, json={"reason": "x"})
        assert answer.status_code == 403


async def test_a_policy_is_stored_as_a_version_and_a_wrong_one_is_refused(parts: Addresses) -> None:
    brand = f"b{secrets.token_hex(4)}"
    judging, rewarding = services(settings_for(parts))
    async with running(judging, rewarding) as (decisions, points):
        headers = await token(judging, brand, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
        document = {"apiVersion": "veche/v1", "kind": "ModerationPolicy", "metadata": {"name": "default"}}

        good = await decisions.put(
            "/v1/documents", headers=headers, json=document | {"spec": {"words": {"terms": ["rival*"], "then": "hide"}}}
        )
        bad = await decisions.put(
            "/v1/documents", headers=headers, json=document | {"spec": {"words": {"terms": ["re:(("]}}}
        )
        wrong = await decisions.put(
            "/v1/documents",
            headers=headers,
            json=document | {"spec": {"rules": [{"id": "a", "when": "true"}, {"id": "b", "when": "text.lenght > 1"}]}},
        )
        rewards = await points.put(
            "/v1/documents", headers=headers, json=document | {"kind": "RewardsPolicy", "spec": {"timezone": "Mars/Olympus"}}
        )

        assert (good.status_code, good.json()["version"]) == (200, 1)
        (shown,) = (await decisions.get("/v1/documents", headers=headers)).json()
        assert shown["spec"]["words"]["terms"] == ["rival*"]
        assert shown["spec"]["phrases"]["threshold"] == 4, "a version is stored with what it leaves to the built-in"
        assert bad.status_code == 422
        assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "$.spec.rules[1].when")
        assert (rewards.status_code, "IANA" in rewards.json()["detail"]) == (422, True)


async def test_what_rules_in_shadow_would_have_decided_can_be_read(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    service = moderation.create_app(settings_for(parts).model_copy(update={"policy_delay_s": 0.0, "policy_refresh_s": 0.0}))
    rule = {"id": "greetings", "when": "text.words == 2", "then": "hide", "status": "shadow"}
    policy = {"apiVersion": "veche/v1", "kind": "ModerationPolicy", "metadata": {"name": "default"}}
    async with running(service, folds=True) as (decisions,):
        headers = await token(service, "acme", Scope.POLICIES_WRITE, Scope.DECISIONS_READ)
        stored = await decisions.put("/v1/documents", headers=headers, json=policy | {"spec": {"rules": [rule]}})
        at = datetime.fromisoformat(stored.json()["effective"]) + timedelta(seconds=1)
        await publish(parts.kafka, *(replace(event, recordedtime=at) for event in day("acme")))

        async def noted() -> Any:  # noqa: ANN401 - JSON
            return (await decisions.get("/v1/decisions", params={"shadow": True}, headers=headers)).json()

        (shadow,) = await eventually(noted, bool)
        (real,) = await eventually(lambda: listed(decisions, headers), bool)

    assert (shadow["rules"], shadow["verdict"], shadow["member"]) == (["greetings"], "hide", ANNA)
    assert (real["verdict"], real["member"]) == ("remove", SPAMMER)


async def listed(decisions: httpx.AsyncClient, headers: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    return (await decisions.get("/v1/decisions", headers=headers)).json()


async def test_the_best_are_told_with_redis_away(parts: Addresses) -> None:
    settings = settings_for(parts).model_copy(update={"redis": "redis://127.0.0.1:1/0"})
    service = engagement.create_app(settings)
    async with running(service) as (points,):
        headers = await token(service, "acme", Scope.MEMBERS_READ)

        answer = await points.get("/v1/members/top", headers=headers)

        assert (answer.status_code, answer.json()) == (200, [])
