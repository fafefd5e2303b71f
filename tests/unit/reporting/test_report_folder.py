"""The operator's folder of reports: files lie there whole or not at all, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.reporting.store.folder import LEFT_S, Folder
from shared.errors import Unprocessable


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


async def test_what_killed_processes_left_for_a_day_is_removed(tmp_path: Path) -> None:
    folder, place = Folder(tmp_path), tmp_path / "acme" / "weekly"
    place.mkdir(parents=True)
    ages = {".old.part": LEFT_S + 60, ".new.part": LEFT_S - 60, "kept.csv": LEFT_S * 30}
    for name, age_s in ages.items():
        (place / name).write_bytes(b"half")
        then = (place / name).stat().st_mtime - age_s
        os.utime(place / name, (then, then))

    await folder.put("acme", "weekly/a.csv", b"1")

    assert [file.name for file in files_in(tmp_path)] == [".new.part", "a.csv", "kept.csv"]


async def test_a_file_lies_in_its_brand_s_folder_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "linked").symlink_to(tmp_path)

    assert await folder.put("acme", "weekly/a.csv", b"1") == "acme/weekly/a.csv"
    assert await folder.put("acme", "weekly/a.csv", b"2") == "acme/weekly/a.csv"
    for brand, name in (("..", "weekly/a"), ("acme", "../weekly/a"), ("acme", "weekly/../../b/a"), ("acme", "linked/a")):
        with pytest.raises(Unprocessable):
            await folder.put(brand, name, b"")

    files = files_in(tmp_path)
    assert [(file.name, file.read_bytes(), file.stat().st_mode & 0o777) for file in files] == [("a.csv", b"2", 0o640)]
