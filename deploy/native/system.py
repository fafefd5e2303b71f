"""Programs that the stack takes from the operating system, and how to get them.

Runs before the virtual environment exists (`python3 deploy/native/system.py java mvn`), so it
uses the standard library alone and imports nothing of Veche.
"""

import ctypes.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

JAVA_MIN = 17  # Kafka 4 brokers refuse older ones
GO_MIN = (1, 25)  # the go.mod that the collector's builder writes asks for it
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
VERSION_TIMEOUT_S = 20
INSTALL_TIMEOUT_S = 900


@dataclass(frozen=True)
class Program:
    """A program: how to see that it is there, and the Debian packages that bring it (first known wins)."""

    name: str
    found: Callable[[], bool]
    packages: tuple[str, ...]


def on_path(name: str) -> Callable[[], bool]:
    """Answer whether a command of this name is on the path."""
    return lambda: shutil.which(name) is not None


def says(command: Sequence[str]) -> str:
    """Return what a command prints about its version; empty where it cannot be run."""
    if shutil.which(command[0]) is None:
        return ""
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=VERSION_TIMEOUT_S)
    return told.stdout + told.stderr


def has_java() -> bool:
    """Answer whether a Java that can run the broker is on the path."""
    match = re.search(r'version "(\d+)', says(["java", "-version"]))
    return match is not None and int(match[1]) >= JAVA_MIN


def has_go() -> bool:
    """Answer whether a Go that can build the collector is on the path."""
    match = re.search(r"go(\d+)\.(\d+)", says(["go", "version"]))
    return match is not None and (int(match[1]), int(match[2])) >= GO_MIN


def has_venv() -> bool:
    """Answer whether this Python can make virtual environments with pip inside."""
    return not says([sys.executable, "-c", "import venv, ensurepip"])


def has_library(name: str) -> Callable[[], bool]:
    """Answer whether a library that programs load at run time is on this machine."""
    return lambda: ctypes.util.find_library(name) is not None


PROGRAMS = {
    program.name: program
    for program in (
        Program("java", has_java, ("openjdk-17-jre-headless", "openjdk-21-jre-headless")),
        Program("chromium", on_path("chromium"), ("chromium",)),  # pages are tested in it
        Program("mvn", on_path("mvn"), ("maven",)),
        Program("redis-server", on_path("redis-server"), ("redis-server",)),
        Program("pango", has_library("pangoft2-1.0"), ("libpangoft2-1.0-0",)),  # sets the text of reports in PDF
        Program("harfbuzz-subset", has_library("harfbuzz-subset"), ("libharfbuzz-subset0",)),
        Program("dejavu", DEJAVU.is_dir, ("fonts-dejavu-core",)),
        Program("venv", has_venv, ("python3-venv",)),
        Program("prometheus", on_path("prometheus"), ("prometheus",)),
        Program("promtool", on_path("promtool"), ("prometheus",)),
        Program("prometheus-alertmanager", on_path("prometheus-alertmanager"), ("prometheus-alertmanager",)),
    )
}


def missing(names: Iterable[str]) -> list[Program]:
    """Return those of the named programs that are not on this machine."""
    return [PROGRAMS[name] for name in names if not PROGRAMS[name].found()]


def package_of(program: Program) -> str:
    """Return the first of a program's packages that apt can install; the first where apt knows none."""
    return next(filter(is_known_to_apt, program.packages), program.packages[0])


def is_known_to_apt(package: str) -> bool:
    """Answer whether apt has a version of a package to install."""
    policy = says(["apt-cache", "policy", package])
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def ensure(names: Iterable[str]) -> str | None:
    """Install what is missing where we may; return None, or one line that says what a person must run."""
    absent = missing(names)
    if not absent:
        return None
    if is_root() and shutil.which("apt-get"):
        install(absent)
        absent = missing(program.name for program in absent)
    return advice(absent) if absent else None


def advice(absent: Sequence[Program]) -> str:
    """Return the one line that says what is missing and which command installs it."""
    names = ", ".join(program.name for program in absent)
    packages = " ".join(dict.fromkeys(package_of(program) for program in absent))
    return f"missing: {names}. Install with: sudo apt-get install {packages}"


def is_root() -> bool:
    """Answer whether this process runs as root, without asking for a package to do so."""
    return Path("/proc/self").exists() and Path("/proc/self").stat().st_uid == 0


def install(absent: Sequence[Program]) -> None:
    """Install programs with apt; RUNLEVEL=1 keeps Debian from starting their services."""
    _apt("update")
    _apt("install", "-y", "--no-install-recommends", *dict.fromkeys(map(package_of, absent)))


def _apt(*arguments: str) -> None:
    settings = ["env", "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run(
        [*settings, "apt-get", "-qq", *arguments],
        check=False,  # what is still missing afterwards is told by `ensure`
        stdout=subprocess.DEVNULL,
        timeout=INSTALL_TIMEOUT_S,
    )


if __name__ == "__main__":
    sys.exit(ensure(sys.argv[1:]))
