from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from typing_extensions import override

from services.moderation.backtest.candidate import NewestModels
from services.moderation.cli.backtest import models_of
from services.moderation.rules.scoring import scoring
from services.moderation.verdicts import VerdictRequest, answered
from shared.errors import Misplaced
from shared.events import Actor
from shared.learned.model import probabilities
from shared.learned.stored import PLACES, ModelStatus, Stored
from shared.models.files import ModelFiles
from shared.models.shelf import KIND, built, read_ahead
from shared.policy import PolicyBook, Version
from shared.terms.text import plain
from tests.builders import PLACE, RECORDED, content_created
from tests.component.moderation.backtests import rule, stored, tried, version
from tests.unit.moderation.cases import NOON, policy
from tests.unit.moderation.learned.classifiers import small, small_file
from tests.unit.moderation.world import FakeShelf, World

SPAM = "win a free prize now, click and earn"
HAM = "thanks, lunch tomorrow, the train and the weather"
READING_S = 0.3
"""What the largest file takes."""
ASKS = {"model": "chat", "label": "spam", "threshold": 0.7}


def likely(text: str) -> float:
    return round(probabilities(small().model, plain(text))["spam"], PLACES)


def model(status: ModelStatus = "live", number: int = 1, since: datetime | None = None, brand: str = "acme") -> Version:
    spec = {"stored": Stored(f"v{number}", status, None if status == "off" else lambda: small().model)}
    return Version(KIND, brand, "chat", number, since or RECORDED - timedelta(days=1), spec)


def models(*versions: Version) -> PolicyBook[Stored | None]:
    return PolicyBook(FakeShelf(versions), KIND, built, None, 0.001)


def world(*classifiers: Mapping[str, Any], own: Sequence[Mapping[str, Any]] = (), by: Sequence[Version] = ()) -> World:
    spec = stored({"classifiers": list(classifiers), "rules": list(own)})
    made = World([version(spec)])
    made.models = models(*(by or (model(),)))
    return made


async def test_a_model_that_is_sure_enough_decides_and_its_finding_names_it_its_version_and_score() -> None:
    made = world(ASKS | {"then": "hide", "severity": "high", "reason": {"en": "Spam.", "ru": "Спам."}})
    made.tell(content_created(text=SPAM), content_created(text=HAM, content_id="c2"))

    await made.fold()

    (decision,) = made.put_out()
    (finding,) = decision.data.findings
    assert (finding.rule, finding.verdict, decision.data.reason) == ("classifier:chat.spam", "hide", "Spam.")
    wanted = {"model": "chat", "version": "v1", "label": "spam", "score": f"{likely(SPAM):.3f}", "threshold": "0.7"}
    assert finding.facts == wanted | {"severity": "high"}
    assert likely(SPAM) >= 0.7 > likely(HAM)


async def test_a_model_in_shadow_is_noted_and_nothing_follows() -> None:
    made = world(ASKS | {"then": "ban", "for": "1d"}, by=[model("shadow")])
    made.tell(content_created(text=SPAM))

    await made.fold()

    (entry,) = made.entries()
    assert (entry["kind"], entry["rules"], entry["verdict"]) == ("shadow", ["classifier:chat.spam"], "ban")
    assert entry["findings"][0]["facts"]["score"] == f"{likely(SPAM):.3f}"
    assert made.put_out() == made.acts() == []


async def test_an_entry_in_shadow_of_a_live_model_is_noted_too() -> None:
    made = world(ASKS | {"status": "shadow"})
    made.tell(content_created(text=SPAM))

    await made.fold()

    assert [entry["kind"] for entry in made.entries()] == ["shadow"]


class Asked:
    """Models that note who was asked."""

    def __init__(self) -> None:
        self.names: list[str | None] = []

    async def refresh(self) -> None:
        """Nothing is old."""

    def at(self, brand: str, community: str | None, moment: datetime) -> Stored | None:
        del brand, moment
        self.names.append(community)
        return Stored("v1", "live", lambda: small().model)


async def test_only_models_that_a_policy_names_are_asked_and_each_once_a_text() -> None:
    made, other = world(ASKS, ASKS | {"label": "rude"}, {"model": "off", "status": "off"}), World()
    made.models = other.models = asked = Asked()
    for one in (made, other):
        one.tell(content_created(text=SPAM), content_created(text=None, content_id="photo"))
        await one.fold()

    assert asked.names == ["chat"]


async def test_a_record_is_judged_by_the_model_in_force_when_it_was_taken_in() -> None:
    by = [model("off"), model("live", 2, RECORDED), model("shadow", 3, RECORDED + timedelta(hours=1))]
    made = world(ASKS, by=by)
    times = [RECORDED - timedelta(days=2), RECORDED - timedelta(hours=1), RECORDED, RECORDED + timedelta(hours=2)]
    made.tell(*(content_created(text=f"{SPAM} {n}", content_id=f"c{n}", recordedtime=at) for n, at in enumerate(times)))

    await made.fold()

    found = {entry["content"]: (entry["kind"], entry["findings"][0]["facts"]["version"]) for entry in made.entries()}
    assert found == {"c2": ("decision", "v2"), "c3": ("shadow", "v3")}


async def test_a_version_that_can_no_longer_be_read_leaves_its_records_as_dead_letters() -> None:
    broken = Version(KIND, "acme", "chat", 1, RECORDED, {"wrong": "replaced too long ago"})
    made = world(ASKS, by=[broken])
    made.tell(content_created(text=SPAM))

    await made.fold()

    assert (len(made.letters()), made.put_out()) == (1, [])


async def test_another_brand_s_model_is_never_asked() -> None:
    made = world(ASKS, by=[model(brand="other")])
    made.tell(content_created(text=SPAM))

    await made.fold()

    assert made.entries() == []


async def test_own_rules_ask_for_scores_of_live_models_alone() -> None:
    sure = {"id": "sure", "when": '"chat.spam" in scores && scores["chat.spam"] > 0.7 && author.messages < 3'}
    live, shadow = world({"model": "chat"}, own=[sure]), world({"model": "chat"}, own=[sure], by=[model("shadow")])
    for one in (live, shadow):
        one.tell(content_created(text=SPAM), content_created(text=HAM, content_id="c2"))
        await one.fold()

    assert [entry["rules"] for entry in live.entries()] == [["sure"]]
    assert shadow.entries() == []
    assert (live.failed, shadow.failed) == (0, 0)


async def test_roles_that_are_exempt_are_left_alone() -> None:
    made = world(ASKS | {"exempt": ["member"]})
    made.tell(content_created(text=SPAM, actor=Actor(id="telegram:5", role="member")), content_created(text=SPAM))

    await made.fold()

    assert [entry["member"] for entry in made.entries()] == ["telegram:42"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([ASKS | {"then": "label"}], "write a rule of your own"),
        ([ASKS, ASKS | {"then": "mute"}], "needs `for`"),
        ([ASKS | {"for": "1d"}], "goes with label, mute or ban"),
        ([{"model": f"m{number}"} for number in range(6)], "at most 5 models"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(wrong: Sequence[Mapping[str, Any]], said: str) -> None:
    with pytest.raises(Misplaced, match=said) as refused:
        policy(classifiers=wrong)

    assert refused.value.at.startswith("$.spec.classifiers")


def test_a_text_that_is_not_published_yet_is_scored_too() -> None:
    by = models(model())
    by._take([model()])  # noqa: SLF001 - as a refresh would
    asked = VerdictRequest(community=PLACE, text=SPAM)

    found = answered(asked, policy(classifiers=[ASKS]), "acme", NOON, scoring(by, "acme", NOON))

    assert (found["verdict"], found["findings"][0]["rule"]) == ("flag", "classifier:chat.spam")


async def test_a_backtest_asks_the_models_of_the_time_or_the_newest_as_if_they_had_always_been_there() -> None:
    live, late = [version(stored({}))], FakeShelf([model(since=RECORDED + timedelta(days=1))])
    made = World(live)
    made.tell(content_created(text=SPAM))
    await made.fold()
    specs = {"default": stored({"classifiers": [ASKS]})}

    as_was = await tried(made, live, specs, candidate_models=models_of(late))
    newest = await tried(made, live, specs, candidate_models=models_of(NewestModels(late)))

    assert as_was.rules == ()
    assert rule(newest, "classifier:chat.spam").new == 1


class SlowFiles(ModelFiles):
    """Files that are read slowly, and note by whom."""

    def __init__(self) -> None:
        super().__init__("mongodb://nowhere.invalid", "moderation", 10 * len(small_file()))
        self.by: list[int] = []

    @override
    def _read(self, file: str) -> bytes:
        self.by.append(threading.get_ident())
        time.sleep(READING_S)
        return small_file()


class AheadShelf(FakeShelf):
    """Models whose files are read ahead, as those of the service are."""

    def __init__(self, names: Sequence[str]) -> None:
        self.files = SlowFiles()
        since, size = RECORDED - timedelta(days=1), len(small_file())
        self._stored = [
            Version(KIND, "acme", name, 1, since, {"file": name, "bytes": size, "status": "live"}) for name in names
        ]

    @override
    async def all(self, kind: str) -> Sequence[Version]:
        await read_ahead(self.files, self._stored, NOON)
        read = self.files.at_once
        return [replace(one, spec={"stored": Stored("v1", "live", partial(read, one.spec["file"]))}) for one in self._stored]


async def test_nothing_waits_while_models_are_read_that_a_policy_asks() -> None:
    names = [f"m{number}" for number in range(5)]
    made, shelf = world(*[ASKS | {"model": name} for name in names]), AheadShelf(names)
    made.models = PolicyBook(shelf, KIND, built, None, 60)
    made.tell(content_created(text=SPAM))

    async with longest_pause() as pauses:
        await made.fold()

    assert [finding.rule for finding in made.put_out()[0].data.findings] == [f"classifier:{name}.spam" for name in names]
    assert len(shelf.files.by) == len(names)
    assert threading.get_ident() not in shelf.files.by
    assert max(pauses) < READING_S, "other work went on meanwhile"


@asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Yield how long work beside had to wait for its turns, in seconds."""
    pauses: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0)
            pauses.append(time.perf_counter() - began)

    ticking = asyncio.create_task(tick())
    yield pauses
    ticking.cancel()
