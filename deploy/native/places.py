"""Where the stack keeps its things: state inside the checkout, downloads outside of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings

from deploy.native.errors import StackError

STATE_DIR = ".veche"
CACHE_DIR = "veche"


class PlaceSettings(BaseSettings):
    """The two environment variables that move these places."""

    veche_state: Path | None = None
    xdg_cache_home: Path | None = None


@dataclass(frozen=True)
class Places:
    """The folder of one stack's state, and the folder of downloads that all stacks of a person share."""

    state: Path
    cache: Path

    @property
    def env_file(self) -> Path:
        """The file that services read their addresses from."""
        return self.state / "stack.env"

    @property
    def ports_file(self) -> Path:
        """The file that keeps the ports once chosen."""
        return self.state / "ports.json"

    def delete(self) -> None:
        """Delete what stacks keep; whatever else lies in the folder of state is left."""
        for name in ("data", "log", "run"):
            shutil.rmtree(self.state / name, ignore_errors=True)
        self.ports_file.unlink(missing_ok=True)
        self.env_file.unlink(missing_ok=True)

    def log(self, part: str) -> Path:
        """Return the log file of a part."""
        return self.state / "log" / f"{part}.log"

    def pid_file(self, part: str) -> Path:
        """Return the file that remembers the running process of a part."""
        return self.state / "run" / f"{part}.json"

    def data(self, part: str) -> Path:
        """Return the folder that a part keeps its data and configuration in."""
        return self.state / "data" / part


def project_root(start: Path) -> Path:
    """Return the checkout of Veche that a folder lies in.

    Raises StackError outside of a checkout.
    """
    for folder in (start, *start.parents):
        if (folder / "deploy" / "native").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise StackError(f"{start} is not inside a checkout of Veche: change into one, or set VECHE_STATE")


def find_places(start: Path, settings: PlaceSettings) -> Places:
    """Return the places for a command that runs in the folder `start`."""
    state = settings.veche_state or project_root(start.resolve()) / STATE_DIR
    return Places(state=state.resolve(), cache=cache_of(settings))


def cache_of(settings: PlaceSettings) -> Path:
    """Return the folder of downloads, outside of any checkout."""
    return (settings.xdg_cache_home or Path.home() / ".cache") / CACHE_DIR
