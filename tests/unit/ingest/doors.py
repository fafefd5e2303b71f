"""The webhooks' edge over fakes: what a platform hears, and what would be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from services.ingest.hooks import HOOKS, Hooks
from services.ingest.store import Connected, Intake
from shared.bus.record import Outgoing
from shared.clock import SetClock
from shared.documents.directory import Community, Connection
from shared.errors import Retryable
from shared.http.limits import Limits
from tests.unit.ingest.vk_callbacks import RECORDED

BODY_BYTES_MAX = 100_000


@dataclass
class FakePublisher:
    """Keeps what is sent together, together; or has no Kafka."""

    sent: list[list[Outgoing]] = field(default_factory=list)
    is_away: bool = False
    fill: float = 0.0

    async def send_all(self, topic: str, records: Sequence[Outgoing], partition: int | None = None) -> None:
        del topic, partition
        if self.is_away:
            raise Retryable("Kafka is away")
        self.sent.append(list(records))


class FakeConnections:
    """One connection, whatever its name."""

    def __init__(self, found: Connected) -> None:
        self._found = found

    async def get(self, name: str) -> Connected | None:
        return self._found if name == self._found.name else None


class Door:
    """The webhook `hook` of a connection of the brand acme."""

    def __init__(self, platform: str, secret: str, handshake: str | None = None, communities: Sequence[str] = ()) -> None:
        spec = Connection(platform=platform, communities=tuple(Community(id=id_) for id_ in communities))  # type: ignore[arg-type] # a test's own
        connected = Connected("hook", "acme", spec, (secret,), handshake=handshake)
        self.publisher = FakePublisher()
        intake = Intake(self.publisher, SetClock(RECORDED))  # type: ignore[arg-type] # a fake
        self.later_s, self.asked = 0, 0
        """What the rate limit says (0, or after how many seconds to come again), and how often it was asked."""
        hooks = Hooks(FakeConnections(connected), intake, Limits(BODY_BYTES_MAX, self._taken))  # type: ignore[arg-type] # a fake
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=hooks), base_url="http://ingest")

    async def _taken(self, key: str, cost: int) -> int:
        assert (key, cost) == ("hook/hook", 1)
        self.asked += 1
        return self.later_s

    async def post(self, body: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._http.post(f"{HOOKS}hook", content=body, headers=named)

    async def get(self, **query: str) -> httpx.Response:
        params = {name.replace("_", ".", 1): value for name, value in query.items()}
        return await self._http.get(f"{HOOKS}hook", params=params)

    @property
    def kept(self) -> list[Outgoing]:
        """All records, in order."""
        return [record for together in self.publisher.sent for record in together]
