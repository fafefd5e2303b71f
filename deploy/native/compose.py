"""Loads a Compose file with Compose's own loader, which names wrong keys and values.

Docker is not needed: the loader is a Go module, built on first use.
"""

import subprocess
import sys
from pathlib import Path

from deploy.native.cache import once, run
from deploy.native.places import PlaceSettings, cache_of
from deploy.native.system import GO_MIN, has_go

LOADER = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
LOAD_TIMEOUT_S = 60


def loader(cache: Path) -> Path:
    """Return the loader's program, built on first use."""
    return once(cache / f"compose-loader-{LOADER.rpartition('@')[2]}", _build) / "cmd"


def load(file: Path, cache: Path) -> str | None:
    """Load a Compose file; return what is wrong with it, None if nothing is.

    Variables stay as they are written: this program, unlike Docker, does not read `.env`.
    """
    command = [str(loader(cache)), "-no-interpolation", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LOAD_TIMEOUT_S)
    return (done.stderr or done.stdout).strip() if done.returncode or done.stderr else None


def main(arguments: list[str]) -> str | None:
    """Load the files named; return what is wrong with the first that does not load."""
    cache = cache_of(PlaceSettings())
    if not loader_can_be_had(cache):
        version = ".".join(map(str, GO_MIN))
        sys.stderr.write(f"not checked: {' '.join(arguments)}. Compose's loader needs Go {version} or newer\n")
        return None
    complaints = (f"{file}: {wrong}" for file in arguments if (wrong := load(Path(file), cache)))
    return next(complaints, None)


def loader_can_be_had(cache: Path) -> bool:
    """Answer whether the loader is built already, or could be."""
    return (cache / f"compose-loader-{LOADER.rpartition('@')[2]}").exists() or has_go()


def _build(folder: Path) -> None:
    run(["env", f"GOBIN={folder}", "CGO_ENABLED=0", "go", "install", LOADER], folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
