"""Prometheus from the operating system, with the rules and targets of the deployment."""

from pathlib import Path

import yaml

from deploy.native.parts.part import Room, http_ok
from deploy.native.ports import HOST

DEPLOYED = Path(__file__).parents[2] / "prometheus"
SERVICE_PORTS = {"ingest": 8081, "moderation": 8082, "engagement": 8083, "reporting": 8084, "delivery": 8086}


class PrometheusPart:
    """One Prometheus that keeps a day of metrics."""

    name = "prometheus"
    programs = ("prometheus",)
    ports = ("prometheus",)
    patience_s = 20.0

    def fetch(self, cache: Path) -> None:
        """Need nothing."""

    def prepare(self, room: Room) -> None:
        """Write the configuration."""
        (room.folder / "prometheus.yml").write_text(yaml.safe_dump(configuration(room), sort_keys=False))

    def command(self, room: Room) -> list[str]:
        """Run on loopback."""
        return [
            *("prometheus", f"--config.file={room.folder / 'prometheus.yml'}"),
            *(f"--storage.tsdb.path={room.folder / 'tsdb'}", "--storage.tsdb.retention.time=1d"),
            f"--web.listen-address={HOST}:{room.port('prometheus')}",
        ]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether it answers queries."""
        return http_ok(room.port("prometheus"), "/-/ready")

    def settings(self, room: Room) -> dict[str, str]:
        """Name its page, for people."""
        return {"VECHE_METRICS_UI": f"http://{HOST}:{room.port('prometheus')}"}


def configuration(room: Room) -> dict[str, object]:
    """Return the deployment's configuration, with addresses of this machine."""
    deployed = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text())
    services = [_service(name, port) for name, port in SERVICE_PORTS.items()]
    return {
        "global": deployed["global"],
        "rule_files": [str(DEPLOYED / "rules" / "*.yml")],
        "alerting": {"alertmanagers": [_targets(room.port("alertmanager"))]},
        "scrape_configs": [{"job_name": "veche", "static_configs": services}],
    }


def _targets(port: int) -> dict[str, object]:
    return {"static_configs": [{"targets": [f"{HOST}:{port}"]}]}


def _service(name: str, port: int) -> dict[str, object]:
    return {"targets": [f"{HOST}:{port}"], "labels": {"service": name}}
