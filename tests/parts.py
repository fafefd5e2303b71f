"""Broker, store and cache for tests: processes of this machine, or containers.

They start when the first test asks for them and are gone after the run, unless VECHE_TEST_KEEP=1
keeps them for the next one. Tests share them, so each makes up its own names of topics and databases.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from deploy.native.places import Places, PlaceSettings, cache_of
from deploy.native.stack import Stack

ROOT = Path(__file__).parent.parent
STATE = ROOT / ".veche" / "tests"


class Source(StrEnum):
    """Where the parts come from."""

    NATIVE = "native"
    CONTAINERS = "containers"


class PartsSettings(BaseSettings):
    """The environment variables that steer the parts of tests."""

    veche_test_parts: Source = Source.NATIVE
    veche_test_keep: bool = False


@dataclass(frozen=True)
class Addresses:
    """How to reach the parts: what VECHE_KAFKA, VECHE_MONGO and VECHE_REDIS would hold."""

    kafka: str
    mongo: str
    redis: str


StackFactory = Callable[[], Stack]


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The shared broker, store and cache."""
    settings = PartsSettings()
    folder = tmp_path_factory.mktemp("containers")
    source = containers(folder) if settings.veche_test_parts is Source.CONTAINERS else native(settings)
    with source as found:
        yield Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[StackFactory]:
    """Makes stacks of the test's own, with own ports, for tests that kill parts."""
    with ExitStack() as ending:

        def make() -> Stack:
            stack = Stack(places_at(tmp_path / f"stack-{len(made)}"))
            made.append(stack)
            ending.callback(stack.stop, hard=True)
            return stack

        made: list[Stack] = []
        yield make


def places_at(state: Path) -> Places:
    """Return places with the state folder given, and the downloads that all stacks share."""
    return Places(state=state, cache=cache_of(PlaceSettings()))


@contextmanager
def native(settings: PartsSettings) -> Iterator[dict[str, str]]:
    """Run the parts as processes; those that an earlier run kept are used as they are."""
    stack = Stack(places_at(STATE))
    try:
        stack.start()
        yield stack.settings()
    finally:
        if not settings.veche_test_keep:
            stack.reset()


@contextmanager
def containers(folder: Path) -> Iterator[dict[str, str]]:
    """Run the parts from their official images."""
    from tests.containers import running  # noqa: PLC0415 - Docker's client is loaded only where it is used

    with running(folder) as found:
        yield found
