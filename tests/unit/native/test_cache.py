import hashlib
from pathlib import Path

import pytest

from deploy.native.cache import once, run, verify, verify_all
from deploy.native.errors import StackError


def write_one(folder: Path) -> None:
    (folder / "one").write_text("1")


def fail(folder: Path) -> None:
    (folder / "half").touch()
    raise StackError("no network")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_download_is_made_once(tmp_path: Path) -> None:
    first = once(tmp_path / "thing", write_one)

    again = once(tmp_path / "thing", fail)

    assert again == first
    assert (again / "one").read_text() == "1"


def test_a_download_that_failed_is_made_again(tmp_path: Path) -> None:
    with pytest.raises(StackError):
        once(tmp_path / "thing", fail)

    made = once(tmp_path / "thing", write_one)

    assert [path.name for path in made.iterdir()] == ["one"]


def test_a_file_other_than_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jar").write_text("altered")

    with pytest.raises(StackError, match="not what was pinned"):
        verify(tmp_path / "jar", digest("original"))


def test_a_folder_holds_exactly_the_pinned_files(tmp_path: Path) -> None:
    folder, sums = tmp_path / "jars", tmp_path / "jars.sha256"
    folder.mkdir()
    write_one(folder)
    sums.write_text(f"{digest('1')}  one\n")

    verify_all(folder, sums)

    (folder / "two").touch()
    with pytest.raises(StackError, match="two"):
        verify_all(folder, sums)


def test_a_failing_command_tells_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="disk is full"):
        run(["sh", "-c", "echo disk is full; exit 3"], tmp_path)
