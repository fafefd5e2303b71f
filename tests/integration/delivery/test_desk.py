"""What people see and switch: the API, `veche delivery` and the page, each only as far as they may look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from services.__main__ import app as command
from services.delivery import app as delivery
from services.delivery.rules.states import encoded
from services.delivery.rules.works import Target, Work
from services.ingest import app as ingest
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role, Scope
from shared.events.actions import Act
from tests.integration.services import running, settings_for, token, with_brand
from tests.integration.sockets import served
from tests.integration.staff import Office, csrf, sign_in
from tests.parts import Addresses

HERE, THERE = "telegram:-1", "telegram:-2"

READS = (Scope.DECISIONS_READ,)
SWITCHES = (Scope.DECISIONS_READ, Scope.POLICIES_WRITE)


@asynccontextmanager
async def desk(parts: Addresses, **how: Any) -> AsyncIterator[Office]:  # noqa: ANN401 - fields of settings
    """Yield the brand acme at the page of acts; nothing is carried out."""
    settings, clock = settings_for(parts).model_copy(update=how), SetClock(SystemClock().now())
    service = delivery.create_app(settings, clock)
    edge = ingest.create_app(settings, ingest.Role.EDGE, clock)
    async with running(service, edge) as (_, api):
        for brand in ("acme", "other"):
            await with_brand(service.directory, brand)
        owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
        api.headers["authorization"] = f"Bearer {await service.directory.grant(owner, clock.now(), 'owner')}"
        made = Office(service, edge, api, clock, [])
        yield made
        for browser in made.browsers:
            await browser.aclose()


@pytest_asyncio.fixture
async def acme(parts: Addresses, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr("services.delivery.store.connections.REFRESH_S", 0.0)
    async with desk(parts) as found:
        yield found


def entry(number: int, at: datetime, **about: Any) -> dict[str, Any]:  # noqa: ANN401 - a field may be anything
    told = {
        "_id": f"act-{number}",
        "brand": "acme",
        "community": HERE,
        "target": f"content/{HERE}:{number}",
        "kind": "delete",
        "cause": f"decision-{number}",
        "content": f"{HERE}:{number}",
        "asked": at,
        "at": at,
        "attempts": 1,
        "connection": "acme-telegram",
        "answer": "deleted",
    }
    return {name: value for name, value in (told | about).items() if value is not None}


async def stored(acme: Office, *entries: dict[str, Any]) -> None:
    await acme.service.client[acme.service.database]["delivery.entries"].insert_many(entries)


async def opened(acme: Office, community: str, *ids: str) -> None:
    now = acme.clock.now()
    works = tuple(Work(id_, "ban", Act(cause="d"), "s", now, now, now) for id_ in ids)
    document = encoded(Target("acme", community, works))
    states = acme.service.client[acme.service.database]["delivery.states"]
    await states.insert_one({"_id": f"acme/{community}/{ids[0]}", "q": 0, **document})


async def some(acme: Office) -> None:
    """Let there be a connection, three acts in one community and one in another, and two that wait."""
    spec = {"platform": "telegram", "acts": "dry_run", "token": {"env": "ACME_NOT_THERE"}}
    await acme.service.directory.put("Connection", "acme", "acme-telegram", spec)
    now = acme.clock.now()
    minute = timedelta(minutes=1)
    await stored(
        acme,
        entry(1, now - 3 * minute),
        entry(2, now - 2 * minute, code="gone", reason="it <b>was</b> not there", answer=None),
        entry(3, now - minute, code="unconnected", reason="no connection", answer=None, connection=None),
        entry(4, now, community=THERE, target=f"member/{THERE}", kind="ban", cause="sanction-4", member="telegram:7"),
    )
    await opened(acme, HERE, "w1")
    await opened(acme, THERE, "w2")


async def client_of(acme: Office, *scopes: Scope, **about: Any) -> httpx.AsyncClient:  # noqa: ANN401 - as `token` has it
    made = acme.browser()
    made.headers.update(await token(acme.service, about.pop("brand", "acme"), *scopes, **about))
    return made


async def actions(client: httpx.AsyncClient, **query: Any) -> list[str]:  # noqa: ANN401 - of an address
    answer = await client.get("/v1/delivery/acts", params=query)
    assert answer.status_code == 200, answer.text
    return [one["action"] for one in answer.json()]


async def test_the_api_tells_what_was_done_and_how_connections_do(acme: Office) -> None:
    await some(acme)
    client = await client_of(acme, *READS)

    assert await actions(client) == ["act-4", "act-3", "act-2", "act-1"]
    assert await actions(client, limit=1) == ["act-4"]
    assert await actions(client, outcome="done") == ["act-4", "act-1"]
    assert await actions(client, outcome="gone") == ["act-2"]
    assert await actions(client, cause="sanction-4") == ["act-4"]
    assert await actions(client, community=HERE) == ["act-3", "act-2", "act-1"]
    assert (await client.get("/v1/delivery/acts", params={"limit": 501})).status_code == 422

    told = (await client.get("/v1/delivery/status")).json()
    (connection,) = told["connections"]
    assert (told["open"], told["stopped"], told["without_connection"]) == (2, [], {"unconnected": 1})
    assert (connection["done"], connection["failed"], connection["acts"]) == (2, {"gone": 1}, "dry_run")
    assert connection["dry_run"] == 0
    assert "ACME_NOT_THERE" in connection["problem"]


async def test_who_is_limited_to_communities_sees_these_alone(acme: Office) -> None:
    await some(acme)
    limited = await client_of(acme, *SWITCHES, communities=frozenset({HERE}))

    assert await actions(limited) == ["act-3", "act-2", "act-1"]
    assert (await limited.get("/v1/delivery/acts", params={"community": THERE})).status_code == 403
    told = (await limited.get("/v1/delivery/status")).json()
    assert told["open"] == 1
    assert told["connections"][0]["done"] == 1
    assert (await limited.put("/v1/delivery/stop")).status_code == 403

    await acme.member("oleg", communities=[THERE])
    text = (await (await acme.signed_in("oleg")).get("/acts")).text
    assert "sanction-4" in text
    assert "decision-1" not in text


async def test_only_who_may_switches_and_only_their_own_brand(acme: Office) -> None:
    reader, switcher = await client_of(acme, *READS), await client_of(acme, *SWITCHES, name="petra")
    foreign, nobody = await client_of(acme, *SWITCHES, brand="other"), acme.browser()
    installation = acme.browser()
    root = Principal("root", Role.OWNER, None, frozenset(SWITCHES))
    grant = await acme.service.directory.grant(root, acme.clock.now(), "root")
    installation.headers["authorization"] = f"Bearer {grant}"
    stop, everything = "/v1/delivery/stop", {"everything": True}

    assert [(await who.put(stop)).status_code for who in (nobody, reader)] == [401, 403]
    assert (await foreign.put(stop, params={"brand": "acme"})).status_code == 403
    assert (await foreign.get("/v1/delivery/status", params={"brand": "acme"})).status_code == 403
    assert (await switcher.put(stop, params=everything)).status_code == 403
    assert (await switcher.delete(stop)).status_code == 404

    assert (await switcher.put(stop)).json() == {"stopped": "brand/acme"}
    (told,) = (await reader.get("/v1/delivery/status")).json()["stopped"]
    assert (told["what"], told["by"]) == ("brand/acme", "petra")
    assert (await foreign.get("/v1/delivery/status")).json()["stopped"] == []
    assert (await switcher.put(stop)).status_code == 200, "once more is no harm"

    assert (await installation.put(stop, params=everything)).json() == {"stopped": "all"}
    assert (await foreign.get("/v1/delivery/status")).json()["stopped"][0]["what"] == "all"
    assert (await switcher.delete(stop)).json() == {"started": "brand/acme"}
    assert (await installation.delete(stop, params=everything)).json() == {"started": "all"}
    assert (await reader.get("/v1/delivery/status")).json()["stopped"] == []


async def test_the_page_shows_acts_in_both_languages_and_text_of_platforms_as_text(acme: Office) -> None:
    await some(acme)
    await acme.member("vera", role="community_manager")
    browser = await acme.signed_in()

    english, russian = (await browser.get("/acts")).text, (await browser.get("/acts?lang=ru")).text

    assert "Acts on the platforms" in english
    assert "<dd>deleted</dd>" in english
    assert "<dd>удалено</dd>" in russian
    assert "<dt>Through</dt>" in english
    assert "(no fault where that is meant, as with a portal): 1</p>" in english
    assert ">Cases<" not in english, "nobody has said where they are"
    assert "only shows (dry run)" in english
    assert "it is not there any more" in english
    assert "Действия на платформах" in russian
    assert "только показывает" in russian
    assert "<b>was</b>" not in english
    assert "it &lt;b&gt;was&lt;/b&gt; not there" in english
    filtered = (await browser.get("/acts?outcome=gone")).text
    assert ("decision-2" in filtered, "decision-1" in filtered) == (True, False)
    empty = (await browser.get("/acts?lang=en&cause=nothing")).text
    assert "Nothing matches." in empty
    unknown = await browser.get("/acts?outcome=nonsense")
    assert (unknown.status_code, "unknown outcome `nonsense`; it is one of done, " in unknown.text) == (422, True)


async def test_the_page_of_a_brand_without_acts_says_that_there_are_none(acme: Office) -> None:
    await acme.member()

    assert "Nothing was done yet." in (await (await acme.signed_in()).get("/acts")).text


async def test_each_count_of_a_connection_stands_behind_its_name_on_a_line_of_its_own(acme: Office) -> None:
    await some(acme)
    await stored(acme, entry(5, acme.clock.now(), code="dry_run", answer=None))
    await acme.member()
    browser = await acme.signed_in()

    english, russian = (await browser.get("/acts")).text, (await browser.get("/acts?lang=ru")).text

    assert (
        '<p class="soft">In the last 24 hours: done: 2, only shown (dry run): 1, it is not there any more: 1</p>' in english
    )
    assert (
        '<p class="soft">За последние 24 часа: сделано: 2, только показано (пробный режим): 1, этого уже нет: 1</p>'
        in russian
    )
    assert "</strong> (telegram): only shows (dry run)</p>" in english


async def test_the_page_leads_to_traces_and_behind_a_public_address_to_the_queue(parts: Addresses) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    public, ui = "https://staff.example.org", "http://127.0.0.1:9411/zipkin/"

    async with desk(parts, trace_ui=ui, pages_url=public) as acme:
        await stored(acme, entry(1, acme.clock.now(), trace=trace))
        await acme.member()
        browser = acme.browser(public)
        assert (await sign_in(browser)).status_code == 303
        text = (await browser.get("/acts")).text

    assert f'<a href="{ui}traces/{trace}">{trace}</a>' in text
    assert f'<a class="tab" href="{public}/cases">Cases</a>' in text


async def test_who_comes_by_the_loopback_signs_in_there_whatever_other_address_the_pages_have(parts: Addresses) -> None:
    async with desk(parts, pages_url="http://127.0.0.1:8082") as acme:
        await acme.member("vera", role="community_manager")
        browser = acme.browser("http://127.0.0.1:8086")
        foreign = await acme.browser("http://127.0.0.1:8086").post(
            "/sign-in", data={"brand": "acme"}, headers={"origin": "http://evil.example"}
        )

        assert (await sign_in(browser)).status_code == 303
        assert (await browser.post("/acts/stop", data={"csrf": await csrf(browser)})).status_code == 303
        assert (foreign.status_code, foreign.headers["content-type"]) == (403, "text/html; charset=utf-8")


async def test_pages_hold_each_act_once_also_those_of_one_moment(acme: Office) -> None:
    now = acme.clock.now()
    await stored(acme, *(entry(number, now - timedelta(seconds=number // 30)) for number in range(130)))
    await acme.member()
    browser, path = await acme.signed_in(), "/acts"
    seen = list[str]()

    while path:
        text = (await browser.get(path)).text
        seen += re.findall(r">(decision-\d+)</a>", text)
        found = re.search(r'href="([^"]+)" rel="next"', text)
        path = "" if found is None else found[1].replace("&amp;", "&")
        assert len(seen) <= 130

    assert sorted(seen) == sorted(f"decision-{number}" for number in range(130))


@pytest.mark.parametrize("before", ["yesterday", "0001-01-01T00:00:00+14:00", "x" * 5_000])
async def test_an_address_that_is_none_is_the_visitor_s_mistake(acme: Office, before: str) -> None:
    await acme.member()
    browser = await acme.signed_in()

    assert (await browser.get("/acts", params={"before": before})).status_code == 422


async def test_the_page_stops_and_starts_for_who_may_and_only_from_itself(acme: Office) -> None:
    await acme.member("vera", role="community_manager")
    await acme.member("oleg")
    manager, moderator = await acme.signed_in(), await acme.signed_in("oleg")

    assert 'action="/acts/stop"' in (await manager.get("/acts")).text
    assert 'action="/acts/stop"' not in (await moderator.get("/acts")).text
    assert (await moderator.post("/acts/stop", data={"csrf": await csrf(moderator)})).status_code == 403
    assert (await manager.post("/acts/stop", data={"csrf": "0" * 64})).status_code == 403
    assert (await manager.post("/acts/stop")).status_code in {403, 422}
    assert 'action="/acts/stop"' in (await manager.get("/acts")).text, "nothing was stopped so far"

    assert (await manager.post("/acts/stop", data={"csrf": await csrf(manager)})).status_code == 303
    stopped = (await manager.get("/acts?lang=ru")).text
    assert "Остановлено" in stopped
    assert "vera" in stopped
    assert 'action="/acts/start"' in stopped
    assert (await manager.post("/acts/start", data={"csrf": await csrf(manager)})).status_code == 303
    assert 'action="/acts/stop"' in (await manager.get("/acts")).text


async def typed(acme: Office, *words: str, scopes: tuple[Scope, ...] = SWITCHES) -> Result:
    """Run a command; the service answers meanwhile."""
    header = await token(acme.service, "acme", *scopes, name="petra")
    async with served(acme.service.api) as port:
        env = {
            "VECHE_DELIVERY_URL": f"http://127.0.0.1:{port}",
            "VECHE_TOKEN": header["authorization"].removeprefix("Bearer "),
            "COLUMNS": "400",
        }
        return await asyncio.to_thread(CliRunner().invoke, command, ["delivery", *words], env=env)


async def test_the_terminal_shows_and_switches_the_same(acme: Office) -> None:
    await some(acme)

    await stored(acme, entry(5, acme.clock.now(), code="dry_run", answer=None))
    acts, status = await typed(acme, "acts", "--outcome", "gone"), await typed(acme, "status")
    nonsense, nothing = await typed(acme, "acts", "--outcome", "nonsense"), await typed(acme, "acts", "--outcome", "late")
    stopped = await typed(acme, "stop", "--brand", "acme")
    shown, started = await typed(acme, "status"), await typed(acme, "start")
    refused = await typed(acme, "stop", "--all")

    assert (acts.exit_code, "decision-2" in acts.stdout, "decision-1" in acts.stdout) == (0, True, False)
    assert "2 acts are open" in status.stdout
    assert "1 acts were of communities where no connection acts" in status.stdout
    (line,) = [line for line in status.stdout.splitlines() if line.startswith("acme-telegram")]
    assert line.split()[:6] == ["acme-telegram", "telegram", "dry_run", "0", "2", "1"]
    assert "1 gone" in line
    assert (nonsense.exit_code, nothing.exit_code, nothing.stdout.strip()) == (1, 0, "nothing matches")
    assert "unknown outcome `nonsense`; it is one of done, unsupported, forbidden, gone, refused" in nonsense.output
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 ", acts.stdout.splitlines()[1])
    assert stopped.stdout.strip() == "stopped: brand/acme"
    assert "STOPPED (brand/acme) by petra" in shown.stdout
    assert started.stdout.strip() == "goes on: brand/acme"
    assert refused.exit_code == 1
    assert "installation's own token" in refused.output
