"""Alertmanager from the operating system: shows alerts, sends them to nobody by itself."""

from pathlib import Path

from deploy.native.parts.part import Room, http_ok
from deploy.native.ports import HOST

CONFIG = Path(__file__).parents[2] / "prometheus" / "alertmanager.yml"


class AlertmanagerPart:
    """One Alertmanager outside of any cluster."""

    name = "alertmanager"
    programs = ("prometheus-alertmanager",)
    ports = ("alertmanager",)
    patience_s = 20.0

    def fetch(self, cache: Path) -> None:
        """Need nothing."""

    def prepare(self, room: Room) -> None:
        """Need nothing: the deployment's configuration names no address."""

    def command(self, room: Room) -> list[str]:
        """Run on loopback, without the gossip port that a cluster would need."""
        return [
            *("prometheus-alertmanager", f"--config.file={CONFIG}", f"--storage.path={room.folder / 'data'}"),
            *(f"--web.listen-address={HOST}:{room.port('alertmanager')}", "--cluster.listen-address="),
        ]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether it takes alerts."""
        return http_ok(room.port("alertmanager"), "/-/ready")

    def settings(self, room: Room) -> dict[str, str]:
        """Name its page, for people."""
        return {"VECHE_ALERTS_UI": f"http://{HOST}:{room.port('alertmanager')}"}
