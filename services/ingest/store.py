"""What the edge keeps: connections, for a moment; the way of a payload into Kafka; what was taken in before."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from services.ingest.batches import Batch
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Keys
from services.ingest.connectors.events import Events, together
from services.ingest.connectors.payload import Payload, Standing
from services.ingest.connectors.raw import Raw, to_record
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Directory
from shared.documents.directory import Connection, SecretRef
from shared.errors import Retryable, VecheError
from shared.secrets import Credentials
from shared.telemetry.traces import carried_on
from shared.topics import RAW

log = logging.getLogger(__name__)

REFRESH_S = 2.0
"""A changed connection works in its new form after this time at the latest."""

UNKNOWN_REFRESH_S = 0.2
"""One that is not known is looked up anew, but no more often than this: anybody can ask for any name."""


NO_STANDINGS: Mapping[str, Standing] = MappingProxyType({})
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection as the edge uses it."""

    name: str
    brand: str
    spec: Connection
    secrets: tuple[str, ...] = field(repr=False)
    token: str | None = field(default=None, repr=False)
    handshake: str | None = field(default=None, repr=False)
    standings: Mapping[str, Standing] = field(default_factory=lambda: NO_STANDINGS)
    """Whose the communities are that the brand lists as not its own, through whichever connection."""

    def standing(self, community: str | None) -> Standing | None:
        """Return whose a community is, where it is not the brand's own."""
        if community is not None and community in self.standings:
            return self.standings[community]
        if self.spec.purpose == "owned" or (community is not None and self.spec.purpose_of(community) is not None):
            return None
        return "unlisted"

    @property
    def home(self) -> str | None:
        """Return the community that the connection is for, where it lists one and no other."""
        listed = self.spec.communities
        return listed[0].id if len(listed) == 1 else None

    @property
    def keys(self) -> Keys:
        """What its connector verifies deliveries with."""
        return Keys(self.secrets, self.handshake, tuple(community.id for community in self.spec.communities))


class Connections:
    """All connections by name; read again when they are too old."""

    def __init__(self, directory: Directory, credentials: Credentials) -> None:
        self._directory, self._credentials = directory, credentials
        self._found: dict[str, Connected] = {}
        self._told: dict[str, tuple[str, ...]] = {}
        self._standings: Mapping[str, Mapping[str, Standing]] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def get(self, name: str) -> Connected | None:
        """Return the connection of that name. Raises Retryable where none were ever read."""
        known = name in self._found
        if self._age_s() > (REFRESH_S if known else UNKNOWN_REFRESH_S) and not (known and self._reading.locked()):
            await self._refresh(REFRESH_S if known else UNKNOWN_REFRESH_S)
        return self._found.get(name)

    def _age_s(self) -> float:
        return math.inf if self._read_at is None else time.monotonic() - self._read_at

    def problems(self, name: str) -> tuple[str, ...]:
        """Say what is wrong with the document of a connection or with its credentials, as it was read last."""
        return self._told.get(name, ())

    async def all(self) -> list[Connected]:
        """Return all connections."""
        await self.get("")
        return list(self._found.values())

    async def _refresh(self, limit_s: float) -> None:
        """Read all connections, unless somebody has while we waited for the turn."""
        async with self._reading:
            if self._age_s() <= limit_s:
                return
            try:
                brands = {d["name"] for d in await self._directory.all("Brand")}
                documents = await self._directory.all("Connection")
            except Retryable:
                if self._read_at is None:
                    raise
                return  # those of a moment ago go on working while the database is away
            built = {d["name"]: self._built(d["name"], d["brand"], d["spec"], brands) for d in documents}
            found = [connected for connected, _ in built.values() if connected is not None]
            self._standings = standings(found)
            self._found = {c.name: replace(c, standings=self.standings(c.brand)) for c in found}
            self._tell({name: problems for name, (_, problems) in built.items() if problems})
            self._read_at = time.monotonic()

    def standings(self, brand: str) -> Mapping[str, Standing]:
        """Return whose the communities are that a brand lists as not its own, as of the last reading."""
        return self._standings.get(brand, NO_STANDINGS)

    def _tell(self, problems: dict[str, tuple[str, ...]]) -> None:
        """Log what is wrong with connections, once for as long as it stays the same."""
        for name, sentences in problems.items():
            if self._told.get(name) != sentences:
                log.error("connection %s: %s", name, "; ".join(sentences))
        self._told = problems

    def _built(
        self, name: str, brand: str, document: object, brands: Collection[str]
    ) -> tuple[Connected | None, tuple[str, ...]]:
        """Return a connection and what is wrong with it. Whatever it is, the other connections go on."""
        try:
            spec = msgspec.convert(document, Connection)
            found = [self._resolved(ref, brand, brands) for ref in spec.secrets]
            token, problem = self._optional(spec.token, brand, brands)
            handshake, another = self._optional(spec.handshake, brand, brands)
        except msgspec.ValidationError as error:
            return None, (f"its stored document no longer fits, apply it again: {error}",)
        except Exception as error:  # noqa: BLE001 - one connection must not end those of other brands
            return None, (f"cannot be used, a bug: {type(error).__name__}",)
        # Without its secret a connection takes nothing: every delivery is refused with 401.
        usable = tuple(value for value, _ in found if value)
        odd = [CONNECTORS[spec.platform].odd(value) for value in usable]
        problems = (*(said for _, said in found), *odd, problem, another)
        known = handshake if spec.handshake is not None else None
        return Connected(name, brand, spec, usable, token or None, known), tuple(filter(None, problems))

    def _optional(self, ref: SecretRef | None, brand: str, brands: Collection[str]) -> tuple[str, str]:
        return ("", "") if ref is None else self._resolved(ref, brand, brands)

    def _resolved(self, ref: SecretRef, brand: str, brands: Collection[str]) -> tuple[str, str]:
        """Return a credential, or nothing and why."""
        try:
            return self._credentials.resolve(ref, brand, brands), ""
        except VecheError as error:
            return "", str(error)


def standings(connections: Iterable[Connected]) -> Mapping[str, Mapping[str, Standing]]:
    """Return by brand whose the communities are that are listed as not its own."""
    found: dict[str, dict[str, Standing]] = {}
    for connection in connections:
        for listed in connection.spec.communities:
            purpose = listed.purpose or connection.spec.purpose
            if purpose != "owned":
                found.setdefault(connection.brand, {})[listed.id] = purpose
    return found


class Piece(NamedTuple):
    """One payload of a platform, as its connector reads it."""

    body: bytes
    headers: Mapping[str, str] = NO_HEADERS
    """Those that the connector keeps."""


class Sender(NamedTuple):
    """Who sends events of the contract, and what the brand says of communities."""

    brand: str
    name: str
    standings: Mapping[str, Standing] = NO_STANDINGS


Took = Callable[[str, str, datetime, int, Collection[str]], None]
"""Counts: the brand, the connection, when, how many payloads, of which communities."""


class Intake:
    """Takes payloads in: stamps them, and returns when Kafka has them."""

    def __init__(self, publisher: Publisher, clock: Clock, took: Took = lambda *_: None) -> None:
        """`took` hears what was taken in through connections."""
        self._publisher, self._clock, self._took = publisher, clock, took

    def now(self) -> datetime:
        """Return the time by which deliveries are stamped."""
        return self._clock.now()

    @property
    def fill(self) -> float:
        """Return how much waits for Kafka, from 0 to 1."""
        return self._publisher.fill

    async def pieces(self, connection: Connected, pieces: Sequence[Piece]) -> None:
        """Take in deliveries of a platform, in their order, each of their parts as a record.

        Raises Retryable where Kafka did not acknowledge all of them: those that it has are known by their ids when they
        are delivered again. Raises Unprocessable where one is larger than any may be.
        """
        if pieces:
            carried, now = carried_on(), self._clock.now()
            raws = [raw for piece in pieces for raw in _raws(connection, piece, now)]
            await self._publisher.send_all(RAW.name, [to_record(raw, carried) for raw in raws])
            self._took(connection.brand, connection.name, now, len(raws), _public(raws))

    async def events(self, sender: Sender, batch: Batch, *, imported: bool, backfill_points: bool) -> None:
        """Take in canonical events, those of one community some together, in their order."""
        of = partial(
            Payload,
            body=b"",
            brand=sender.brand,
            connection=sender.name,
            recordedtime=batch.recordedtime,
            imported=imported,
            backfill_points=backfill_points,
        )
        of_each: dict[str | None, list[msgspec.Raw]] = {}
        for community, raw in zip(batch.communities, batch.raws, strict=True):
            of_each.setdefault(community, []).append(raw)
        carried, records = carried_on(), list[Outgoing]()
        for community, raws in of_each.items():
            whose = None if community is None else sender.standings.get(community)
            like = to_record(Raw(Events.platform, of(community=community, purpose=whose)), carried)
            records += [Outgoing(like.key, body, like.headers) for body in together(raws)]
        await self._publisher.send_all(RAW.name, records)


def _raws(connection: Connected, piece: Piece, now: datetime) -> Iterator[Raw]:
    connector = CONNECTORS[connection.spec.platform]
    for part in connector.parts(piece.body):
        community = connector.place(part, piece.headers)
        if community is not None and not connector.is_public(community):
            community = connection.home or community
        payload = Payload(
            body=part,
            brand=connection.brand,
            connection=connection.name,
            community=community,
            recordedtime=now,
            purpose=connection.standing(community),
            bot=connection.spec.bot,
            headers=piece.headers,
        )
        yield Raw(connector.platform, payload)


def _public(raws: Sequence[Raw]) -> set[str]:
    """Return the communities of payloads, without talks with one person."""
    places = {(raw.platform, raw.payload.community) for raw in raws}
    return {place for platform, place in places if place is not None and CONNECTORS[platform].is_public(place)}
