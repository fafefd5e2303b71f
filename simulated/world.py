"""What all simulated platforms are: something that answers requests, changes, and can be looked at."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from shared.clock import Clock, SystemClock
from simulated.effects import Effects
from simulated.faults import Faults
from simulated.limits import Windows

Json = dict[str, Any]


class Request(NamedTuple):
    """A request that came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        """The body, where it is a JSON object; an empty one otherwise."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def form(self) -> dict[str, str]:
        """The body, where it is a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Reply(NamedTuple):
    """An answer."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}
    after_s: float = 0
    """How long it takes: for a request that waits for something to happen."""

    @property
    def raw(self) -> bytes:
        """The body as it is sent."""
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


@dataclass
class Ground:
    """What every world stands on."""

    faults: Faults = field(default_factory=Faults)
    effects: Effects = field(default_factory=Effects)
    windows: Windows = field(default_factory=Windows)
    clock: Clock = field(default_factory=SystemClock)
    asked: int = 0
    """Requests that came to the platform, whatever became of them."""
    stormed: int = 0
    """Requests that a storm refused."""

    def now(self) -> datetime:
        """Return what time it is there."""
        return self.clock.now()

    @staticmethod
    def now_s() -> float:
        """Return seconds for windows and storms."""
        return time.monotonic()


class World(Protocol):
    """One platform."""

    @property
    def ground(self) -> Ground:
        """What it stands on."""

    def place(self, request: Request) -> str:
        """Return the place that a request is for, by which it storms."""

    def answer(self, request: Request) -> Reply:
        """Do what is asked, and answer."""

    def stormy(self, wait_s: float) -> Reply:
        """Return the platform's answer to who asks too often."""

    def broken(self) -> Reply:
        """Return the platform's answer when it has failed itself."""

    def seed(self, what: Json) -> Json:
        """Let members write something; return its id."""
