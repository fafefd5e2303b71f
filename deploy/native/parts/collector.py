"""The OpenTelemetry Collector, built from its Go modules: takes traces, passes them to Zipkin."""

import hashlib
import shutil
from pathlib import Path
from string import Template

from deploy.native.cache import once, run
from deploy.native.parts.part import Room, http_ok
from deploy.native.ports import HOST
from deploy.native.system import has_go

RECIPE = Path(__file__).parent.parent / "collector"
BUILDER = "go.opentelemetry.io/collector/cmd/builder@v0.159.0"


class CollectorPart:
    """One collector with the components that its recipe names."""

    name = "collector"
    programs = ()  # Go is optional: without it services send to Zipkin themselves
    ports = ("otlp-http", "otlp-grpc", "collector-health")
    patience_s = 20.0

    def fetch(self, cache: Path) -> None:
        """Build the collector."""
        collector(cache)

    def prepare(self, room: Room) -> None:
        """Write the configuration."""
        (room.folder / "config.yaml").write_text(configuration(room))

    def command(self, room: Room) -> list[str]:
        """Run with the configuration just written."""
        return [str(collector(room.cache)), "--config", str(room.folder / "config.yaml")]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether the health extension says so."""
        return http_ok(room.port("collector-health"), "/")

    def settings(self, room: Room) -> dict[str, str]:
        """Let services send to it by OTLP over HTTP."""
        return {
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{HOST}:{room.port('otlp-http')}",
        }


def configuration(room: Room) -> str:
    """Return the collector's configuration."""
    ports = {name: room.port(name) for name in (*CollectorPart.ports, "zipkin")}
    names = {name.replace("-", "_"): f"{HOST}:{port}" for name, port in ports.items()}
    return Template((RECIPE / "config.yaml").read_text()).substitute(names)


def can_have_collector(cache: Path) -> bool:
    """Answer whether the collector is built already, or could be."""
    return is_built(cache) or has_go()


def is_built(cache: Path) -> bool:
    """Answer whether the collector is built already."""
    return _home(cache).exists()


def collector(cache: Path) -> Path:
    """Return the collector's program, built on first use (a minute or two)."""
    return once(_home(cache), _build) / "otelcol"


def _home(cache: Path) -> Path:
    recipe = (RECIPE / "builder.yaml").read_bytes() + BUILDER.encode()
    return cache / f"collector-{hashlib.sha256(recipe).hexdigest()[:12]}"


def _build(folder: Path) -> None:
    shutil.copy(RECIPE / "builder.yaml", folder)
    run(["env", "CGO_ENABLED=0", "go", "run", BUILDER, "--config", "builder.yaml"], folder)
    shutil.move(folder / "build" / "otelcol", folder / "otelcol")
    shutil.rmtree(folder / "build")
