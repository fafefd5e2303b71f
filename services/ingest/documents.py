"""The API of the directory: brands, connections and people declared, read, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.ingest.sources import GATEWAYS, POLLED, TOKENLESS
from shared.directory import Directory, NameTaken, Principal, Scope
from shared.documents import API_VERSION
from shared.documents.directory import Brand, Connection, Staff
from shared.documents.shape import Document, plain
from shared.errors import Unprocessable, VecheError
from shared.http.auth import brand_of, needs, part_of
from shared.http.documents import posted, spec_of
from shared.http.problems import Problem
from shared.policy import DEFAULT
from shared.secrets import Credentials, prefix_of
from shared.shelf import MongoShelf
from shared.staff.access import Access
from shared.staff.leaving import forget, forget_brand, forget_unlike
from shared.staff.people import principal_of

DirectoryReader = Annotated[Principal, Depends(needs(Scope.DIRECTORY_READ))]
DirectoryWriter = Annotated[Principal, Depends(needs(Scope.DIRECTORY_WRITE))]


KINDS = {"Brand", "Connection", "Staff"}


def routes(directory: Directory, shelf: MongoShelf, credentials: Credentials, access: Access) -> APIRouter:
    """Return the routes of the directory's kinds."""
    router = APIRouter()
    _applying(router, directory, shelf, credentials, access)
    _listing(router, directory)
    _removing(router, directory, shelf, access)
    return router


def _applying(router: APIRouter, directory: Directory, shelf: MongoShelf, credentials: Credentials, access: Access) -> None:
    @router.put("/v1/documents")
    async def apply(request: Request, principal: DirectoryWriter, brand: str | None = None) -> JSONResponse:
        document = await posted(request, KINDS)
        named = _brand(document, principal, brand)
        spec = spec_of(document)
        await _check(directory, credentials, named, document.metadata.name, spec)
        stored = plain(spec)
        before = await directory.get(document.kind, named, document.metadata.name)
        if not isinstance(spec, Staff):
            await _put(directory, document, named, stored)
        else:
            await _put_person(directory, access, document, named, spec)
            await _keep_accounts(directory, shelf, named, principal)
        told = {"changed": before != stored, "warnings": await _missing(directory, credentials, named, spec)}
        return JSONResponse(_shown(document.kind, named, document.metadata.name, stored) | told)


def _listing(router: APIRouter, directory: Directory) -> None:
    @router.get("/v1/documents")
    async def listed(principal: DirectoryReader, kind: str, brand: str | None = None) -> JSONResponse:
        if kind not in KINDS:
            raise Problem(422, f"this service owns {', '.join(sorted(KINDS))}")
        named = None if principal.brand is None and brand is None else part_of(principal, brand, Scope.DIRECTORY_READ)
        found = await directory.all(kind, named)
        return JSONResponse([_shown(d["kind"], d["brand"], d["name"], d["spec"]) for d in found])


def _removing(router: APIRouter, directory: Directory, shelf: MongoShelf, access: Access) -> None:
    @router.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(kind: str, name: str, principal: DirectoryWriter, brand: str | None = None) -> Response:
        if kind not in KINDS:
            raise Problem(404, f"there is no {kind} {name}")
        named = brand_of(principal, name if kind == "Brand" else brand, Scope.DIRECTORY_WRITE)
        if kind == "Brand":
            await _check_unconnected(directory, named)
        found = await directory.remove(kind, named, name)
        # Also where it is gone: an earlier try may have ended in between.
        await _revoke(directory, access, kind, named, name)
        if kind != "Connection":
            await _keep_accounts(directory, shelf, named, principal)
        if not found:
            raise Problem(404, f"there is no {kind} {name}")
        return Response(status_code=204)


def _brand(document: Document, principal: Principal, brand: str | None) -> str:
    if document.kind == "Brand":
        return brand_of(principal, document.metadata.name, Scope.DIRECTORY_WRITE)
    return brand_of(principal, document.metadata.brand or brand, Scope.DIRECTORY_WRITE)


async def _missing(directory: Directory, credentials: Credentials, brand: str, spec: msgspec.Struct) -> list[str]:
    """Say which credentials of a connection this process cannot read: it is stored, but takes nothing before it can."""
    if not isinstance(spec, Connection):
        return []
    brands = {found["name"] for found in await directory.all("Brand")}
    found = []
    for ref in filter(None, (*spec.secrets, spec.token, spec.handshake)):
        try:
            credentials.resolve(ref, brand, brands)
        except VecheError as error:
            found.append(f"{error}, and restart it")
    return found


async def _put(directory: Directory, document: Document, brand: str, spec: Mapping[str, Any]) -> None:
    try:
        await directory.put(document.kind, brand, document.metadata.name, spec)
    except NameTaken as error:
        raise Problem(409, f"{error}; names stand in webhooks' addresses") from error


async def _put_person(directory: Directory, access: Access, document: Document, brand: str, spec: Staff) -> None:
    """Store somebody, without what let them in while they were another: a namesake who is gone, or with another role."""
    name = document.metadata.name
    if await directory.get("Staff", brand, name) is None:
        await forget(directory, access, brand, name)
    await _put(directory, document, brand, plain(spec))
    await forget_unlike(directory, access, principal_of(name, brand, spec))


async def _check(directory: Directory, credentials: Credentials, brand: str, name: str, spec: msgspec.Struct) -> None:
    """Look for what shapes cannot tell."""
    brands = {found["name"] for found in await directory.all("Brand")}
    if not isinstance(spec, Brand) and brand not in brands:
        told = f"there is no brand {brand} yet; apply it first"
        raise Problem(422, told, errors=[{"at": "$.metadata.brand", "message": told}])
    match spec:
        case Brand():
            _check_zone(spec.timezone)
            _check_alike(brand, brands)
        case Connection():
            _check_mode(spec)
            _check_references(credentials, spec, brand, brands)
            await _check_purposes(directory, spec, brand, name)
        case _:
            return


SILENT = frozenset({"reddit", "feed"})
"""Platforms that send nothing by themselves: they are polled."""
UNSIGNED = frozenset({"events"})
"""Platforms whose connections may do without a secret: what is sent with a key needs none."""


def _check_mode(spec: Connection) -> None:
    """Refuse a connection through which nothing can come."""
    if spec.platform in SILENT and spec.mode != "poll":
        raise Problem(422, f"{spec.platform} sends nothing by itself; `mode: poll` asks it")
    if spec.mode == "poll" and spec.platform not in POLLED:
        raise Problem(422, f"{spec.platform} cannot be polled; `mode: webhook` can be used")
    if spec.mode == "gateway" and spec.platform not in GATEWAYS:
        raise Problem(422, f"{spec.platform} has no gateway; only {', '.join(GATEWAYS)} has")
    if spec.mode in {"poll", "gateway"} and spec.token is None and spec.platform not in TOKENLESS:
        raise Problem(422, f"mode {spec.mode} needs the bot's token")
    if spec.mode == "webhook" and spec.platform not in UNSIGNED and not spec.secrets:
        raise Problem(422, f"mode webhook needs the secret by which {spec.platform} is known: nothing is taken in without")


async def _check_purposes(directory: Directory, spec: Connection, brand: str, name: str) -> None:
    """Refuse communities of others that are not named, and one that is said to be whose it is in two ways."""
    if spec.purpose != "owned" and not spec.communities:
        raise Problem(422, f"purpose {spec.purpose} needs the communities listed: what is not the brand's own is named")
    others = [d for d in await directory.all("Connection", brand) if d["name"] != name]
    for other in others:
        told = msgspec.convert(other["spec"], Connection)
        for community in spec.communities:
            known, wanted = told.purpose_of(community.id), community.purpose or spec.purpose
            if known not in {None, wanted}:
                raise Problem(
                    422, f"{community.id} is {known} by the connection {other['name']}: it cannot be {wanted} as well"
                )


def _check_alike(brand: str, brands: set[str]) -> None:
    """Refuse a brand whose environment variables nobody could tell from another's."""
    alike = [other for other in brands if other != brand and prefix_of(other) == prefix_of(brand)]
    if alike:
        raise Problem(409, f"the brand name {brand} is too like {alike[0]}: variables of both begin with {prefix_of(brand)}")


def _check_references(credentials: Credentials, spec: Connection, brand: str, brands: set[str]) -> None:
    for ref in filter(None, (*spec.secrets, spec.token, spec.handshake)):
        try:
            credentials.check(ref, brand, brands)
        except Unprocessable as error:
            raise Problem(422, str(error)) from error


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - reads files, so not at import

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Problem(422, f"{name} is no time zone; use IANA names, for example Europe/Moscow") from error


async def _check_unconnected(directory: Directory, brand: str) -> None:
    names = [document["name"] for document in await directory.all("Connection", brand)]
    if names:
        raise Problem(409, f"{brand} still has connections, delete them first: {', '.join(names)}")


async def _revoke(directory: Directory, access: Access, kind: str, brand: str, name: str) -> None:
    """Take back what lets a person in who is gone, or all of a brand's people, who go with it."""
    if kind == "Staff":
        await forget(directory, access, brand, name)
    elif kind == "Brand":
        await forget_brand(directory, access, brand)
        for person in await directory.all("Staff", brand):
            await directory.remove("Staff", brand, person["name"])
        await forget_brand(directory, access, brand)  # what a person got in the meantime


async def _keep_accounts(directory: Directory, shelf: MongoShelf, brand: str, principal: Principal) -> None:
    """Keep the staff's accounts as a versioned policy: the normaliser judges by the time of the record."""
    people = [msgspec.convert(d["spec"], Staff) for d in await directory.all("Staff", brand)]
    found = sorted({account for person in people for account in person.accounts})
    await shelf.store("StaffAccounts", brand, DEFAULT, {"accounts": found}, principal.name)


def _shown(kind: str, brand: str, name: str, spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any kind's spec
    metadata = {"name": name} | ({} if kind == "Brand" else {"brand": brand})
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
