"""Through which connection a community is reached, and with what credential; read again every few seconds."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from services.delivery.platforms.platform import Kind
from shared.directory import Directory
from shared.documents.directory import Connection
from shared.errors import Retryable, VecheError
from shared.secrets import Credentials

log = logging.getLogger(__name__)

REFRESH_S = 2.0
"""A changed connection works in its new form after this time at the latest."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A connection as delivery uses it."""

    name: str
    brand: str
    spec: Connection
    token: str | None = field(default=None, repr=False)
    problem: str | None = None
    """Why there is no token though one is named."""


class Unreached(VecheError):
    """No connection of the brand carries acts out there; the text says why, for a person."""


class Connections:
    """All connections that may carry acts out."""

    def __init__(self, directory: Directory, credentials: Credentials) -> None:
        self._directory, self._credentials = directory, credentials
        self._found: dict[str, Reached] = {}
        self._of: dict[tuple[str, str], list[Reached]] = {}
        """By brand and platform."""
        self._read_at: float | None = None

    async def refresh(self) -> None:
        """Read them again where they were read too long ago. Raises Retryable where none were ever read."""
        if self._read_at is not None and time.monotonic() - self._read_at < REFRESH_S:
            return
        try:
            brands = {document["name"] for document in await self._directory.all("Brand")}
            documents = await self._directory.all("Connection")
        except Retryable:
            if self._read_at is None:
                raise
            return
        built = [self._built(document["name"], document["brand"], document["spec"], brands) for document in documents]
        self._take([one for one in built if one is not None])
        self._read_at = time.monotonic()

    def _take(self, found: Sequence[Reached]) -> None:
        self._found, self._of = {one.name: one for one in found}, {}
        for one in found:
            self._of.setdefault((one.brand, one.spec.platform), []).append(one)

    def _built(self, name: str, brand: str, document: object, brands: Collection[str]) -> Reached | None:
        try:
            spec = msgspec.convert(document, Connection)
        except msgspec.ValidationError as error:
            log.error("connection %s: its stored document no longer fits, apply it again: %s", name, error)  # noqa: TRY400
            return None
        if spec.token is None:
            return Reached(name, brand, spec)
        try:
            return Reached(name, brand, spec, self._credentials.resolve(spec.token, brand, brands))
        except VecheError as error:
            return Reached(name, brand, spec, problem=str(error))

    def all(self) -> Mapping[str, Reached]:
        """Return the connections by name."""
        return self._found

    def through(self, brand: str, community: str, source: str, kind: Kind) -> Reached:
        """Return through which connection an act goes: that which told of its cause, else one that lists the community.

        Raises Unreached where there is none, or where the community is not the brand's own.
        """
        platform = community.partition(":")[0]
        some = self._of.get((brand, platform), [])
        if any(one.spec.purpose_of(community) not in {None, "owned"} for one in some):
            raise Unreached(f"{community} is not listed as the brand's own")
        able = [one for one in some if one.spec.acts != "off" and one.spec.token is not None and _may_reach(one, community)]
        if not able:
            raise Unreached(_why(some, platform))
        able = [one for one in able if one.spec.carries is None or kind in one.spec.carries]
        if not able:
            raise Unreached(f"none of the brand's connections to {platform} carries such an act out: see its `carries`")
        named = source.partition("/")[2]
        return min(able, key=lambda one: (one.name != named, one.spec.purpose_of(community) is None, one.name))

    def beside(self, brand: str, community: str) -> Sequence[str]:
        """Return the brand's other own communities on the same platform, as its connections list them."""
        some = self._of.get((brand, community.partition(":")[0]), [])
        own = {
            listed.id for one in some for listed in one.spec.communities if (listed.purpose or one.spec.purpose) == "owned"
        }
        return sorted(own - {community})


def _may_reach(one: Reached, community: str) -> bool:
    """Say whether a connection may be used there: of others than owned ones only what it lists, and of forums, too.

    A forum's id is its address, and the key of one forum must not be sent to another.
    """
    if one.spec.purpose == "owned" and one.spec.platform != "discourse":
        return True
    return one.spec.purpose_of(community) == "owned"


def _why(some: Sequence[Reached], platform: str) -> str:
    if not some:
        return f"the brand has no connection to {platform}"
    if all(one.spec.acts == "off" for one in some):
        return f"the brand's connections to {platform} carry nothing out: set acts to dry_run or live"
    if all(one.spec.token is None for one in some):
        return f"the brand's connections to {platform} name no token: add one, see docs/delivery.md"
    return f"none of the brand's connections to {platform} lists this community"
