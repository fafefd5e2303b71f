"""What would be decided of a text that is not published yet: for a brand's own site, which waits for the answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.moderation.rules.case import Member, Policy
from services.moderation.rules.judging import judge, strictest, told
from services.moderation.rules.members import COUNTED_MAX, milliseconds
from services.moderation.rules.outcome import reasons
from services.moderation.rules.scores import Scoring, no_scoring
from services.moderation.rules.scoring import scoring
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents.shape import Slug, Spec
from shared.errors import Retryable, Unprocessable
from shared.events.community import Content, ContentCreated, Kind
from shared.events.envelope import Actor, Name, Text
from shared.http.auth import brand_of, needs
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.learned.stored import Stored
from shared.policy import PolicyBook

DEADLINE_S = 0.04
"""So long the policies are waited for; judging takes less than a millisecond. Somebody waits at a site for the answer."""

FRESH_S = 15.0
"""Policies read so long ago are as good as new: a version takes effect no sooner after it is stored. Somebody keeps them
read meanwhile (`PolicyBook.run`)."""

BODY_BYTES_MAX = 500_000
"""A text of 100,000 characters in any script."""

LINKS_MAX = 50

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]


class Author(Spec, frozen=True, kw_only=True):
    """What the site knows of who writes; nothing: a newcomer."""

    id: Annotated[Name, msgspec.Meta(min_length=1)]
    messages: Annotated[int, msgspec.Meta(ge=0)] = 0
    """What they wrote there before."""
    joined_minutes: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] | None = None


class VerdictRequest(Spec, frozen=True, kw_only=True):
    """A text that is about to be published."""

    community: Annotated[Name, msgspec.Meta(min_length=1)]
    text: Text
    brand: Slug | None = None
    kind: Kind | None = None
    links: Annotated[tuple[Name, ...], msgspec.Meta(max_length=LINKS_MAX)] | None = None
    author: Author | None = None
    otherwise: Literal["allow", "hold"] = "allow"
    """The answer where none can be given in time."""


def verdicts(policies: PolicyBook[Policy], clock: Clock, models: PolicyBook[Stored | None] | None = None) -> APIRouter:
    """Return the route. Nothing of what is asked is kept."""
    routes = APIRouter()

    @routes.post("/v1/verdicts")
    async def verdict(request: Request, principal: Reader) -> JSONResponse:
        asked = _asked(await limited_body(request.headers, request.receive, BODY_BYTES_MAX))
        brand = brand_of(principal, asked.brand, Scope.DECISIONS_READ, asked.community)
        if not await _is_fresh(policies) or (models is not None and not await _is_fresh(models)):
            return JSONResponse({"verdict": asked.otherwise, "decided": False, "why": "the policies cannot be read in time"})
        now = clock.now()
        policy = policies.at(brand, asked.community, now)
        if models is None or not policy.models:
            return JSONResponse(answered(asked, policy, brand, now))
        if not await _are_read([models.at(brand, name, now) for name in policy.models]):
            return JSONResponse({"verdict": asked.otherwise, "decided": False, "why": "a model cannot be read in time"})
        return JSONResponse(answered(asked, policy, brand, now, scoring(models, brand, now)))

    return routes


async def _is_fresh(policies: PolicyBook[Any]) -> bool:
    """Return whether the policies are known as they are; where they are not, wait for them, but not for long."""
    if policies.age_s > FRESH_S:
        with contextlib.suppress(TimeoutError, Retryable):
            async with asyncio.timeout(DEADLINE_S):
                await policies.refresh()
    return policies.age_s <= FRESH_S


async def _are_read(models: Sequence[Stored | None]) -> bool:
    """Return whether the models are at hand; reading goes on beside, so that a later text finds them."""

    def read() -> None:
        for stored in models:
            if stored is not None and stored.read is not None:
                stored.read()

    try:
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.to_thread(read)
    except (TimeoutError, Retryable, Unprocessable):
        return False
    return True


def answered(
    asked: VerdictRequest, policy: Policy, brand: str, now: datetime, asking: Scoring = no_scoring
) -> Mapping[str, Any]:
    """Return what is decided of the text under a policy, as of now."""
    judgement = judge(_event(asked, brand, now), _member(asked.author, now), policy, scoring=asking)
    found: dict[str, Any] = {"decided": True, "version": policy.version, "skipped": sorted(judgement.own.failed)}
    if not judgement.findings:
        return found | {"verdict": "allow", "findings": []}
    worst = strictest(judgement.findings)
    return found | {
        "verdict": worst.then,
        "reason": msgspec.to_builtins(reasons(worst, policy)),
        "findings": [msgspec.to_builtins(told(one, policy.version)) for one in judgement.findings],
    }


def _asked(body: bytes) -> VerdictRequest:
    try:
        return msgspec.json.decode(body, type=VerdictRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"not a text to be judged: {error}") from error


def _event(asked: VerdictRequest, brand: str, now: datetime) -> ContentCreated:
    author = None if asked.author is None else Actor(id=asked.author.id)
    return ContentCreated(
        id="verdict",
        source="verdicts",
        time=now,
        brand=brand,
        recordedtime=now,
        community=asked.community,
        data=Content(actor=author, kind=asked.kind, text=asked.text, links=asked.links),
    )


def _member(author: Author | None, now: datetime) -> Member:
    if author is None:
        return Member()
    ago = author.joined_minutes
    joined = None if ago is None else milliseconds(now - timedelta(minutes=ago))
    return Member(min(author.messages, COUNTED_MAX), joined)
