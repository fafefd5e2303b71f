from itertools import islice
from pathlib import Path

import pytest

from deploy.native.errors import StackError
from deploy.native.ports import PORT_MAX, PORT_MIN, Ports, candidates


def ports(path: Path, taken: set[int] | None = None) -> Ports:
    return Ports(path, is_free=lambda port: port not in (taken or set()))


def test_a_port_once_chosen_is_kept_for_later_commands(tmp_path: Path) -> None:
    first = ports(tmp_path / "ports.json").get("kafka")

    again = ports(tmp_path / "ports.json", taken={first}).get("kafka")

    assert again == first


def test_two_names_get_two_ports(tmp_path: Path) -> None:
    chosen = ports(tmp_path / "ports.json")

    assert chosen.get("kafka") != chosen.get("redis")


def test_a_port_that_somebody_uses_is_passed_over(tmp_path: Path) -> None:
    wanted = next(candidates(str(tmp_path / "ports.json")))

    chosen = ports(tmp_path / "ports.json", taken={wanted}).get("kafka")

    assert chosen != wanted


def test_two_checkouts_look_in_different_places_first() -> None:
    assert set(islice(candidates("/one"), 10)).isdisjoint(islice(candidates("/two"), 10))


def test_every_port_of_the_range_is_tried_once() -> None:
    assert sorted(candidates("/one")) == list(range(PORT_MIN, PORT_MAX))


def test_a_full_machine_is_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="is free"):
        ports(tmp_path / "ports.json", taken=set(range(PORT_MIN, PORT_MAX))).get("kafka")


def test_looking_at_a_port_does_not_choose_it(tmp_path: Path) -> None:
    assert ports(tmp_path / "ports.json").kept("kafka") is None
    assert not (tmp_path / "ports.json").exists()
