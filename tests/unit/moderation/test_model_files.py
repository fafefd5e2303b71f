"""Files of models: whoever asks at the same time has one of them read once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from typing_extensions import override

from services.moderation.learned.artifact import packed
from services.moderation.store.model_files import ModelFiles
from shared.errors import Retryable
from tests.unit.moderation.learned.classifiers import small

AT_ONCE = 8


class Store(ModelFiles):
    """Files that are read slowly."""

    def __init__(self) -> None:
        super().__init__("mongodb://nowhere.invalid", "moderation")
        self.read: list[str] = []
        self.is_away = False
        self.go_on = threading.Event()

    @override
    def _read(self, file: str) -> bytes:
        self.read.append(file)
        self.go_on.wait(timeout=0.2)
        if self.is_away:
            raise Retryable("MongoDB is away")
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
