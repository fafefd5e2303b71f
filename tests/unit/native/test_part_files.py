"""What the parts are told: addresses on loopback only, limits that fit a laptop."""

from pathlib import Path

import pytest
import yaml

from deploy.native.parts import CORE, METRICS, PARTS, collector, kafka, prometheus
from deploy.native.parts.part import Part, Room
from deploy.native.system import PROGRAMS

ANYWHERE = ("0.0.0.0", "[::]", "localhost")  # noqa: S104 - looked for, not bound


@pytest.fixture
def room(tmp_path: Path) -> Room:
    names = sorted({name for part in PARTS for name in part.ports})
    return Room(tmp_path, tmp_path / "cache", lambda name: 20_000 + names.index(name))


def test_topics_are_never_made_by_a_typing_error(room: Room) -> None:
    lines = kafka.properties(room).splitlines()

    assert "auto.create.topics.enable=false" in lines
    assert "offsets.topic.replication.factor=1" in lines


def test_the_broker_listens_on_loopback_only(room: Room) -> None:
    listeners = [line for line in kafka.properties(room).splitlines() if "listeners=" in line]

    assert listeners
    assert all(address.startswith("127.0.0.1:") for line in listeners for address in line.split("://")[1:])


def test_cluster_ids_are_as_the_broker_wants_them() -> None:
    ids = [kafka.new_cluster_id() for _ in range(500)]

    assert all(len(text) == 22 and not text.startswith("-") for text in ids)


def test_the_collector_takes_otlp_and_gives_to_the_trace_store(room: Room) -> None:
    told = yaml.safe_load(collector.configuration(room))

    assert told["service"]["pipelines"]["traces"] == {
        "receivers": ["otlp"],
        "processors": ["memory_limiter", "batch"],
        "exporters": ["zipkin"],
    }
    assert str(room.port("zipkin")) in told["exporters"]["zipkin"]["endpoint"]


def test_prometheus_watches_the_services_of_the_deployment() -> None:
    deployed = yaml.safe_load((prometheus.DEPLOYED / "prometheus.yml").read_text())
    targets = [group["targets"][0] for group in deployed["scrape_configs"][0]["static_configs"]]

    # Natively the gateway is started by who has a Discord: one that is not there is nothing to wake anybody for.
    watched = {**prometheus.SERVICE_PORTS, "gateway": 8085}
    assert targets == [f"{name}:{port}" for name, port in watched.items()]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_services_are_told_addresses_on_loopback(part: Part, room: Room) -> None:
    told = " ".join(part.settings(room).values())

    assert "127.0.0.1" in told
    assert not any(word in told for word in ANYWHERE)


def test_parts_ask_for_programs_that_can_be_installed() -> None:
    assert {name for part in PARTS for name in part.programs} <= PROGRAMS.keys()


def test_ports_of_different_parts_differ_in_name() -> None:
    names = [name for part in PARTS for name in part.ports]

    assert len(names) == len(set(names))


def test_groups_of_parts_name_parts() -> None:
    assert {*CORE, *METRICS} <= {part.name for part in PARTS}
