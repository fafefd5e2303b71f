from pathlib import Path

import pytest

from deploy.native.errors import StackError
from deploy.native.places import Places, PlaceSettings, find_places, project_root


def checkout(folder: Path) -> Path:
    (folder / "deploy" / "native").mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    return folder


def test_state_lies_in_the_checkout_wherever_in_it_a_command_runs(tmp_path: Path) -> None:
    root = checkout(tmp_path / "veche")

    places = find_places(root / "deploy" / "native", PlaceSettings(veche_state=None))

    assert places.state == root / ".veche"


def test_outside_of_a_checkout_a_person_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="VECHE_STATE"):
        project_root(tmp_path)


def test_state_can_be_put_elsewhere(tmp_path: Path) -> None:
    places = find_places(tmp_path, PlaceSettings(veche_state=tmp_path / "elsewhere"))

    assert places.state == tmp_path / "elsewhere"


def test_downloads_follow_the_cache_folder_of_the_person(tmp_path: Path) -> None:
    places = find_places(tmp_path, PlaceSettings(veche_state=tmp_path, xdg_cache_home=tmp_path / "cache"))

    assert places.cache == tmp_path / "cache" / "veche"


def test_deleting_state_spares_what_is_not_the_stack_s(tmp_path: Path) -> None:
    places = Places(state=tmp_path / "state", cache=tmp_path / "cache")
    for folder in (places.data("kafka"), places.state / "tests"):
        folder.mkdir(parents=True)
    places.env_file.touch()

    places.delete()

    assert [path.name for path in places.state.iterdir()] == ["tests"]
