"""A classifier from the upload to decisions, and from decisions to the next classifier, on the real parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.moderation import app as moderation
from services.moderation.cases.states import url_key
from shared.clock import SystemClock
from shared.directory import Scope
from shared.errors import Unprocessable
from shared.learned.artifact import packed, unpacked
from shared.learned.model import Model
from shared.learned.stored import Stored
from shared.models.files import ModelFiles
from shared.models.shelf import KIND, Models, Named, built
from shared.policy import PolicyBook
from shared.runtime import Service
from tests.builders import PLACE, content_created
from tests.component.moderation.test_classifiers import ASKS, SPAM
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.integration.test_backtest import document, settings, started
from tests.integration.test_bad_input import veche
from tests.parts import Addresses, StackFactory
from tests.unit.moderation.learned.classifiers import small_file, texts, train

SCOPES = (Scope.POLICIES_READ, Scope.POLICIES_WRITE, Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
DECIDED = 25
"""Texts of either label: so many a classifier needs."""


async def decisions(client: httpx.AsyncClient, *, shadow: bool = False) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"limit": 200} | ({"shadow": True} if shadow else {})
    return list((await client.get("/v1/decisions", params=asked)).json())


async def put(client: httpx.AsyncClient, path: str, content: bytes | None = None) -> datetime:
    """Put a model or a status; return from when on it is in force."""
    answer = await client.put(path, content=content)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["effective"])


@pytest.mark.timeout(200)
async def test_a_model_is_noted_in_shadow_decides_when_live_and_the_next_is_learnt_from_what_people_decided(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    parts = started(own_stack)
    service = moderation.create_app(settings(parts))
    async with running(service, folds=True) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        at = await put(client, "/v1/models/chat", small_file())
        spec = {"classifiers": [ASKS], "phrases": {"status": "off"}, "copies": {"status": "off"}}
        policy = await client.put("/v1/documents", json=document(spec))
        at = max(at, datetime.fromisoformat(policy.json()["effective"])) + timedelta(milliseconds=10)

        await publish(parts.kafka, content_created(text=SPAM, content_id="tried", recordedtime=at))
        (noted,) = await eventually(lambda: decisions(client, shadow=True), bool)
        assert await decisions(client) == []
        at = await put(client, "/v1/models/chat/status/live") + timedelta(milliseconds=10)
        await tell(parts, at)
        found = await eventually(lambda: decisions(client), lambda found: len(found) >= DECIDED * 2)
        await judged_by_people(service, client, found)
        out = tmp_path / "learnt.model"
        said = await veche(parts, "moderation", "train", "--from-decisions", "--brand", "acme", "--out", str(out))

    assert noted["rules"] == ["classifier:chat.spam"]
    first = found[0]["findings"][0]
    assert (first["rule"], first["facts"]["version"]) == ("classifier:chat.spam", unpacked(small_file()).version)
    card = unpacked(out.read_bytes()).card
    assert card.data.labels == {"allowed": DECIDED, "removed": DECIDED}
    assert f"{DECIDED * 2} contents decided" in (card.data.source or "")
    assert "macro F1" in said


async def tell(parts: Addresses, at: datetime) -> None:
    """Tell many texts that the model takes for spam, of two kinds that people tell apart."""
    spam = [text for text, label in texts(seed=2, each=DECIDED * 2) if label == "spam"]
    told = [
        content_created(
            text=f"{SPAM} {text}", content_id=f"c{n}", actor=f"telegram:{n}", recordedtime=at + timedelta(milliseconds=n)
        )
        for n, text in enumerate(spam)
    ]
    await publish(parts.kafka, *told)


async def judged_by_people(service: Service, client: httpx.AsyncClient, found: Sequence[dict[str, Any]]) -> None:
    """Have a person remove every other content, and allow the others."""
    for decision in found:
        ruling = "remove" if int(decision["content"][1:]) % 2 else "allow"
        case = f"/v1/cases/{url_key('acme', PLACE, decision['content'])}"
        await eventually(partial(client.get, case), lambda answer: answer.status_code == 200)
        answer = await client.post(f"{case}/decision", json={"ruling": ruling})
        assert answer.status_code in {200, 202}, answer.text
    entries = service.client.get_database(service.database)["cases.entries"]
    people = {"kind": "decision", "by": {"$exists": True}}
    await eventually(lambda: entries.count_documents(people), lambda count: count >= len(found))


async def test_whoever_names_a_model_is_told_what_is_missing_and_whoever_stores_one_that_none_asks_it(
    parts: Addresses,
) -> None:
    service = moderation.create_app(settings(parts))
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        early = await client.put("/v1/documents", json=document({"classifiers": [ASKS]}))
        asked = await client.put(f"/v1/models/{ASKS['model']}", content=small_file())
        unasked = await client.put("/v1/models/another", content=small_file())
        wrong = await client.put("/v1/documents", json=document({"classifiers": [ASKS | {"label": "removed"}]}))
        right = await client.put("/v1/documents", json=document({"classifiers": [ASKS]}))

    assert early.json()["warnings"] == ["there is no model chat yet: `veche moderation model apply FILE --name chat`"]
    assert wrong.json()["warnings"] == ["the model chat has no label removed; it has ham, rude, spam"]
    assert right.json()["warnings"] == []
    assert (asked.json()["asked"], unasked.json()["asked"]) == (True, False)


async def test_what_is_no_model_or_too_many_of_them_is_refused_and_other_brands_see_none(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service) as (client,):
        headers, other = await token(service, "acme", *SCOPES), await token(service, "other", *SCOPES)
        client.headers.update(headers)
        pickle = await client.put("/v1/models/chat", content=b"\x80\x04cos\nsystem\n.")
        named = await client.put("/v1/models/Chat", content=small_file())
        kept = await client.put("/v1/models/default", content=small_file())
        for number in range(10):
            await put(client, f"/v1/models/m{number}", small_file())
        eleventh = await client.put("/v1/models/more", content=small_file())
        again = await client.put("/v1/models/m1", content=small_file())

        assert [answer.status_code for answer in (pickle, named, kept, eleventh)] == [422] * 4
        assert "this is no file of a classifier" in pickle.text
        assert (again.json()["version"], again.json()["status"]) == (1, "shadow"), "the same again is no version"
        assert len((await client.get("/v1/models")).json()) == 10
        assert (await client.get("/v1/models", headers=other)).json() == []
        assert (await client.put("/v1/models/m1/status/live", headers=other)).status_code == 404
        reader = await token(service, "acme", Scope.POLICIES_READ)
        assert (await client.put("/v1/models/m1", headers=reader, content=small_file())).status_code == 403


@asynccontextmanager
async def files_of(
    service: Service, bytes_max: int = 210 << 20, named: Named | None = None
) -> AsyncIterator[tuple[Models, ModelFiles]]:
    """Yield the models of a service as another process has them, which holds none yet."""
    held = ModelFiles(service.settings.mongo, service.database, bytes_max)
    yield Models(service.client, service.database, SystemClock(), 0, held, named), held
    await held.close()


async def book_of(files: Models) -> PolicyBook[Stored | None]:
    book: PolicyBook[Stored | None] = PolicyBook(files, KIND, built, None, 0)
    await book.refresh()
    return book


def read(found: Stored | None) -> Model:
    assert found is not None
    assert found.read is not None
    return found.read()


async def test_a_model_is_read_from_the_store_as_of_a_moment_and_a_lost_file_is_told(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service), files_of(service) as (files, _):
        shadow = await files.put("acme", "chat", small_file(), "shadow", "vera")
        off = await files.turn("acme", "chat", "off", "vera")
        assert off is not None

        book = await book_of(files)
        before = book.at("acme", "chat", shadow.effective - timedelta(milliseconds=1))
        then, now = book.at("acme", "chat", shadow.effective), book.at("acme", "chat", off.effective)
        assert read(then).labels == unpacked(small_file()).model.labels
        for part in ("models.chunks", "models.files"):
            await service.client.get_database(service.database)[part].delete_many({})
            async with files_of(service) as (lost, _):
                with pytest.raises(Unprocessable, match="cannot be read"):
                    read((await book_of(lost)).at("acme", "chat", shadow.effective))

        assert before is None
        assert then is not None
        assert (then.version, then.status) == (unpacked(small_file()).version, "shadow")
        assert now is not None
        assert (now.status, now.read) == ("off", None)
        await files.put("acme", "chat", small_file(), "shadow", "vera")
        async with files_of(service) as (mended, _):
            assert read((await book_of(mended)).at("acme", "chat", shadow.effective)).labels, "what was cut off is whole"


def another() -> bytes:
    """Return the file of another classifier than the small one."""
    return packed(*train(texts(seed=7)))


async def test_only_what_is_asked_for_is_read_and_what_was_let_go_is_found_again_as_it_was(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service), files_of(service) as (uploading, _):
        first = await uploading.put("acme", "chat", small_file(), "live", "vera")
        second = await uploading.put("acme", "chat", another(), "live", "vera")
        other = await uploading.put("other", "chat", small_file(), "live", "oleg")
        async with files_of(service, bytes_max=len(small_file())) as (files, held):
            book = await book_of(files)
            assert not any(held.holds(one.spec["file"]) for one in (first, second, other)), "nobody has asked yet"
            seen = []
            for _ in range(2):
                for version in (first, second):
                    model = read(book.at("acme", "chat", version.effective))
                    seen.append((held.holds(first.spec["file"]), held.holds(second.spec["file"]), model.intercepts))

    assert [one[:2] for one in seen] == [(True, False), (False, True)] * 2
    assert seen[:2] == seen[2:], "the same model as before it was let go"
    assert seen[0][2] != seen[1][2]


async def acme_s() -> Sequence[tuple[str, str]]:
    return [("acme", "chat")]


async def test_a_model_that_policies_name_is_at_hand_before_anybody_asks_and_others_are_not(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service), files_of(service) as (uploading, _), files_of(service, named=acme_s) as (files, held):
        first = await uploading.put("acme", "chat", small_file(), "live", "vera")
        other = await uploading.put("other", "chat", another(), "live", "oleg")

        await files.all()

        assert held.holds(first.spec["file"])
        assert not held.holds(other.spec["file"])
