"""How a demo begins: with an export that can be imported, and alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.__main__ import FORMATS, alone, format_of
from demo.processes import DemoError


@pytest.mark.parametrize(("format_", "file"), FORMATS.items())
def test_an_export_is_known_by_its_file(tmp_path: Path, format_: str, file: str) -> None:
    (tmp_path / file).touch()

    assert format_of(tmp_path) == format_


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_is_no_export_is_refused_before_anything_starts(tmp_path: Path, there: bool) -> None:  # noqa: FBT001
    with pytest.raises(DemoError, match="slack"):
        format_of(tmp_path if there else tmp_path / "nowhere")


def test_a_second_demo_does_not_begin_beside_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.__main__.STATE", tmp_path / "demo")

    with alone(), pytest.raises(DemoError, match="running already"), alone():
        pass
    with alone():
        assert (tmp_path / "demo").is_dir()
