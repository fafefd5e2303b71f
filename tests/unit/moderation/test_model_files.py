"""Files of models: whoever asks at the same time has one of them read once; what texts will be judged by is read ahead."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from services.moderation.rules.classifiers import named
from shared.errors import Retryable, Unprocessable
from shared.learned.artifact import packed
from shared.models.files import ModelFiles
from shared.models.shelf import KIND, read_ahead
from shared.policy import Version
from tests.unit.moderation.cases import NOON
from tests.unit.moderation.learned.classifiers import small, small_file

AT_ONCE = 8
SIZE = len(small_file())


class Store(ModelFiles):
    """Files that are read slowly."""

    def __init__(self, room: int = 100) -> None:
        super().__init__("mongodb://nowhere.invalid", "moderation", room * SIZE)
        self.read: list[str] = []
        self.is_away = False
        self.lost: str | None = None
        self.go_on = threading.Event()

    @override
    def _read(self, file: str) -> bytes:
        self.read.append(file)
        self.go_on.wait(timeout=0.2)
        if self.is_away:
            raise Retryable("MongoDB is away")
        if file == self.lost:
            raise Unprocessable("it is lost")
        return packed(*small())


def test_a_file_that_many_ask_for_at_once_is_read_once() -> None:
    files = Store()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(files.model, ["one"] * AT_ONCE))

    assert files.read == ["one"]
    assert all(model is found[0] for model in found)


def test_another_file_is_not_waited_for() -> None:
    files = Store()

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.submit(files.model, "one"), threads.submit(files.model, "other")
        files.go_on.set()
        assert one.result(timeout=5).labels == other.result(timeout=5).labels

    assert sorted(files.read) == ["one", "other"]


def test_a_file_that_could_not_be_read_is_read_when_it_is_asked_for_again() -> None:
    files = Store()
    files.is_away = True
    with pytest.raises(Retryable):
        files.model("one")
    files.is_away = False

    assert files.model("one").labels
    assert files.read == ["one", "one"]


def version(name: str, number: int = 1, minutes: int = 0, status: str = "live") -> Version:
    spec: dict[str, Any] = {"file": f"{name}{number}", "bytes": SIZE, "status": status}
    return Version(KIND, "acme", name, number, NOON + timedelta(minutes=minutes), spec)


async def test_what_is_in_force_and_what_soon_will_be_is_read_ahead() -> None:
    files = Store()
    files.go_on.set()
    chat = [version("chat", 1, -9), version("chat", 2, -5), version("chat", 3, 1)]

    await read_ahead(files, [*chat, version("off", status="off")], NOON)

    assert files.read == ["chat2", "chat3"]


async def test_what_is_asked_for_here_stays_and_others_are_read_as_long_as_there_is_room() -> None:
    files = Store(room=2)
    files.go_on.set()
    files.model("c1")

    for _ in range(2):
        await read_ahead(files, [version("a"), version("b"), version("c")], NOON)

    assert files.read == ["c1", "a1"]


async def test_a_lost_file_keeps_no_other_from_being_read_and_a_store_that_is_away_is_told() -> None:
    files = Store()
    files.go_on.set()
    files.lost = "a1"
    await read_ahead(files, [version("a"), version("b")], NOON)
    assert files.holds("b1")

    files.is_away = True
    with pytest.raises(Retryable):
        await read_ahead(files, [version("d")], NOON)


def test_a_text_that_has_to_wait_for_a_file_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    files = Store()
    files.go_on.set()

    files.at_once("one")
    files.at_once("one")

    assert [record.getMessage() for record in caplog.records] == [
        "one is read while texts wait: with more memory for models (VECHE_MODELS_MB of moderation) it may be at hand"
    ]


def test_models_are_named_by_what_policies_ask() -> None:
    spec = {"classifiers": [{"model": "chat"}, {"model": "chat", "label": "spam"}, {"model": "rude", "status": "off"}]}
    policies = [Version("ModerationPolicy", brand, "default", 1, NOON, told) for brand, told in (("acme", spec), ("b", {}))]

    assert named(policies) == {("acme", "chat")}
