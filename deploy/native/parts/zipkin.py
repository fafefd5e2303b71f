"""Zipkin: keeps the traces of this machine in memory, and shows them on a web page."""

from pathlib import Path

from deploy.native.cache import once, run, verify
from deploy.native.parts.part import Room, http_ok
from deploy.native.ports import HOST

JAR = "zipkin-server-3.5.1-exec.jar"
JAR_COORDINATES = "io.zipkin:zipkin-server:3.5.1:jar:exec"
JAR_SHA256 = "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d"
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
HEAP_MB_MAX = 200
SPANS_MAX = 50_000  # older ones are dropped; more does not fit into the heap


class ZipkinPart:
    """One Zipkin server without a store behind it."""

    name = "zipkin"
    programs = ("java", "mvn")
    ports = ("zipkin",)
    patience_s = 60.0

    def fetch(self, cache: Path) -> None:
        """Download the server."""
        jar(cache)

    def prepare(self, room: Room) -> None:
        """Need nothing."""

    def command(self, room: Room) -> list[str]:
        """Run on loopback only; the server reads `--name=value` as Spring settings."""
        port = room.port("zipkin")
        return [
            *("java", f"-Xmx{HEAP_MB_MAX}m", "-XX:+UseSerialGC", "-jar", str(jar(room.cache))),
            *(f"--server.port={port}", f"--zipkin.storage.mem.max-spans={SPANS_MAX}"),
            *(f"--armeria.ports[0].port={port}", f"--armeria.ports[0].ip={HOST}"),
            "--armeria.ports[0].protocols[0]=http",
        ]

    def is_healthy(self, room: Room) -> bool:
        """Answer whether the server says that it and its storage are well."""
        return http_ok(room.port("zipkin"), "/health")

    def settings(self, room: Room) -> dict[str, str]:
        """Let services send to it directly; where a collector runs, that one's settings win."""
        page = f"http://{HOST}:{room.port('zipkin')}"
        return {
            "OTEL_TRACES_EXPORTER": "zipkin_json",
            "OTEL_EXPORTER_ZIPKIN_ENDPOINT": f"{page}/api/v2/spans",
            "VECHE_TRACE_UI": f"{page}/zipkin/",
        }


def jar(cache: Path) -> Path:
    """Return the server's Java archive, downloaded on first use."""
    return once(cache / JAR.removesuffix(".jar"), lambda folder: _download(cache, folder)) / JAR


def _download(cache: Path, folder: Path) -> None:
    places = [f"-Dmaven.repo.local={cache / 'maven'}", f"-DoutputDirectory={folder}"]
    run(["mvn", "-B", "-q", "-C", MAVEN_COPY, f"-Dartifact={JAR_COORDINATES}", *places], folder)
    verify(folder / JAR, JAR_SHA256)
