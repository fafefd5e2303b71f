"""The API of what delivery owns of a brand's documents: `Notify`, as a policy, and subscriptions by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.delivery.rules.declared import check_notify, check_subscription
from services.delivery.rules.webhooks.signing import key_of
from services.delivery.store.endpoints import Endpoints
from services.delivery.store.places import Places
from services.delivery.store.subscriptions import Declared, Subscriptions
from services.delivery.store.zones import BrandZones
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents import API_VERSION, as_stored
from shared.documents.directory import SecretRef
from shared.documents.outward import Notify, Subscription
from shared.documents.shape import Document, plain
from shared.errors import Misplaced, Retryable, Unprocessable
from shared.http.auth import brand_of, check_brand, needs, part_of
from shared.http.documents import concerns, posted, shown, spec_of
from shared.http.problems import Problem
from shared.policy import DEFAULT, Version
from shared.secrets import Credentials
from shared.shelf import MongoShelf

KINDS = {"Notify", "Subscription"}

SUBSCRIPTIONS_MAX = 20
"""Of a brand: each reads the topics by itself, with a connection and some megabytes of its own."""

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]


class Kept(NamedTuple):
    """Where documents are kept, and what they are checked by."""

    shelf: MongoShelf
    subscriptions: Subscriptions
    places: Places
    endpoints: Endpoints
    brands: BrandZones
    credentials: Credentials
    clock: Clock
    private: bool
    has_mail: bool


def routes(kept: Kept) -> APIRouter:
    """Return the routes of delivery's kinds."""
    router = APIRouter()

    @router.put("/v1/documents")
    async def apply(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        document = await posted(request, KINDS)
        spec = spec_of(document)
        if isinstance(spec, Notify):
            return await _put_notify(kept, request, document, spec, principal, brand)
        assert isinstance(spec, Subscription), "there are no other kinds here"
        return await _put_subscription(kept, request, document, spec, principal, brand)

    @router.get("/v1/documents")
    async def listed(principal: Reader, kind: str, brand: str | None = None) -> JSONResponse:
        if kind not in KINDS:
            raise Problem(422, f"this service owns {', '.join(sorted(KINDS))}")
        if kind == "Subscription":  # an address may hold a token: only who looks after the brand is shown it
            owned = brand_of(principal, brand, Scope.DIRECTORY_READ)
            return JSONResponse([_shown(one) for one in await kept.subscriptions.all(owned)])
        named = part_of(principal, brand, Scope.POLICIES_READ)
        versions = {version.name: version for version in _in_order(await kept.shelf.all("Notify")) if version.brand == named}
        return JSONResponse([shown(one) for one in versions.values() if not one.deleted and concerns(principal, one)])

    @router.delete("/v1/documents/{kind}/{name}", status_code=204)
    async def remove(
        kind: str, name: str, principal: Writer, brand: str | None = None, community: str | None = None
    ) -> Response:
        if kind == "Notify":
            is_gone = await _delete_notify(kept, name, principal, brand, community)
        else:
            is_gone = kind == "Subscription" and await _delete_subscription(kept, name, principal, brand)
        if not is_gone:
            place = "" if community is None else f" of {community}"
            raise Problem(404, f"there is no {kind} {name}{place} that could be deleted")
        return Response(status_code=204)

    return router


async def _delete_notify(kept: Kept, name: str, principal: Principal, brand: str | None, community: str | None) -> bool:
    """Have nobody told any more by the brand's document, or by that of a community, where the brand's holds again."""
    named = brand_of(principal, brand, Scope.POLICIES_WRITE, community)
    return name == DEFAULT and await kept.shelf.delete("Notify", named, community or DEFAULT, principal.name)


async def _delete_subscription(kept: Kept, name: str, principal: Principal, brand: str | None) -> bool:
    named = brand_of(principal, brand, Scope.DIRECTORY_WRITE)
    if not await kept.subscriptions.remove(named, name):
        return False
    await kept.places.remove(f"{named}/{name}")  # last: who sends it would begin another place
    await kept.endpoints.remove(f"{named}/subscription/{name}")
    return True


async def _put_notify(
    kept: Kept, request: Request, document: Document, spec: Notify, principal: Principal, brand: str | None
) -> JSONResponse:
    community = document.metadata.community
    named = brand_of(principal, document.metadata.brand or brand, Scope.POLICIES_WRITE, community)
    await check_brand(request, named)
    check_notify(spec, private=kept.private, has_mail=kept.has_mail)
    _check_chats(spec, principal, named)
    refs = [
        (ref, f"$.spec.routes[{place}].webhook.secrets[{number}]")
        for place, route in enumerate(spec.routes)
        for number, ref in enumerate(route.webhook.secrets if route.webhook else ())
    ]
    warnings = await _missing(kept, named, refs)
    before = await kept.shelf.latest("Notify", named, community or DEFAULT)
    stored = await kept.shelf.store("Notify", named, community or DEFAULT, as_stored(document), principal.name)
    is_new = before is None or before.version != stored.version
    return JSONResponse(shown(stored) | {"changed": is_new, "warnings": warnings})


def _check_chats(spec: Notify, principal: Principal, brand: str) -> None:
    """Raise Misplaced where somebody has something written into a community that is not theirs."""
    for place, route in enumerate(spec.routes):
        if route.chat is not None and not principal.may(Scope.POLICIES_WRITE, brand, route.chat.community):
            told = f"{route.chat.community} is not one of yours: ask somebody who looks after the whole brand"
            raise Misplaced(told, f"$.spec.routes[{place}].chat.community")


async def _put_subscription(
    kept: Kept, request: Request, document: Document, spec: Subscription, principal: Principal, brand: str | None
) -> JSONResponse:
    """Store it for an owner of the whole brand alone: events hold what members wrote."""
    named = brand_of(principal, document.metadata.brand or brand, Scope.DIRECTORY_WRITE)
    await check_brand(request, named)
    now, name = kept.clock.now(), document.metadata.name
    check_subscription(spec, private=kept.private)
    if spec.from_ is not None and spec.from_ > now:
        raise Misplaced("that has not come yet; leave `from` out, and events are sent from now on", "$.spec.from")
    others = [one.name for one in await kept.subscriptions.all(named) if one.name != name]
    if len(others) >= SUBSCRIPTIONS_MAX:
        raise Problem(422, f"{named} has {len(others)} subscriptions, and no brand more; delete one that is not needed")
    warnings = await _missing(kept, named, [(ref, f"$.spec.secrets[{n}]") for n, ref in enumerate(spec.secrets)])
    changed = await kept.subscriptions.put(named, name, spec, now)
    return JSONResponse(_shown(Declared(named, name, spec, now)) | {"changed": changed, "warnings": warnings})


async def _missing(kept: Kept, brand: str, refs: list[tuple[SecretRef, str]]) -> list[str]:
    """Say which secrets cannot be used (yet). Raises Misplaced where a reference is not the brand's."""
    await kept.brands.refresh()
    found = []
    for ref, at in refs:
        try:
            kept.credentials.check(ref, brand, kept.brands.brands)
        except Unprocessable as error:
            raise Misplaced(str(error), at) from None
        try:
            key_of(kept.credentials.resolve(ref, brand, kept.brands.brands))
        except (Retryable, Unprocessable) as error:
            found.append(str(error))
    return found


def _in_order(versions: Any) -> Iterator[Version]:  # noqa: ANN401 - versions of a shelf
    yield from sorted(versions, key=lambda version: version.version)


def _shown(declared: Declared) -> dict[str, Any]:
    metadata = {"name": declared.name, "brand": declared.brand}
    return {"apiVersion": API_VERSION, "kind": "Subscription", "metadata": metadata, "spec": plain(declared.spec)}
