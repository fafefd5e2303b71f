"""The API: events in, brands and people declared, keys made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.ingest.connectors.raw import key_of
from services.ingest.connectors.urgency import Urgency, of_type
from services.ingest.examples import request_body
from services.ingest.facts import identity
from services.ingest.rules import pressure
from services.ingest.rules.strict import Misfit, accepted
from services.ingest.sources import GATEWAYS, POLLED, TOKENLESS
from services.ingest.store import Connections, Intake, Sender, Taken
from shared.bus.backlog import Waiting
from shared.directory import ROLE_SCOPES, Directory, NameTaken, Principal, Role, Scope
from shared.documents import API_VERSION
from shared.documents.directory import Brand, Connection, Staff
from shared.documents.shape import Document, Slug, Spec, plain
from shared.errors import Unprocessable, VecheError
from shared.events import Envelope
from shared.http.auth import brand_of, check_brand, needs, part_of
from shared.http.body import limited_body
from shared.http.documents import posted, spec_of
from shared.http.limits import Limits
from shared.http.problems import Problem
from shared.meant import hint
from shared.policy import DEFAULT, MongoShelf
from shared.secrets import Credentials, prefix_of
from shared.topics import RAW

BATCH_EVENTS_MAX = 1_000
BATCH_BYTES_MAX = 10_000_000
"""A batch of 1,000 events of 10 kB."""
KEY_BYTES_MAX = 10_000
ERRORS_SHOWN_MAX = 20
"""Only these are explained: what was meant by a thousand misspelt names would hold up everybody else at the edge."""
LAG_MAX = timedelta(seconds=15)
"""Imports yield: while the normaliser is further behind in their own partitions, they are asked to wait."""

EventsWriter = Annotated[Principal, Depends(needs(Scope.EVENTS_WRITE))]
DirectoryReader = Annotated[Principal, Depends(needs(Scope.DIRECTORY_READ))]
DirectoryWriter = Annotated[Principal, Depends(needs(Scope.DIRECTORY_WRITE))]
KeysWriter = Annotated[Principal, Depends(needs(Scope.KEYS_WRITE))]

_raws = msgspec.json.Decoder(list[msgspec.Raw])


def events(intake: Intake, taken: Taken, connections: Connections, limits: Limits) -> APIRouter:
    """Return the route for events of the contract."""
    routes = APIRouter()

    @routes.post("/v1/events", status_code=202, openapi_extra={"requestBody": request_body()})
    async def take(
        request: Request,
        principal: EventsWriter,
        brand: str | None = None,
        *,
        imported: bool = False,
        backfill_points: bool = False,
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.EVENTS_WRITE)
        if backfill_points and not imported:
            raise Problem(422, "backfill_points is for imported events; what happens now earns points anyway")
        raws = _split(await limited_body(request.headers, request.receive, limits.bytes_max))
        await _check_rate(limits, f"events/{named}/{principal.name}", len(raws))
        found = checked(raws)
        if intake.fill > pressure.EASE:
            _check_room(intake.fill, Urgency.LOWEST if imported else _urgency(event for event, _ in found))
        told: dict[str, int] = {"accepted": len(found)}
        if imported:
            keys = {key_of(named, event.community or principal.name) for event, _ in found}
            waiting = await _yielded(taken, keys)
            identities = [identity(named, event.community, event.id) for event, _ in found]
            told |= counted(identities, await taken.known(identities)) | {"waiting": waiting.records}
        bodies = [(event.community, raw) for event, raw in found]
        await connections.all()  # so that they are known as they are now
        sender = Sender(named, principal.name, connections.standings(named))
        await intake.events(sender, bodies, imported=imported, backfill_points=backfill_points)
        return JSONResponse(told, 202)

    return routes


async def _check_rate(limits: Limits, key: str, cost: int) -> None:
    """Raise Problem 429 where the key sends more events than its limit."""
    later_s = await limits.taken(key, cost)
    if later_s:
        raise Problem(429, "this key sends more events than its limit (VECHE_EVENTS_RATE)", retry_after_s=later_s)


def _check_room(fill: float, urgency: Urgency) -> None:
    """Raise Problem where others go first: 503, but 429 for history: by that an import knows that nothing was taken."""
    later_s = pressure.wait_s(fill, urgency)
    if later_s:
        status = 429 if urgency is Urgency.LOWEST else 503
        raise Problem(status, "more comes in than Kafka takes; what is urgent goes first", retry_after_s=later_s)


def _urgency(events: Iterable[Envelope]) -> Urgency:
    """Return how urgent a batch is: as its most urgent event, for all are taken or none."""
    return max((of_type(str(event.__struct_config__.tag)) for event in events), default=Urgency.NORMAL)


async def _yielded(taken: Taken, keys: Collection[str]) -> Waiting:
    """Return what waits for the normaliser before these keys. Raises Problem 429 where it waits for too long already."""
    waiting = await taken.waiting(LAG_MAX, keys)
    if waiting.late:
        where = f"partition {', '.join(map(str, waiting.late))} of {RAW.name}"
        raise Problem(
            429, f"the normaliser is more than {LAG_MAX.seconds} s behind in {where}; imports wait for live events"
        )
    return waiting


def counted(identities: Sequence[str], there: Collection[str]) -> dict[str, int]:
    """Return how many of a batch's events were there before it, and how many of the others it tells once more."""
    fresh = [told for told in identities if told not in there]
    return {"known": len(identities) - len(fresh), "repeated": len(fresh) - len(set(fresh))}


def _split(body: bytes) -> list[tuple[str, bytes]]:
    """Return the events, each with its JSON pointer into the body."""
    if not body.lstrip().startswith(b"["):
        return [("", body)]
    try:
        raws = _raws.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "the body is not a JSON array of events") from error
    if len(raws) > BATCH_EVENTS_MAX:
        raise Problem(413, f"a batch holds at most {BATCH_EVENTS_MAX} events")
    return [(f"/{index}", bytes(raw)) for index, raw in enumerate(raws)]


def checked(raws: list[tuple[str, bytes]]) -> list[tuple[Envelope, bytes]]:
    """Return each event with its bytes; all are taken or none."""
    found: list[tuple[Envelope, bytes]] = []
    errors: list[dict[str, object]] = []
    for place, raw in raws:
        try:
            found.append((accepted(raw, explained=len(errors) < ERRORS_SHOWN_MAX), raw))
        except Misfit as error:
            errors.append({"at": place + error.at, "message": str(error)})
    if errors:
        raise Problem(
            422, f"{len(errors)} of {len(raws)} events are not taken, so none is", errors=errors[:ERRORS_SHOWN_MAX]
        )
    return found


class KeyRequest(Spec, frozen=True, kw_only=True):
    """A service key to be made."""

    name: Slug
    brand: Slug | None = None
    scopes: tuple[Scope, ...]


def keys(directory: Directory, now: Any) -> APIRouter:  # noqa: ANN401 - a callable that returns the present instant
    """Return the routes for service keys and personal tokens. Each is shown once."""
    routes = APIRouter()

    @routes.post("/v1/keys", status_code=201)
    async def make(request: Request, principal: KeysWriter) -> JSONResponse:
        asked = _asked(await limited_body(dict(request.headers), request.receive, KEY_BYTES_MAX))
        brand = brand_of(principal, asked.brand, Scope.KEYS_WRITE)
        await check_brand(request, brand)
        _check_given(principal, brand, asked.scopes)
        key = Principal(asked.name, Role.KEY, brand, frozenset(asked.scopes))
        replaced = await directory.granted(f"key/{asked.name}", brand)
        token = await directory.grant(key, now(), f"key/{asked.name}")
        return JSONResponse({"name": asked.name, "brand": brand, "token": token, "replaced": replaced}, 201)

    @routes.delete("/v1/keys/{name}", status_code=204)
    async def revoke(name: str, principal: KeysWriter, brand: str | None = None) -> Response:
        if not await directory.revoke(f"key/{name}", brand_of(principal, brand, Scope.KEYS_WRITE)):
            raise Problem(404, "there is no such key")
        return Response(status_code=204)

    @routes.post("/v1/staff/{name}/token", status_code=201)
    async def personal(name: str, principal: KeysWriter, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.KEYS_WRITE)
        found = await directory.get("Staff", named, name)
        if found is None:
            raise Problem(404, f"{name} is not declared as staff of {named}")
        staff = msgspec.convert(found, Staff)
        who = _person(name, named, staff)
        _check_given(principal, named, who.scopes)
        replaced = await directory.granted(f"staff/{name}", named)
        token = await directory.grant(who, now(), f"staff/{name}")
        return JSONResponse(
            {"name": name, "brand": named, "role": who.role.value, "token": token, "replaced": replaced}, 201
        )

    return routes


def _asked(body: bytes) -> KeyRequest:
    try:
        return msgspec.json.decode(body, type=KeyRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message, _, path = str(error).partition(" - at ")
        meant = hint(message, KeyRequest, path.strip("`").removeprefix("$"))
        raise Problem(422, f"name a key and its scopes: {error}{meant}") from error


def _check_given(principal: Principal, brand: str, scopes: Iterable[Scope]) -> None:
    beyond = sorted(scope.value for scope in scopes if not principal.may(scope, brand))
    if beyond:
        raise Problem(403, f"you cannot give what you do not have: {', '.join(beyond)}")


def _person(name: str, brand: str, staff: Staff) -> Principal:
    role = Role(staff.role)
    communities = None if staff.communities is None else frozenset(staff.communities)
    return Principal(name, role, brand, ROLE_SCOPES[role], communities)


KINDS = {"Brand", "Connection", "Staff"}


def documents(directory: Directory, shelf: MongoShelf, credentials: Credentials) -> APIRouter:
    """Return the routes of the directory's kinds."""
    routes = APIRouter()

    @routes.put("/v1/documents")
    async def apply(request: Request, principal: DirectoryWriter, brand: str | None = None) -> JSONResponse:
        document = await posted(request, KINDS)
        named = _brand(document, principal, brand)
        spec = spec_of(document)
        await _check(directory, credentials, named, document.metadata.name, spec)
        stored = plain(spec)
        before = await directory.get(document.kind, named, document.metadata.name)
        await _put(directory, document, named, stored)
        if isinstance(spec, Staff):
            person = _person(document.metadata.name, named, spec)
            await directory.revoke_unlike(f"staff/{person.name}", person)
            await _keep_accounts(directory, shelf, named, principal)
        told = {"changed": before != stored, "warnings": await _missing(directory, credentials, named, spec)}
        return JSONResponse(_shown(document.kind, named, document.metadata.name, stored) | told)

    @routes.get("/v1/documents")
    async def listed(principal: DirectoryReader, kind: str, brand: str | None = None) -> JSONResponse:
        if kind not in KINDS:
            raise Problem(422, f"this service owns {', '.join(sorted(KINDS))}")
        named = None if principal.brand is None and brand is None else part_of(principal, brand, Scope.DIRECTORY_READ)
        found = await directory.all(kind, named)
        return JSONResponse([_shown(d["kind"], d["brand"], d["name"], d["spec"]) for d in found])

    @routes.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(kind: str, name: str, principal: DirectoryWriter, brand: str | None = None) -> Response:
        if kind not in KINDS:
            raise Problem(404, f"there is no {kind} {name}")
        named = brand_of(principal, name if kind == "Brand" else brand, Scope.DIRECTORY_WRITE)
        if kind == "Brand":
            await _check_unconnected(directory, named)
        found = await directory.remove(kind, named, name)
        await _revoke(directory, kind, named, name)  # also where it is gone: an earlier try may have ended in between
        if kind != "Connection":
            await _keep_accounts(directory, shelf, named, principal)
        if not found:
            raise Problem(404, f"there is no {kind} {name}")
        return Response(status_code=204)

    return routes


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


async def _check(directory: Directory, credentials: Credentials, brand: str, name: str, spec: msgspec.Struct) -> None:
    """Look for what shapes cannot tell."""
    brands = {found["name"] for found in await directory.all("Brand")}
    if not isinstance(spec, Brand) and brand not in brands:
        raise Problem(422, f"there is no brand {brand} yet; apply it first")
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


async def _revoke(directory: Directory, kind: str, brand: str, name: str) -> None:
    """Take back the tokens of a person who is gone, or all of a brand's; a brand's people go with it."""
    if kind == "Staff":
        await directory.revoke(f"staff/{name}", brand)
    elif kind == "Brand":
        await directory.revoke_brand(brand)
        for person in await directory.all("Staff", brand):
            await directory.remove("Staff", brand, person["name"])
        await directory.revoke_brand(brand)  # what a person got in the meantime


async def _keep_accounts(directory: Directory, shelf: MongoShelf, brand: str, principal: Principal) -> None:
    """Keep the staff's accounts as a versioned policy: the normaliser judges by the time of the record."""
    people = [msgspec.convert(d["spec"], Staff) for d in await directory.all("Staff", brand)]
    found = sorted({account for person in people for account in person.accounts})
    await shelf.store("StaffAccounts", brand, DEFAULT, {"accounts": found}, principal.name)


def _shown(kind: str, brand: str, name: str, spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any kind's spec
    metadata = {"name": name} | ({} if kind == "Brand" else {"brand": brand})
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
