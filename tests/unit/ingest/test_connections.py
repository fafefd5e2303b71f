"""One connection that cannot be used is told of and left out; all others go on."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from services.ingest.sources.poller import Poller
from services.ingest.store import Connections
from shared.secrets import Credentials


class FakeDirectory:
    """Documents as they are stored."""

    def __init__(self, *documents: dict[str, Any]) -> None:
        self.documents = list(documents)

    async def all(self, kind: str, brand: str | None = None) -> list[dict[str, Any]]:
        return [d for d in self.documents if d["kind"] == kind and brand in {None, d["brand"]}]


def stored(name: str, brand: str = "acme", **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"kind": "Connection", "name": name, "brand": brand, "spec": {"platform": "telegram"} | spec}


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("ACME_SECRET", "open-sesame")
    return stored("good", secrets=[{"env": "ACME_SECRET"}])


def connections(*documents: dict[str, Any], folder: Path | None = None) -> Connections:
    brands = [{"kind": "Brand", "name": d["brand"], "brand": d["brand"]} for d in documents]
    return Connections(FakeDirectory(*brands, *documents), Credentials(folder))  # type: ignore[arg-type] # what is asked of a directory here


async def test_a_secret_file_that_is_no_text_leaves_only_its_connection_without_secrets(
    good: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "binary").write_bytes(b"\xff\xfe\x00")
    found = connections(stored("bad", "other", secrets=[{"file": "binary"}]), good, folder=tmp_path)

    bad, sound = await found.get("bad"), await found.get("good")

    assert bad is not None
    assert bad.secrets == ()
    assert sound is not None
    assert sound.secrets == ("open-sesame",)


async def test_a_stored_document_that_no_longer_fits_is_left_out_and_told_once(
    good: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="services")
    found = connections(stored("old", "other", gone="field"), good)

    names = [connection.name for connection in await found.all()]
    await asyncio.sleep(0.25)
    await found.get("unheard-of")

    assert names == ["good"]
    (told,) = [record.getMessage() for record in caplog.records]
    assert "old" in told
    assert "apply it again" in told
    assert "open-sesame" not in told


async def test_what_was_stored_with_a_reference_of_another_brand_is_checked_again(
    good: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    thief = stored("thief", "other", mode="poll", secrets=[{"env": "ACME_SECRET"}], token={"env": "ACME_SECRET"})

    found = await connections(thief, good).get("thief")

    assert found is not None
    assert (found.secrets, found.token) == ((), None)
    assert "begin with OTHER_" in caplog.text
    assert "open-sesame" not in caplog.text + repr(found)


async def test_a_handshake_that_cannot_be_read_fits_nothing_and_one_that_is_not_declared_is_not_asked_for(
    good: dict[str, Any], tmp_path: Path
) -> None:
    found = connections(stored("broken", handshake={"file": "gone"}), good, folder=tmp_path)

    broken, sound = await found.get("broken"), await found.get("good")

    assert broken is not None
    assert broken.keys.handshake == ""
    assert sound is not None
    assert sound.keys.handshake is None


async def test_a_connector_is_told_which_communities_are_listed(good: dict[str, Any]) -> None:
    good["spec"]["communities"] = [{"id": "telegram:1"}, {"id": "telegram:2", "title": "Two"}]

    found = await connections(good).get("good")

    assert found is not None
    assert found.keys.communities == ("telegram:1", "telegram:2")


async def test_no_connection_ends_the_pollers() -> None:
    poller = Poller(connections(stored("old", gone="field")), None, None, {})  # type: ignore[arg-type] # never reached

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(poller.run(), 0.1)


async def test_a_secret_that_can_be_none_of_the_platform_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_KEY", "nothex")
    monkeypatch.setenv("ACME_RIGHT", "0f" * 32)
    odd = stored("odd", platform="discord", secrets=[{"env": "ACME_KEY"}])
    right = stored("right", platform="discord", secrets=[{"env": "ACME_RIGHT"}])
    found = connections(odd, right)

    await found.all()

    (problem,) = found.problems("odd")
    assert "64 hexadecimal digits" in problem
    assert "nothex" not in problem
    assert not found.problems("right")
