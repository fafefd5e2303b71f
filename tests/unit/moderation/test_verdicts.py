"""What is answered of a text that is not published yet: as it would be decided, or what the site asked for otherwise."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.moderation import verdicts as module
from services.moderation.handlers.judge import KIND
from services.moderation.rules.judging import judge
from services.moderation.verdicts import Author, VerdictRequest, answered, verdicts
from shared.clock import SetClock
from shared.directory import Principal, Role, Scope
from shared.documents.classifiers import Classifier
from shared.documents.moderation import ModerationPolicy
from shared.documents.shape import whole
from shared.errors import Retryable, Unprocessable
from shared.http import problems
from shared.learned.model import Model
from shared.learned.stored import Stored
from shared.models.shelf import KIND as MODELS
from shared.models.shelf import built as built_model
from shared.policy import PolicyBook, Version
from tests.builders import PLACE, content_created
from tests.unit.moderation.cases import KNOWN, NOON, default_policy, policy
from tests.unit.moderation.learned.classifiers import small
from tests.unit.moderation.world import FakeShelf, book

SPAM = "Online casino, 200 free spins for everyone https://spin.example/x"
TOKEN = "key"
READER = frozenset({Scope.DECISIONS_READ})


class FakeDirectory:
    """Knows one token."""

    def __init__(self, principal: Principal) -> None:
        self._principal = principal

    async def principal(self, token: str) -> Principal | None:
        return self._principal if token == TOKEN else None


class Anywhere:
    """Every brand is there."""

    async def check(self, brand: str) -> None:
        del brand


class Away:
    """A shelf that cannot be read."""

    async def all(self, kind: str) -> Iterable[Version]:
        del kind
        raise Retryable("MongoDB is away")


class Slow:
    """A shelf that does not answer."""

    async def all(self, kind: str) -> Iterable[Version]:
        del kind
        await asyncio.Event().wait()
        return ()


class Site:
    """A brand's own site, and the route that it asks."""

    def __init__(
        self,
        policies: PolicyBook[Any] | None = None,
        communities: frozenset[str] | None = None,
        models: PolicyBook[Stored | None] | None = None,
    ) -> None:
        app = FastAPI()
        problems.install(app)
        app.state.directory = FakeDirectory(Principal("site", Role.KEY, "acme", READER, communities))
        app.state.brands = Anywhere()
        app.include_router(verdicts(policies or book(), SetClock(NOON), models))
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://moderation")

    async def ask(self, token: str = TOKEN, **asked: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        body = {"community": PLACE, "text": "good morning"} | asked
        headers = {"authorization": f"Bearer {token}"}
        return await self._http.post("/v1/verdicts", content=json.dumps(body), headers=headers)


async def test_a_text_is_judged_as_it_would_be_once_it_was_written() -> None:
    good, bad = await Site().ask(), await Site().ask(text=SPAM)

    assert good.json() == {"decided": True, "version": 0, "skipped": [], "verdict": "allow", "findings": []}
    assert (bad.status_code, bad.json()["verdict"]) == (200, "remove")
    assert bad.json()["reason"]["ru"] == "Похоже на спам или мошенничество."
    assert {finding["rule"] for finding in bad.json()["findings"]} >= {"phrases"}
    assert bad.json()["findings"][0]["spans"]


@given(st.sampled_from([SPAM, "good morning", "bit.ly/x", "ПРИВЕТ"]), st.integers(0, 30))
def test_a_verdict_finds_what_a_decision_would(text: str, messages: int) -> None:
    asked = VerdictRequest(community=PLACE, text=text, author=Author(id="telegram:42", messages=messages))

    found = answered(asked, default_policy(), "acme", NOON)

    member = replace(KNOWN, messages=messages)
    judgement = judge(content_created(text=text, kind=None, time=NOON), member, default_policy())
    assert [finding["rule"] for finding in found["findings"]] == [one.rule for one in judgement.findings]


def test_what_the_site_knows_of_the_author_counts() -> None:
    rules = [{"id": "new", "when": "author.joined_minutes >= 0 && author.joined_minutes < 60 && author.messages < 3"}]
    new = Author(id="portal:1", joined_minutes=5)
    known = Author(id="portal:2", joined_minutes=50_000, messages=7)

    verdict = [
        answered(VerdictRequest(community=PLACE, text="x", author=who), policy(rules=rules), "acme", NOON)["verdict"]
        for who in (new, known, None)
    ]

    assert verdict == ["flag", "allow", "allow"]


@pytest.mark.parametrize("otherwise", ["allow", "hold"])
async def test_where_the_policies_cannot_be_read_the_answer_is_the_one_that_was_asked_for(otherwise: str) -> None:
    away: PolicyBook[Any] = PolicyBook(Away(), "ModerationPolicy", lambda *_: None, None, 1.0)

    answer = await Site(away).ask(text=SPAM, otherwise=otherwise)

    assert (answer.status_code, answer.json()["decided"], answer.json()["verdict"]) == (200, False, otherwise)


async def test_who_waits_too_long_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEADLINE_S", 0.01)
    slow: PolicyBook[Any] = PolicyBook(Slow(), "ModerationPolicy", lambda *_: None, None, 1.0)

    assert (await Site(slow).ask()).json()["decided"] is False


async def test_who_may_not_ask_is_told_nothing() -> None:
    assert (await Site().ask(token="guess")).status_code == 401
    assert (await Site().ask(brand="another")).status_code == 403
    assert (await Site(communities=frozenset({"portal:other"})).ask()).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [{"text": 7}, {"community": ""}, {"otherwise": "remove"}, {"txt": "x"}, {"author": {"id": ""}}, {"text": "x" * 100_001}],
)
async def test_what_is_no_question_is_refused(wrong: dict[str, Any]) -> None:
    assert (await Site().ask(**wrong)).status_code == 422


async def test_a_body_above_the_limit_is_refused() -> None:
    assert (await Site().ask(text="x" * (module.BODY_BYTES_MAX + 1))).status_code == 413


def test_the_answer_is_json() -> None:
    assert msgspec.json.encode(answered(VerdictRequest(community=PLACE, text=SPAM), default_policy(), "acme", NOON))


async def test_a_model_that_has_to_be_read_first_is_not_waited_for_but_a_later_text_finds_it() -> None:
    reading, model = threading.Event(), small().model

    def read() -> Model:
        assert reading.wait(timeout=5)
        return model

    long_ago = NOON - timedelta(days=9)
    spec = whole(ModerationPolicy(classifiers=(Classifier(model="chat"),)))
    policies = book([Version(KIND, "acme", "default", 1, long_ago, spec)])
    version = Version(MODELS, "acme", "chat", 1, long_ago, {"stored": Stored("v1", "live", read)})
    site = Site(policies, models=PolicyBook(FakeShelf([version]), MODELS, built_model, None, 60))

    first = (await site.ask(otherwise="hold")).json()
    reading.set()
    second = (await site.ask(otherwise="hold")).json()

    assert (first["decided"], first["verdict"], first["why"]) == (False, "hold", "a model cannot be read in time")
    assert second["decided"]


async def test_where_the_file_of_a_model_is_lost_the_site_has_its_own_answer() -> None:
    def read() -> Model:
        raise Unprocessable("the file of a model cannot be read: NoFile")

    long_ago = NOON - timedelta(days=9)
    spec = whole(ModerationPolicy(classifiers=(Classifier(model="chat"),)))
    policies = book([Version(KIND, "acme", "default", 1, long_ago, spec)])
    version = Version(MODELS, "acme", "chat", 1, long_ago, {"stored": Stored("v1", "live", read)})
    site = Site(policies, models=PolicyBook(FakeShelf([version]), MODELS, built_model, None, 60))

    answer = await site.ask(otherwise="hold")

    assert (answer.status_code, answer.json()["decided"], answer.json()["verdict"]) == (200, False, "hold")
