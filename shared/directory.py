"""Who is who: brands, connections, staff and keys, in the directory's own database.

Ingest's API is the only writer; every service reads it to check tokens. What people sign in with lies in the same database
and is kept by shared/staff. Tokens are shown once and stored as SHA-256 digests: they hold 256 random bits, so no slow hash
is needed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.errors import Unprocessable
from shared.fold.mongo import MAJORITY, Client, translated
from shared.lookup import Lookup

TOKEN_BYTES = 32
TOKEN_PREFIX = "veche_"  # noqa: S105 - a mark by which leaked tokens are found, not a secret


class Scope(StrEnum):
    """What a token may do."""

    EVENTS_WRITE = "events:write"
    DIRECTORY_READ = "directory:read"
    DIRECTORY_WRITE = "directory:write"
    KEYS_WRITE = "keys:write"
    POLICIES_READ = "policies:read"
    POLICIES_WRITE = "policies:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    MEMBERS_READ = "members:read"
    POINTS_WRITE = "points:write"
    FIGURES_READ = "figures:read"
    DEAD_LETTERS_READ = "dlq:read"
    DEAD_LETTERS_REPLAY = "dlq:replay"


class Role(StrEnum):
    """What a person is to a brand."""

    OWNER = "owner"
    COMMUNITY_MANAGER = "community_manager"
    MODERATOR = "moderator"
    ANALYST = "analyst"
    SRE = "sre"
    KEY = "key"


_BRAND_SCOPES = frozenset(Scope) - {Scope.DEAD_LETTERS_READ, Scope.DEAD_LETTERS_REPLAY}

ROLE_SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.OWNER: _BRAND_SCOPES,
    Role.COMMUNITY_MANAGER: _BRAND_SCOPES - {Scope.KEYS_WRITE, Scope.DIRECTORY_WRITE, Scope.EVENTS_WRITE},
    Role.MODERATOR: frozenset({Scope.DECISIONS_READ, Scope.DECISIONS_WRITE, Scope.MEMBERS_READ, Scope.POLICIES_READ}),
    Role.ANALYST: frozenset({Scope.FIGURES_READ, Scope.POLICIES_READ}),
    Role.SRE: frozenset({Scope.DEAD_LETTERS_READ, Scope.DEAD_LETTERS_REPLAY}),
    Role.KEY: frozenset(),
}
"""Dead letters hold texts of every brand, so only SREs reach them; a key has the scopes it was made with."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever a token belongs to."""

    name: str
    role: Role
    brand: str | None
    """None for the installation: it may make brands, and an SRE belongs to none."""
    scopes: frozenset[Scope]
    communities: frozenset[str] | None = None
    """None: all of the brand."""

    def may(self, scope: Scope, brand: str | None = None, community: str | None = None) -> bool:
        """Say whether this is allowed: the scope, in this community. No community means the whole brand."""
        return self.may_in_part(scope, brand) and (self.communities is None or community in self.communities)

    def may_in_part(self, scope: Scope, brand: str | None = None) -> bool:
        """Say whether this is allowed somewhere in the brand; `communities` tells where."""
        return scope in self.scopes and (brand is None or self.brand in {None, brand})


def new_token() -> str:
    """Return a fresh token; it is never stored."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Return what is stored of a token. Looking it up by its digest tells nothing through time."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class NameTaken(Unprocessable):
    """Another brand has a connection of that name."""


class Directory:
    """Reads and writes brands, connections, staff and tokens."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._tokens, self._documents = named["tokens"], named["documents"]
        self._prepared = False
        self._lookup = Lookup(self._found)

    async def principal(self, token: str) -> Principal | None:
        """Return whose token it is, or None."""
        found = await self._lookup.get(digest(token))
        return None if found is None or found.get("revoked") else _principal(found)

    async def _found(self, digests: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return what is stored of tokens, by their digests."""
        async with translated():
            found = await self._tokens.find({"_id": {"$in": list(digests)}}).to_list()
        return {document["_id"]: document for document in found}

    async def grant(self, principal: Principal, at: datetime, id_: str) -> str:
        """Make a token and return it: the only time it is seen.

        A token of the same `id_` is replaced, but only when the new one is there: whoever fails in between has lost none.
        """
        token = new_token()
        document = {
            "_id": digest(token),
            "key": id_,
            "name": principal.name,
            "brand": principal.brand,
            "created": at,
            "scopes": sorted(scope.value for scope in principal.scopes),
            **standing(principal),
        }
        async with translated():
            before = await self._tokens.find({"key": id_, "brand": principal.brand}, {"_id": 1}).to_list()
            await self._tokens.insert_one(document)
            await self._tokens.delete_many({"_id": {"$in": [old["_id"] for old in before]}})
        return token

    async def granted(self, id_: str, brand: str | None) -> bool:
        """Say whether there is a token of that id."""
        async with translated():
            return await self._tokens.find_one({"key": id_, "brand": brand}, {"_id": 1}) is not None

    async def reach(self) -> None:
        """Return when the database has answered. Raises Retryable where it is away."""
        async with translated():
            await self._tokens.find_one({}, {"_id": 1})

    async def revoke(self, id_: str, brand: str | None) -> bool:
        """Delete the token of that id; say whether there was one."""
        async with translated():
            gone = await self._tokens.delete_many({"key": id_, "brand": brand})
        return gone.deleted_count > 0

    async def revoke_unlike(self, id_: str, principal: Principal) -> None:
        """Delete the tokens of that id that were made for another role or for other communities."""
        unlike = {"$or": [{name: {"$ne": value}} for name, value in standing(principal).items()]}
        async with translated():
            await self._tokens.delete_many({"key": id_, "brand": principal.brand, **unlike})

    async def revoke_brand(self, brand: str) -> None:
        """Delete all tokens and keys of a brand."""
        async with translated():
            await self._tokens.delete_many({"brand": brand})

    async def put(self, kind: str, brand: str, name: str, spec: Mapping[str, Any]) -> None:
        """Store a document of the directory. Raises NameTaken where another brand has a connection of that name."""
        document = {"kind": kind, "brand": brand, "name": name, "spec": dict(spec)}
        async with translated():
            await self._prepare()
            try:
                await self._documents.replace_one({"_id": f"{kind}/{brand}/{name}"}, document, upsert=True)
            except DuplicateKeyError as error:
                raise NameTaken(f"the {kind.lower()} name {name} is taken") from error

    async def _prepare(self) -> None:
        """Have the database itself keep connection names apart, before the first one is written."""
        if not self._prepared:
            await self._documents.create_index("name", unique=True, partialFilterExpression={"kind": "Connection"})
            self._prepared = True

    async def get(self, kind: str, brand: str, name: str) -> Mapping[str, Any] | None:
        """Return the spec of a document."""
        async with translated():
            found = await self._documents.find_one({"_id": f"{kind}/{brand}/{name}"})
        return None if found is None else found["spec"]

    async def remove(self, kind: str, brand: str, name: str) -> bool:
        """Delete a document; say whether there was one."""
        async with translated():
            gone = await self._documents.delete_one({"_id": f"{kind}/{brand}/{name}"})
        return gone.deleted_count > 0

    async def all(self, kind: str, brand: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return all documents of a kind (of one brand): brand, name, spec."""
        query: dict[str, Any] = {"kind": kind} | ({} if brand is None else {"brand": brand})
        async with translated():
            return await self._documents.find(query, {"_id": 0}).sort("_id").to_list()


def standing(principal: Principal) -> dict[str, Any]:
    """Return what somebody is to their brand, as it is stored with what was made for them as that."""
    return {
        "role": principal.role.value,
        "communities": None if principal.communities is None else sorted(principal.communities),
    }


def _principal(document: Mapping[str, Any]) -> Principal:
    communities = document["communities"]
    return Principal(
        name=document["name"],
        role=Role(document["role"]),
        brand=document["brand"],
        scopes=frozenset(Scope(scope) for scope in document["scopes"] if scope in set(Scope)),
        communities=None if communities is None else frozenset(communities),
    )
