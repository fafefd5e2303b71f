"""Reports by schedule on a real broker and store: of each period one, whoever looks, whoever dies over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from zipfile import ZipFile

import httpx
import msgspec
import pytest
from typing_extensions import override

from services.reporting.api.asked import Source
from services.reporting.api.due_reports import DueReports, Schedules
from services.reporting.api.making import Makes
from services.reporting.app import create_app
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points, listening
from services.reporting.rules.crises.commands import Announce, decoded
from services.reporting.rules.schedules.declared import KIND
from services.reporting.rules.schedules.runs import PAUSES_S, TRIES_MAX
from services.reporting.store import FiguresStore
from services.reporting.store.caught_up import CaughtUp
from services.reporting.store.folder import Folder
from services.reporting.store.runs import LEASE, Runs
from services.reporting.store.shares import Shares
from shared.bus.record import Outgoing
from shared.clock import SetClock
from shared.directory import Scope
from shared.errors import Retryable
from shared.runtime import Service, patiently
from shared.shelf import MongoShelf
from tests.integration.reporting.test_pages import store
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""A Monday's; the stored events are of the Monday before."""

MANAGER = (Scope.POLICIES_WRITE, Scope.POLICIES_READ, Scope.FIGURES_READ)
SHORT_S = 3.0

TITLE = {"en": "Our days", "ru": "Наши дни"}
DAILY = {"title": TITLE, "every": "day", "at": "09:00", "routes": ["chat"]}
WEEKLY = DAILY | {"every": "week", "languages": ["en", "ru"], "formats": ["html", "csv", "xlsx"], "folder": True}


class Killed(BaseException):
    """As a process ends: nothing of it runs on."""


class Bus:
    """Keeps what was sent; refuses, or is killed over it, as often as it is told to."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.raises: list[BaseException] = []

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        assert (topic, partition) == ("reporting.commands.v1", None)
        if self.raises and isinstance(self.raises[0], Retryable):
            raise self.raises.pop(0)
        self.sent.append(record.value or b"")
        if self.raises:
            raise self.raises.pop(0)


class Fragile(Runs):
    """Dies, once, at the step that is named: before or after it."""

    step = ""

    @override
    async def pin(self, *told: Any) -> bool:
        return await self._at("pin", super().pin, *told)

    @override
    async def done(self, *told: Any) -> bool:
        return await self._at("done", super().done, *told)

    async def _at(self, name: str, do: Any, *told: Any) -> bool:  # noqa: ANN401 - a method
        step, place = self.step.partition(" ")[0], self.step.partition(" ")[2]
        if step == name and place == "before":
            self.step = ""
            raise Killed
        done: bool = await do(*told)
        if step == name:
            self.step = ""
            raise Killed
        return done


class Desk(NamedTuple):
    service: Service
    api: httpx.AsyncClient
    clock: SetClock
    folder: Path
    bus: Bus
    runs: Fragile
    caught_up: CaughtUp

    def process(self) -> DueReports:
        """Return a process of its own that looks what is due."""
        client, database = self.service.client, self.service.database
        figures = FiguresStore(client, database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
        source = Source(figures, self.service.directory)
        shelf = MongoShelf(client, database, self.clock, 0)
        shares = Shares(client, database)
        makes = Makes(source, self.caught_up, shares, asyncio.Semaphore(2), Folder(self.folder), "https://staff.example")
        schedules = Schedules(shelf, source, self.clock, 3_600)
        self.counted.clear()
        return DueReports(schedules, self.runs, makes, self.bus, self.counted.append)

    @property
    def counted(self) -> list[str]:
        return COUNTED

    async def declare(self, name: str = "daily", spec: dict[str, Any] | None = None) -> httpx.Response:
        return await self.api.put("/v1/documents", json=document(name, spec or DAILY))

    async def listed(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any parameter
        answer = await self.api.get("/v1/report-runs", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["runs"]
        return found


COUNTED: list[str] = []


def document(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "veche/v1", "kind": KIND, "metadata": {"name": name, "brand": "acme"}, "spec": spec}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@asynccontextmanager
async def desk(parts: Addresses, folder: Path, at: datetime = NOON) -> AsyncIterator[Desk]:
    clock = SetClock(at)
    service = create_app(settings_for(parts).model_copy(update={"reports": made(folder)}), clock)
    service.workers = [work for work in service.workers if not isinstance(getattr(work, "__self__", None), DueReports)]
    async with running(service) as (api,):
        await store(service)
        api.headers.update(await token(service, "acme", *MANAGER))
        runs = Fragile(service.client, service.database)
        topics = {fold.group: fold.topics for fold in (Figures, Points, listening.Listening)}
        caught_up = CaughtUp(service.client, service.database, parts.kafka, topics)
        service.stopping.append(caught_up.stop)

        async def answers() -> None:
            await caught_up.behind(at)

        await patiently(answers, lambda _: None)  # a broker that has just made its topics
        yield Desk(service, api, clock, folder, Bus(), runs, caught_up)


@pytest.fixture
async def acme(parts: Addresses, tmp_path: Path) -> AsyncIterator[Desk]:
    COUNTED.clear()
    async with desk(parts, tmp_path / "reports") as found:
        yield found


def told(raw: bytes) -> dict[str, Any]:
    assert isinstance(decoded(raw), Announce)
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found


async def test_a_weekly_report_is_put_into_the_folder_and_told_with_a_link_and_its_headlines(acme: Desk) -> None:
    assert (await acme.declare("weekly", WEEKLY)).status_code == 200
    assert await acme.process().look() == 0, "what was due before it was applied is not made"
    acme.clock.forward(timedelta(days=7, hours=-3))
    assert await acme.process().look() == 1

    (one,) = await acme.listed()
    names = sorted(one["files"])
    assert (one["period"], one["status"], one["since"], one["until"]) == ("2026-W11", "done", "2026-03-09", "2026-03-16")
    assert names == [
        f"acme/weekly/weekly-2026-W11.{language}.{kind}" for language in ("en", "ru") for kind in ("csv", "html", "xlsx")
    ]
    assert [str(file.relative_to(acme.folder)) for file in files_in(acme.folder)] == names
    russian = (acme.folder / "acme/weekly/weekly-2026-W11.ru.html").read_text()
    assert "acme: Наши дни" in russian
    assert 'lang="ru"' in russian
    assert (acme.folder / "acme/weekly/weekly-2026-W11.en.csv").read_text().startswith("by,start,community")
    with ZipFile(acme.folder / "acme/weekly/weekly-2026-W11.ru.xlsx") as workbook:
        assert 'name="Всё"' in workbook.read("xl/workbook.xml").decode()

    report = told(acme.bus.sent[0])["report"]
    link = report["link"]
    assert link.startswith("https://staff.example/shared/")
    page = await acme.api.get(link.removeprefix("https://staff.example"), headers={"authorization": ""})
    assert page.status_code == 200
    content = next(figure for figure in report["figures"] if figure["figure"] == "content")
    assert (content["value"], content["before"], content["name"]["ru"]) == (0, 5, "Публикации")
    assert (report["languages"], report["routes"]) == (["en", "ru"], ["chat"])
    assert link.rpartition("/")[2] not in str(await stored(acme)), "what a link holds is kept nowhere after it was told"
    acme.clock.forward(timedelta(days=15))
    assert (await acme.api.get(link.removeprefix("https://staff.example"))).status_code == 404


async def stored(acme: Desk) -> list[dict[str, Any]]:
    return await acme.service.client[acme.service.database]["report_runs"].find().to_list()


async def test_of_several_processes_that_look_at_once_one_makes_it(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))

    made = await asyncio.gather(*(acme.process().look() for _ in range(4)))

    assert sorted(made) == [0, 0, 0, 1]
    assert len(acme.bus.sent) == 1
    assert await acme.process().look() == 0, "one that begins later finds that it was"
    assert acme.counted == []


@pytest.mark.parametrize("step", ["pin before", "pin after", "done before", "done after"])
async def test_whoever_dies_over_it_is_followed_and_the_same_is_told(acme: Desk, step: str) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    acme.runs.step = step

    with pytest.raises(Killed):
        await acme.process().look()
    assert await acme.process().look() == 0, "it is another's until the lease is over"
    acme.clock.forward(LEASE)
    await acme.process().look()

    (one,) = await acme.listed()
    links = await acme.api.get("/v1/shares")
    assert one["status"] == "done"
    assert len(set(acme.bus.sent)) == 1, "told again it is the same, and the fold skips it"
    assert [link["id"] for link in links.json()] == [one["link"]]


async def test_one_that_is_killed_while_it_is_told_tells_the_same_again(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    acme.bus.raises = [Killed()]

    with pytest.raises(Killed):
        await acme.process().look()
    acme.clock.forward(LEASE)
    await acme.process().look()

    assert len(acme.bus.sent) == 2
    assert len(set(acme.bus.sent)) == 1


async def test_a_bus_that_is_away_is_waited_for_however_long(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    acme.bus.raises = [Retryable("Kafka is away") for _ in range(TRIES_MAX + 3)]

    for _ in range(TRIES_MAX + 3):
        assert await acme.process().look() == 0
        acme.clock.forward(timedelta(seconds=61))
    (waiting,) = await acme.listed()
    assert await acme.process().look() == 1

    assert (waiting["status"], waiting["problem"]) == ("waiting", "Kafka is away")
    assert (await acme.listed())[0]["status"] == "done"


async def test_one_that_cannot_be_made_is_tried_again_and_then_said(acme: Desk, caplog: pytest.LogCaptureFixture) -> None:
    (acme.folder / "acme").write_text("a file where the brand's folder should be")
    await acme.declare("daily", DAILY | {"folder": True})
    acme.clock.forward(timedelta(days=1))
    for pause_s in (*PAUSES_S, 0):
        process = acme.process()
        assert await process.look() == 0
        acme.clock.forward(timedelta(seconds=pause_s))

    (failed,) = await acme.listed()
    assert (failed["status"], failed["tries"]) == ("failed", TRIES_MAX)
    assert "VECHE_REPORTS cannot be written to" in failed["problem"]
    assert acme.counted == ["failed"]
    assert "was not made" in caplog.text
    assert acme.bus.sent == []

    (acme.folder / "acme").unlink()
    again = await acme.api.post("/v1/report-schedules/daily/runs", json={"period": failed["period"]})
    assert again.status_code == 202, again.text
    assert await acme.process().look() == 1
    assert [(one["status"], one["by"]) for one in await acme.listed()] == [("done", "vera"), ("failed", None)]


def late(*_: object) -> None:
    raise TimeoutError


def slow(*_: object) -> None:
    Event().wait(2 * SHORT_S)


@pytest.mark.parametrize(
    ("compose", "problem"), [(slow, "fewer formats, or communities"), (late, "a bug of Veche's own: TimeoutError")]
)
async def test_what_took_too_long_is_said_to_and_nothing_else(
    acme: Desk, monkeypatch: pytest.MonkeyPatch, compose: object, problem: str
) -> None:
    monkeypatch.setattr("services.reporting.api.due_reports.MAKE_S", SHORT_S)
    monkeypatch.setattr("services.reporting.api.making.compose", compose)
    await acme.declare()
    acme.clock.forward(timedelta(days=1))

    assert await acme.process().look() == 0
    assert problem in (await acme.listed())[0]["problem"]


async def test_each_day_has_its_own_and_after_a_standstill_the_latest_is_made_alone(acme: Desk) -> None:
    await acme.declare()
    for _ in range(3):
        acme.clock.forward(timedelta(days=1))
        await acme.process().look()
    acme.clock.forward(timedelta(days=20))
    await acme.process().look()

    periods = [one["period"] for one in await acme.listed()]
    assert periods == ["2026-03-31", "2026-03-11", "2026-03-10", "2026-03-09"]
    first = await acme.api.get("/v1/report-runs", params={"limit": 3})
    rest = await acme.api.get("/v1/report-runs", params={"limit": 3, "cursor": first.json()["next"]})
    assert [one["period"] for page in (first, rest) for one in page.json()["runs"]] == periods
    assert rest.json()["next"] is None


async def test_a_new_version_or_another_hour_makes_no_period_twice_and_a_deleted_one_makes_nothing(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()
    await acme.declare(spec=DAILY | {"at": "12:01", "formats": ["pdf"]})
    acme.clock.forward(timedelta(minutes=5))
    await acme.process().look()
    assert len(acme.bus.sent) == 1

    acme.clock.forward(timedelta(days=1))
    assert (await acme.api.post("/v1/report-schedules/daily/runs", json={})).status_code == 202
    assert (await acme.api.delete(f"/v1/documents/{KIND}/daily")).status_code == 204
    await acme.process().look()

    assert len(acme.bus.sent) == 1
    assert [one["status"] for one in await acme.listed()] == ["dropped", "done"]


async def test_one_that_is_deleted_and_applied_again_begins_anew_on_the_same_day(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()
    assert (await acme.api.delete(f"/v1/documents/{KIND}/daily")).status_code == 204
    await acme.declare(spec=DAILY | {"at": "12:30"})
    assert await acme.process().look() == 0, "what was due before it was applied again is not made"
    acme.clock.forward(timedelta(hours=1))

    assert await acme.process().look() == 1
    await acme.declare(spec=DAILY | {"at": "12:45"})
    assert await acme.process().look() == 0, "a new version begins nothing anew"
    assert [(one["period"], one["status"]) for one in await acme.listed()] == [("2026-03-09", "done")] * 2


async def test_one_that_is_asked_for_is_made_also_where_it_was_and_once_for_each_key(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()
    once = {"idempotency-key": "k"}
    await acme.api.post("/v1/report-schedules/daily/runs", json={}, headers=once)
    await acme.process().look()
    asked = await acme.api.post("/v1/report-schedules/daily/runs", json={}, headers=once)
    await acme.process().look()

    wrong = await acme.api.post("/v1/report-schedules/daily/runs", json={"period": "2026-W11"})
    early = await acme.api.post("/v1/report-schedules/daily/runs", json={"period": "2026-03-10"})
    none = await acme.api.post("/v1/report-schedules/weekly/runs", json={})

    assert (asked.status_code, asked.json()["period"], asked.json()["status"]) == (202, "2026-03-09", "done")
    assert [told(raw)["report"].get("by") for raw in acme.bus.sent] == [None, "vera"]
    assert len({told(raw)["id"] for raw in acme.bus.sent}) == 2
    assert (wrong.status_code, early.status_code, none.status_code) == (422, 422, 404)
    assert "2026-10-05" in wrong.json()["detail"]
    assert "not over" in early.json()["detail"]


async def test_one_that_cannot_be_used_stops_no_other(acme: Desk, caplog: pytest.LogCaptureFixture) -> None:
    shelf = MongoShelf(acme.service.client, acme.service.database, acme.clock, 0)
    await shelf.store(KIND, "acme", "broken", {"every": "day", "title": "of another release"}, "anna")
    await shelf.store(KIND, "nowhere", "lost", DAILY | {"folder": False}, "anna")
    await acme.service.directory.put("Brand", "nowhere", "nowhere", {"title": "Nowhere", "timezone": "Mars/Olympus"})
    await acme.declare()
    acme.clock.forward(timedelta(days=1))

    assert await acme.process().look() == 1
    assert "the schedule broken of acme cannot be used" in caplog.text
    assert "the schedule lost of nowhere cannot be looked at" in caplog.text


async def test_of_a_brand_that_is_named_its_own_versions_alone_are_read(acme: Desk) -> None:
    shelf = MongoShelf(acme.service.client, acme.service.database, acme.clock, 0)
    await shelf.store(KIND, "other", "daily", DAILY | {"folder": False}, "anna")
    await acme.declare()
    await acme.declare(spec=DAILY | {"at": "10:00"})

    assert [(one.brand, one.version) for one in await shelf.all(KIND, "acme")] == [("acme", 1), ("acme", 2)]
    assert {one.brand for one in await shelf.all(KIND)} == {"acme", "other"}


async def test_a_list_of_schedules_says_what_is_next(acme: Desk) -> None:
    await acme.service.directory.put("Brand", "acme", "acme", {"title": "Acme", "timezone": "Europe/Berlin"})
    await acme.declare("weekly", WEEKLY)
    (one,) = (await acme.api.get("/v1/report-schedules")).json()["schedules"]

    assert one["next"] == {"period": "2026-W11", "due": "2026-03-16T08:00:00+00:00"}
    assert (one["name"], one["last"], one["timezone"]) == ("weekly", None, "Europe/Berlin")


async def test_who_looks_after_some_communities_schedules_and_sees_these_alone(acme: Desk) -> None:
    places = frozenset({"discord:7"})
    own = await token(acme.service, "acme", *MANAGER, communities=places, name="nina")
    analyst = await token(acme.service, "acme", Scope.FIGURES_READ, name="anna")
    await acme.declare()
    all_ = await acme.api.put("/v1/documents", json=document("all", DAILY), headers=own)
    mine = await acme.api.put("/v1/documents", json=document("mine", DAILY | {"communities": ["discord:7"]}), headers=own)
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()

    seen = [await acme.api.get(path, headers=own) for path in ("/v1/report-runs", "/v1/report-schedules")]
    run = await acme.api.post("/v1/report-schedules/daily/runs", json={}, headers=own)
    read = await acme.api.post("/v1/report-schedules/daily/runs", json={}, headers=analyst)

    assert (all_.status_code, mine.status_code) == (403, 200)
    assert [one["schedule"] for one in seen[0].json()["runs"]] == ["mine"]
    assert [one["name"] for one in seen[1].json()["schedules"]] == ["mine"]
    assert (run.status_code, read.status_code) == (404, 403)
    assert len(await acme.listed()) == 2
    assert (await acme.api.get("/v1/report-runs", headers=analyst)).status_code == 200
    (of_one,) = [told(raw) for raw in acme.bus.sent if told(raw)["community"]]
    assert of_one["community"] == "discord:7"
    page = await acme.api.get(of_one["report"]["link"].removeprefix("https://staff.example"))
    assert "telegram:-1" not in page.text


async def test_a_schedule_that_was_of_all_does_not_show_its_last_report_to_who_sees_one_community(acme: Desk) -> None:
    own = await token(acme.service, "acme", *MANAGER, communities=frozenset({"discord:7"}), name="nina")
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()
    await acme.declare(spec=DAILY | {"communities": ["discord:7"]})

    (hers,) = (await acme.api.get("/v1/report-schedules", headers=own)).json()["schedules"]
    (all_,) = (await acme.api.get("/v1/report-schedules")).json()["schedules"]
    acme.clock.forward(timedelta(days=1))
    await acme.process().look()
    (later,) = (await acme.api.get("/v1/report-schedules", headers=own)).json()["schedules"]

    assert (hers["last"], all_["last"]["period"]) == (None, "2026-03-09")
    assert later["last"]["period"] == "2026-03-10"


async def test_who_may_not_read_figures_has_none_sent(acme: Desk) -> None:
    await acme.declare()
    acme.clock.forward(timedelta(days=1))
    writer = await token(acme.service, "acme", Scope.POLICIES_WRITE, Scope.POLICIES_READ, name="will")

    made = await acme.api.put("/v1/documents", json=document("own", DAILY), headers=writer)
    run = await acme.api.post("/v1/report-schedules/daily/runs", json={}, headers=writer)
    goal = {"apiVersion": "veche/v1", "kind": "Goal", "metadata": {"name": "grow", "brand": "acme"}, "spec": {}}
    other = await acme.api.put("/v1/documents", json=goal, headers=writer)

    assert (made.status_code, run.status_code) == (403, 403)
    assert "figures:read" in made.json()["detail"]
    assert other.status_code == 422, "what gives no figures away is looked at all the same"
    assert await acme.listed() == []


async def test_a_folder_that_is_not_set_up_is_refused_with_what_to_do(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (api,):
        api.headers.update(await token(service, "acme", *MANAGER))
        refused = await api.put("/v1/documents", json=document("weekly", WEEKLY))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["at"] == "$.spec.folder"
    assert "VECHE_REPORTS" in refused.text


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


async def test_one_for_the_folder_alone_has_no_link_that_anybody_could_read(acme: Desk) -> None:
    await acme.declare("files", DAILY | {"folder": True, "routes": []})
    acme.clock.forward(timedelta(days=1))

    assert await acme.process().look() == 1
    (one,) = await acme.listed()
    (raw,) = acme.bus.sent
    assert (one["status"], one["link"], len(one["files"])) == ("done", None, 1)
    assert told(raw)["report"]["link"] == ""
    assert b"/shared/" not in raw
    assert (await acme.api.get("/v1/shares")).json() == []


async def test_a_folder_that_is_not_there_is_not_made_and_the_reason_is_said(acme: Desk) -> None:
    acme.folder.rmdir()
    await acme.declare("daily", DAILY | {"folder": True})
    acme.clock.forward(timedelta(days=1))
    assert await acme.process().look() == 0
    (waiting,) = await acme.listed()
    assert not acme.folder.exists(), "where its mount is away, it would be made on another disk"
    acme.folder.mkdir()
    acme.clock.forward(timedelta(seconds=PAUSES_S[0]))
    assert await acme.process().look() == 1

    assert waiting["status"] == "waiting"
    assert "VECHE_REPORTS names no folder" in waiting["problem"]
    assert len(files_in(acme.folder)) == 1
