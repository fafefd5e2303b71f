"""A scheduled report from its due time to a chat, a mailbox and a webhook: made once by two replicas, told once."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.native.parts import CORE
from services.reporting.app import create_app
from shared.bus import past
from shared.directory import Scope
from shared.events import decode
from shared.events.actions import ActionPublish
from shared.events.reporting import ReportReady
from shared.settings import Settings
from shared.topics import ACTIONS, ALERTS
from tests.builders import content_created
from tests.integration.noticing import SECRET, Moved, built
from tests.integration.receivers import postman, receiver
from tests.integration.services import eventually, publish, running, settings_for, token, with_brand
from tests.parts import Addresses, StackFactory

PLACE = "telegram:-100"
ROUTES = ("staff", "managers", "portal")
SCHEDULE = {
    "title": {"en": "The day", "ru": "День"},
    "every": "day",
    "at": "00:00",
    "languages": ["ru"],
    "formats": ["html", "csv"],
    "folder": True,
    "routes": list(ROUTES),
}
MANAGER = (Scope.POLICIES_READ, Scope.POLICIES_WRITE, Scope.FIGURES_READ)


def document(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": name, "brand": "acme"}, "spec": spec}


async def put(api: httpx.AsyncClient, told: dict[str, Any]) -> None:
    answer = await api.put("/v1/documents", json=told)
    assert answer.status_code == 200, answer.text


@pytest.mark.timeout(300)
async def test_a_report_that_two_replicas_look_for_reaches_a_chat_a_mailbox_and_a_webhook_once(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ACME_HOOK", SECRET)
    monkeypatch.setattr("services.reporting.api.due_reports.LOOK_S", 0.3)
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(found["VECHE_KAFKA"], found["VECHE_MONGO"], found["VECHE_REDIS"])
    (tmp_path / "reports").mkdir()
    async with receiver() as hooks, postman() as mail:
        how: dict[str, Any] = {"policy_delay_s": 0, "private_webhooks": True, "reports": tmp_path / "reports"}
        how |= {"smtp": f"smtp+plain://127.0.0.1:{mail.port}", "pages_url": "https://staff.example"}
        settings, clock = Settings(**settings_for(parts).model_dump() | how), Moved()
        one, other, delivery = create_app(settings, clock), create_app(settings, clock), built(settings, clock)
        await with_brand(delivery.directory, "acme")
        async with running(one, other, delivery, folds=True) as (api, _, telling):
            for client in (api, telling):
                client.headers.update(await token(one, "acme", *MANAGER))
            hook = {"url": hooks.url("/hook"), "secrets": [{"env": "ACME_HOOK"}]}
            silent = {"url": hooks.url("/silent"), "secrets": [{"env": "ACME_HOOK"}]}
            routes = [
                {"id": "staff", "chat": {"community": "telegram:-5"}},
                {"id": "managers", "email": {"to": ["a@acme.example"]}, "occasions": ["report"]},
                {"id": "portal", "webhook": hook, "severity": "critical"},
                {"id": "silent", "webhook": silent},
            ]
            await put(telling, document("Notify", "default", {"language": "ru", "routes": routes}))
            await put(api, document("ReportSchedule", "daily", SCHEDULE))
            today = clock.now()
            written = [content_created(id=f"e{n}", content_id=f"{PLACE}:{n}", community=PLACE, time=today) for n in range(3)]
            await publish(parts.kafka, *written)
            await eventually(lambda: contents(api, today.date()), lambda count: count == 3)

            over = datetime.combine(today.date() + timedelta(days=1), time(), UTC)
            clock.ahead = over + timedelta(minutes=65) - today  # past midnight and the hour of grace
            (delivered,) = await eventually(lambda: asyncio.sleep(0, hooks.to("/hook")), bool)
            ((to, letter),) = await eventually(lambda: asyncio.sleep(0, mail.mails), bool)
            acts = await eventually(lambda: told(parts, ACTIONS.name, ActionPublish), bool)
            await asyncio.sleep(3)  # whatever else would come

            data = json.loads(delivered.body)["data"]
            (item,) = data["items"]
            assert (item["occasion"], item["values"]["content"], item["values"]["period"]) == (
                "report",
                "3",
                today.strftime("%Y-%m-%d"),
            )
            assert data["link"].startswith("https://staff.example/shared/")
            assert data["link"].endswith("?lang=ru")
            page = await api.get(data["link"].removeprefix("https://staff.example"), headers={"authorization": ""})
            assert (page.status_code, 'lang="ru"' in page.text) == (200, True)
            assert to == ["a@acme.example"]
            body = letter.get_content()
            assert "Отчёт «День»" in body
            assert "Публикации: 3 (раньше 0)" in body
            assert data["link"] in body
            assert [(act.community, data["link"] in (act.data.text or "")) for act in acts] == [("telegram:-5", True)]
            assert hooks.to("/silent") == [], "it did not ask for reports, and the schedule does not name it"
            assert len(hooks.to("/hook")) == len(mail.mails) == 1
            assert len(await told(parts, ALERTS.name, ReportReady)) == 1
            runs = (await api.get("/v1/report-runs")).json()["runs"]
            assert [(run["status"], run["tries"], len(run["files"])) for run in runs] == [("done", 1, 2)]


async def contents(api: httpx.AsyncClient, today: date) -> int:
    asked = {"since": today.isoformat(), "until": (today + timedelta(days=1)).isoformat(), "by": "whole"}
    answer = await api.get("/v1/figures", params=asked)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["rows"][0]["figures"]["content"])


async def told(parts: Addresses, topic: str, kind: type[Any]) -> list[Any]:
    found = [decode(record.value or b"") async for record in past.records(parts.kafka, topic)]
    return [one for one in found if isinstance(one, kind)]
