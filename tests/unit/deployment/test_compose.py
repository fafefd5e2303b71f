"""Facts about docker-compose.yml that keep an installation safe."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.native.parts.prometheus import SERVICE_PORTS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)["services"]
VARIABLES = dict(line.split("=", 1) for line in (ROOT / ".env").read_text().splitlines() if not line.startswith("#"))
OURS = ["topics", *SERVICE_PORTS]
Service = dict[str, Any]


def image_of(service: Service) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: VARIABLES[match[1]], service["image"])


def test_every_variable_is_set() -> None:
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) <= VARIABLES.keys()


@pytest.mark.parametrize("name", COMPOSE)
def test_images_are_pinned(name: str) -> None:
    _, _, tag = image_of(COMPOSE[name]).partition(":")

    assert re.match(r"v?\d+\.\d+", tag)


@pytest.mark.parametrize("name", COMPOSE)
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE[name].get("ports", []))


@pytest.mark.parametrize("name", COMPOSE)
def test_nothing_gains_privileges_or_takes_all_memory(name: str) -> None:
    service = COMPOSE[name]

    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert not service.get("privileged")
    assert "network_mode" not in service


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_do_nothing_but_their_work(name: str) -> None:
    service = COMPOSE[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["user"] == "10001:10001"
    assert service["tmpfs"]
    assert all(volume.endswith(":ro") for volume in service.get("volumes", []))


def test_ingest_its_gateway_and_delivery_alone_are_given_credentials() -> None:
    given = [
        name
        for name, service in COMPOSE.items()
        if "env_file" in service or "VECHE_SECRETS" in service.get("environment", {})
    ]

    assert given == ["ingest", "gateway", "delivery"]
    for name in given:
        service = COMPOSE[name]
        assert service["env_file"] == [{"path": "secrets.env", "required": False}]
        assert service["volumes"] == [f"./deploy/secrets:{service['environment']['VECHE_SECRETS']}:ro"]


def test_services_with_pages_alone_are_told_what_these_need_and_the_file_holds_no_secret() -> None:
    pages = {"VECHE_PAGES_URL", "VECHE_PROXIES"}
    own = {"moderation": {"VECHE_APPEAL_SECRET"}, "engagement": {"VECHE_MEMBER_SECRET", "VECHE_DRAW_KEY"}, "delivery": set()}
    own |= {"reporting": set()}
    names = pages.union(*own.values())
    told = {name: service.get("environment", {}).keys() & names for name, service in COMPOSE.items()}

    assert {name: found for name, found in told.items() if found} == {name: pages | more for name, more in own.items()}
    for service, found in told.items():
        assert {name: COMPOSE[service]["environment"][name] for name in found} == dict.fromkeys(found)
    assert COMPOSE["moderation"]["environment"]["VECHE_KAFKA"], "what all services are told stays"
    assert not names & VARIABLES.keys(), "git keeps .env"


@pytest.mark.parametrize(("name", "port"), SERVICE_PORTS.items())
def test_a_service_is_reached_where_prometheus_and_people_look_for_it(name: str, port: int) -> None:
    service = COMPOSE[name]

    assert service["command"] == [name, "serve"]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert service["environment"][f"VECHE_{name.upper()}_URL"] == f"http://{name}:{port}"
    assert service["healthcheck"]["test"] == ["CMD", "ready", str(port)]


@pytest.mark.parametrize("name", SERVICE_PORTS)
def test_services_start_when_topics_are_declared(name: str) -> None:
    assert COMPOSE[name]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", ["kafka", "mongo", "redis"])
def test_services_wait_until_the_parts_are_well(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"]
    assert all(COMPOSE[service]["depends_on"][name]["condition"] == "service_healthy" for service in SERVICE_PORTS)


def test_topics_are_declared_not_made_by_typing_errors() -> None:
    assert COMPOSE["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_files_that_are_mounted_exist() -> None:
    mounts = [volume for service in COMPOSE.values() for volume in service.get("volumes", [])]
    sources = [volume.partition(":")[0] for volume in mounts if volume.startswith("./")]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
