"""Sending notices over real sockets and MongoDB: once each, again after failures, and never by way of a slow neighbour."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from services.delivery.handlers.notices import ENTRIES
from services.delivery.rules.webhooks.retries import DEAD, PAUSES_S, TRIES_MAX
from services.delivery.rules.webhooks.signing import is_signed, key_of
from services.delivery.sending.sender import AT_ONCE_MAX, OF_BRAND_MAX
from shared.directory import Scope
from shared.policy import DEFAULT
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf
from tests.integration.noticing import SECRET, Moved, built
from tests.integration.receivers import Postman, Receiver, postman, receiver
from tests.integration.services import eventually, running, settings_for, token, with_brand
from tests.parts import Addresses

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Stage:
    service: Service
    clock: Moved
    hooks: Receiver
    mail: Postman
    api: httpx.AsyncClient

    async def declare(self, *routes: dict[str, Any], brand: str = "acme") -> None:
        document = {"apiVersion": "veche/v1", "kind": "Notify", "metadata": {"name": "default"}, "spec": {"routes": routes}}
        answer = await self.api.put("/v1/documents", json=document, params={"brand": brand})
        assert answer.status_code == 200, answer.text
        assert answer.json()["warnings"] == []

    async def put(self, route: str, *ids: str) -> None:
        entries = self.service.client[self.service.database][ENTRIES]
        await entries.insert_many([entry(route, id_) for id_ in ids])

    async def entry(self, id_: str) -> dict[str, Any]:
        found = await self.service.client[self.service.database][ENTRIES].find_one({"_id": id_})
        assert found is not None
        return found

    async def sent(self, *ids: str) -> None:
        for id_ in ids:
            await eventually(lambda id_=id_: self.entry(id_), lambda found: found["status"] == "sent")  # type: ignore[misc]


def entry(route: str, id_: str) -> dict[str, Any]:
    return {
        "_id": id_,
        "brand": "acme",
        "community": "telegram:-1",
        "route": route,
        "endpoint": f"acme/notify/{route}",
        "title": "acme: инцидент",
        "text": "Инцидент\nи ещё 2",
        "payload": msgspec.json.encode({"type": "veche.notice", "data": {"title": id_}}),
        "at": AT,
        "status": "waiting",
        "next": AT,
        "tries": 0,
    }


def hook(url: str, id_: str = "hook") -> dict[str, Any]:
    return {"id": id_, "webhook": {"url": url, "secrets": [{"env": "ACME_HOOK"}]}}


def sending(parts: Addresses, mail: Postman, **how: Any) -> Settings:  # noqa: ANN401 - settings
    told = {"policy_delay_s": 0, "private_webhooks": True, "smtp": f"smtp+plain://127.0.0.1:{mail.port}"} | how
    return Settings(**settings_for(parts).model_dump() | told)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_HOOK", SECRET)


@asynccontextmanager
async def stage(parts: Addresses, **how: Any) -> AsyncIterator[Stage]:  # noqa: ANN401 - settings
    async with receiver() as hooks, postman() as mail:
        clock = Moved()
        service = built(sending(parts, mail, **how), clock)
        await with_brand(service.directory, "acme")
        async with running(service) as (api,):
            api.headers.update(await token(service, "acme", Scope.POLICIES_READ, Scope.POLICIES_WRITE))
            yield Stage(service, clock, hooks, mail, api)


async def test_a_webhook_is_signed_and_told_once_and_a_mail_goes_to_all(parts: Addresses) -> None:
    async with stage(parts) as on:
        await on.declare(hook(on.hooks.url("/hook")), {"id": "mail", "email": {"to": ["a@acme.example", "b@acme.example"]}})

        await on.put("hook", "one")
        await on.put("mail", "two")
        await on.sent("one", "two")

    (request,), ((to, mail),) = on.hooks.requests, on.mail.mails
    assert is_signed(request.headers, request.body, [key_of(SECRET)], on.clock.now())
    assert (request.id, json.loads(request.body)["data"]["title"]) == ("one", "one")
    assert (to, mail["subject"], mail["message-id"]) == (
        ["a@acme.example", "b@acme.example"],
        "acme: инцидент",
        "<two@localhost>",
    )
    assert mail.get_content() == "Инцидент\r\nи ещё 2\r\n"


async def test_what_fails_is_sent_again_with_the_same_id_and_what_is_wrong_is_told(parts: Addresses) -> None:
    async with stage(parts) as on:
        on.hooks.answers["/hook"] = lambda _, before: (500 if before < 2 else 204, {})
        await on.declare(hook(on.hooks.url("/hook")))
        await on.put("hook", "one")

        for tries, pause_s in enumerate(PAUSES_S[:2], 1):
            failed = await eventually(lambda: on.entry("one"), lambda found, n=tries: len(found.get("attempts", ())) == n)  # type: ignore[misc]
            assert "it answered 500" in failed["problem"]
            on.clock.ahead += timedelta(seconds=1.3 * pause_s)
        await on.sent("one")
        metrics = (await on.api.get("/metrics")).text
        (endpoint,) = (await on.api.get("/v1/endpoints")).json()

    assert [request.id for request in on.hooks.requests] == ["one"] * 3
    assert 'veche_delivery_sent_total{outcome="failed",what="notice"} 2.0' in metrics
    assert 'veche_delivery_sent_total{outcome="taken",what="notice"} 1.0' in metrics
    assert (endpoint["name"], endpoint["problem"], endpoint["failing_since"]) == ("notify/hook", None, None)


@pytest.mark.parametrize(
    ("path", "said"),
    [("/moved", "redirections are not followed"), ("/inside", "redirections are not followed"), ("/away", "no answer")],
)
async def test_a_redirection_is_not_followed_wherever_it_leads(parts: Addresses, path: str, said: str) -> None:
    async with stage(parts) as on:
        on.hooks.answers["/moved"] = lambda _, __: (307, {"location": on.hooks.url("/hook")})
        on.hooks.answers["/inside"] = lambda _, __: (302, {"location": "http://169.254.169.254/latest"})
        await on.declare(hook(on.hooks.url(path) if path != "/away" else "http://127.0.0.1:9/"))

        await on.put("hook", "one")
        failed = await eventually(lambda: on.entry("one"), lambda found: "problem" in found)

    assert said in failed["problem"]
    assert on.hooks.to("/hook") == []
    assert "127.0.0.1" not in failed["problem"]


async def test_without_leave_nobody_sends_into_the_own_network(parts: Addresses) -> None:
    async with stage(parts, private_webhooks=False) as on:
        spec = {"routes": [hook(f"https://127.0.0.1:{on.hooks.port}/hook")]}
        client, database = on.service.client, on.service.database
        await MongoShelf(client, database, on.clock, 0).store(
            "Notify", "acme", DEFAULT, spec, "vera"
        )  # as if it had been a name
        await on.put("hook", "one")

        failed = await eventually(lambda: on.entry("one"), lambda found: "problem" in found)

    assert "own network; VECHE_PRIVATE_WEBHOOKS" in failed["problem"]
    assert on.hooks.requests == []


async def test_a_slow_endpoint_holds_up_no_other(parts: Addresses) -> None:
    async with stage(parts) as on:
        on.hooks.slow_s["/slow"] = 30
        await on.declare(hook(on.hooks.url("/slow"), "slow"), hook(on.hooks.url("/hook")))

        await on.put("slow", *(f"slow-{n}" for n in range(50)))
        await eventually(lambda: asyncio.sleep(0, len(on.hooks.to("/slow"))), lambda count: count == 2)
        await on.put("hook", *(f"fast-{n}" for n in range(5)))
        await on.sent(*(f"fast-{n}" for n in range(5)))

    assert len(on.hooks.to("/slow")) == 2


async def test_who_looks_after_one_community_has_nothing_written_into_another(parts: Addresses) -> None:
    async with stage(parts) as on:
        whole = {"metadata": {"name": "default"}}
        theirs = {"metadata": {"name": "default", "community": "telegram:-1"}}
        limited = await token(on.service, "acme", Scope.POLICIES_WRITE, communities=frozenset({"telegram:-1"}), name="ira")

        async def put(about: dict[str, Any], place: str, headers: dict[str, str] | None = None) -> httpx.Response:
            spec = {"routes": [{"id": "chat", "chat": {"community": place}}]}
            document = {"apiVersion": "veche/v1", "kind": "Notify", "metadata": about["metadata"], "spec": spec}
            return await on.api.put("/v1/documents", json=document, params={"brand": "acme"}, headers=headers)

        answers = [await put(theirs, "telegram:-2", limited), await put(theirs, "telegram:-1", limited)]
        answers += [await put(whole, "telegram:-2"), await put(theirs, "telegram:-2")]

    assert [answer.status_code for answer in answers] == [422, 200, 200, 200]
    assert "not one of yours" in answers[0].text


async def test_the_slow_endpoints_of_one_brand_hold_up_no_other_brand(
    parts: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_HOOK", SECRET)
    async with stage(parts) as on:
        slow = [f"slow-{n}" for n in range(AT_ONCE_MAX)]
        on.hooks.slow_s.update(dict.fromkeys((f"/{name}" for name in slow), 30))
        await on.declare(*(hook(on.hooks.url(f"/{name}"), name) for name in slow))
        await with_brand(on.service.directory, "other")
        on.api.headers.update(await token(on.service, "other", Scope.POLICIES_WRITE))
        theirs = {"url": on.hooks.url("/other"), "secrets": [{"env": "OTHER_HOOK"}]}
        await on.declare({"id": "hook", "webhook": theirs}, brand="other")

        entries = on.service.client[on.service.database][ENTRIES]
        await entries.insert_many([entry(name, f"{name}-{n}") for name in slow for n in (1, 2)])
        await eventually(lambda: asyncio.sleep(0, len(on.hooks.requests)), lambda count: count >= OF_BRAND_MAX)
        await entries.insert_one(entry("hook", "theirs") | {"brand": "other", "endpoint": "other/notify/hook"})
        await on.sent("theirs")

    assert len(on.hooks.requests) == OF_BRAND_MAX + 1


async def test_a_notice_that_brings_a_bug_to_light_is_put_aside_like_any_other_and_holds_nothing_up(
    parts: Addresses,
) -> None:
    async with stage(parts) as on:
        await on.declare({"id": "mail", "email": {"to": ["a@acme.example"]}}, hook(on.hooks.url("/hook")))
        entries = on.service.client[on.service.database][ENTRIES]
        await entries.insert_one(entry("mail", "wrong") | {"tries": TRIES_MAX - 1, "title": 7})  # nobody writes such
        await on.put("hook", "right")

        failed = await eventually(lambda: on.entry("wrong"), lambda found: found["status"] != "waiting")
        await on.sent("right")

    assert (failed["status"], failed["tries"]) == ("failed", TRIES_MAX)


async def test_an_endpoint_that_is_gone_gets_nothing_more_until_it_is_enabled(parts: Addresses) -> None:
    async with stage(parts) as on:
        on.hooks.answers["/hook"] = lambda _, before: (410 if before == 0 else 204, {})
        await on.declare(hook(on.hooks.url("/hook")))
        await on.put("hook", "one")

        (endpoint,) = await eventually(
            lambda: told(on, "/v1/endpoints"), lambda found: bool(found and found[0]["disabled_at"])
        )
        await on.put("hook", "two")
        await asyncio.sleep(1.5)
        assert len(on.hooks.requests) == 1
        answer = await on.api.post("/v1/endpoints/notify/hook/enable")
        on.clock.ahead += timedelta(seconds=10)
        await on.sent("one", "two")
        again = await on.api.post("/v1/endpoints/notify/hook/enable")

    assert (endpoint["name"], endpoint["waiting"]) == ("notify/hook", 1)
    assert (answer.status_code, again.status_code) == (200, 404)


async def told(on: Stage, path: str) -> Any:  # noqa: ANN401 - JSON
    return (await on.api.get(path)).json()


async def test_an_endpoint_that_fails_for_days_is_disabled_and_what_was_tried_in_vain_is_put_aside(parts: Addresses) -> None:
    async with stage(parts) as on:
        on.hooks.answers["/hook"] = lambda _, __: (503, {})
        await on.declare(hook(on.hooks.url("/hook")))
        await on.put("hook", "one")
        await eventually(lambda: on.entry("one"), lambda found: "problem" in found)

        on.clock.ahead += DEAD
        found = await eventually(lambda: told(on, "/v1/endpoints"), lambda found: bool(found[0]["disabled_at"]))

    assert "it answered 503" in found[0]["problem"]


async def test_mail_is_tried_again_and_one_who_is_refused_does_not_keep_it_from_the_others(parts: Addresses) -> None:
    async with stage(parts) as on:
        on.mail.busy, on.mail.refuses = 1, {"gone@acme.example"}
        await on.declare({"id": "mail", "email": {"to": ["a@acme.example", "gone@acme.example"]}})
        await on.put("mail", "one")

        failed = await eventually(lambda: on.entry("one"), lambda found: "problem" in found)
        on.clock.ahead += timedelta(seconds=10)
        await on.sent("one")

    assert "421" in failed["problem"]
    assert [to for to, _ in on.mail.mails] == [["a@acme.example"]]


async def test_what_a_secret_holds_is_told_nobody(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(parts) as on:
        await on.declare(hook(on.hooks.url("/hook")))
        monkeypatch.setenv("ACME_HOOK", "whsec_this-is-no-base64!")
        await on.put("hook", "one")

        failed = await eventually(lambda: on.entry("one"), lambda found: "problem" in found)

    assert "random bytes in base64" in failed["problem"]
    assert "this-is" not in failed["problem"]


async def test_a_sender_that_is_killed_between_sending_and_noting_sends_again_with_the_same_id(parts: Addresses) -> None:
    async with receiver() as hooks, postman() as mail:
        settings = sending(parts, mail)
        setting_up = built(settings)
        await with_brand(setting_up.directory, "acme")
        on = Stage(setting_up, Moved(), hooks, mail, httpx.AsyncClient())
        hooks.slow_s["/hook"] = 60  # the request has come, and its sender does not know that it was taken
        async with started(setting_up, hooks) as process:
            await on.put("hook", *(f"n{n}" for n in range(4)))
            await eventually(lambda: asyncio.sleep(0, len(hooks.requests)), lambda count: count == 2)
            process.kill()
            process.wait()

        hooks.slow_s.clear()
        clock = Moved()
        clock.ahead = timedelta(seconds=91)
        survivor = built(settings, clock)
        async with running(survivor):
            on.service = survivor
            await on.sent(*(f"n{n}" for n in range(4)))
        await setting_up.client.close()

    ids = [request.id for request in hooks.requests]
    assert sorted(set(ids)) == ["n0", "n1", "n2", "n3"]
    assert len(ids) == 6, "the two that were in hand came twice"
    now = clock.now() - clock.ahead / 2  # the two processes have clocks of their own
    assert all(is_signed(request.headers, request.body, [key_of(SECRET)], now) for request in hooks.requests)


@asynccontextmanager
async def started(service: Service, hooks: Receiver) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Declare a route, and run a process that sends by it."""
    async with running_api(service) as api:
        api.headers.update(await token(service, "acme", Scope.POLICIES_READ, Scope.POLICIES_WRITE))
        await Stage(service, Moved(), hooks, Postman(), api).declare(hook(hooks.url("/hook")))
    told = json.dumps(service.settings.model_dump(mode="json", exclude_defaults=True))
    process = subprocess.Popen([sys.executable, "-m", "tests.integration.noticing", told])  # noqa: ASYNC220 - killed below
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def running_api(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.api), base_url="http://service") as api:
        yield api
