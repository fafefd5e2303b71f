"""The page of recommendations: what the last weeks suggest, who decided what about it, and what became of that."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.reporting.api.advice import NOTE_CHARS_MAX, Decider
from services.reporting.api.advisor import Advisor, Wish
from services.reporting.api.asked import Named, Reader, named
from services.reporting.pages.advice_words import ADVICE_WORDS
from services.reporting.pages.shown_advice import followed_words, in_words
from services.reporting.pages.words import span
from services.reporting.rules.advice import BY_ID
from services.reporting.rules.advice.advice import Advice, Decided, Decision, Followed
from services.reporting.web.kept import Kept
from services.reporting.web.shown import Brand
from shared.directory import Principal, Scope
from shared.http.forms import form
from shared.http.pages.page import elsewhere, language_here, page
from shared.http.problems import Problem
from shared.said import Language

CHOICES = ("accepted", "dismissed")


def advice(advisor: Advisor) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)
    made, measured = Kept[list[Advice]](advisor.clock), Kept[Followed | None](advisor.clock)

    @routes.get("/recommendations")
    async def look(
        principal: Reader, request: Request, brand: Brand = None, done: Annotated[str | None, Query(max_length=20)] = None
    ) -> Response:
        of, language = named(principal, brand, None), language_here(request)
        frame = await advisor.frame(of)
        if frame is None:
            title = ADVICE_WORDS["recommendations"].by(language)
            return page(request, "nothing.html.j2", words=ADVICE_WORDS, title=title)
        key = (of.brand, None if of.communities is None else tuple(sorted(of.communities)), frame.until)

        async def make() -> list[Advice]:
            return list(await advisor.found(of, frame))

        found, at = await made.get(key, make)
        decided = await advisor.decided(of)
        followed = [(await measured.get((one.id, one.version), _follows(advisor, one))).what for one in decided]
        return page(
            request,
            "recommendations.html.j2",
            words=ADVICE_WORDS,
            brand=of.brand,
            named=await advisor.source.names(of.brand),
            span=span(frame.since, frame.until, language),
            span_before=span(frame.before.since, frame.before.until, language),
            at=at,
            open=[_shown(one, language) for one in await advisor.still_open(of, found)],
            decided=[_past(one, then, language) for one, then in zip(decided, followed, strict=True)],
            may_decide=Scope.DECISIONS_WRITE in principal.scopes,
            note_chars_max=NOTE_CHARS_MAX,
            done=done,
        )

    @routes.post("/recommendations/{id_}")
    async def decide(id_: str, request: Request, principal: Decider, brand: Brand = None) -> Response:
        return await _decided(advisor, request, principal, named(principal, brand, None), id_)

    return routes


def _follows(advisor: Advisor, one: Decided) -> Any:  # noqa: ANN401 - a coroutine function
    async def follow() -> Followed | None:
        return await advisor.followed(one)

    return follow


async def _decided(advisor: Advisor, request: Request, principal: Principal, of: Named, id_: str) -> Response:
    """Do what a form asks for."""
    sent = await form(request)
    decision, note, version = sent.one("decision"), sent.one("note"), sent.one("version") or "0"
    if decision not in CHOICES or len(note) > NOTE_CHARS_MAX or not version.isdecimal():
        raise Problem(422, "the form is not as the page has it: load it again")
    chosen: Decision = "accepted" if decision == "accepted" else "dismissed"
    await advisor.decide(principal, of.brand, id_, Wish(chosen, note.strip(), int(version)))
    brand = f"&brand={request.query_params['brand']}" if "brand" in request.query_params else ""
    return elsewhere(request, f"/recommendations?done={chosen}{brand}")


def _shown(one: Advice, language: Language) -> dict[str, Any]:
    words = in_words(one.rule, one.numbers, language)
    return {
        **words,
        "id": one.id,
        "community": one.community,
        "version": 0,
        "days": one.rule.days,
        "figure": one.rule.measure(one.numbers),
    }


def _past(one: Decided, followed: Followed | None, language: Language) -> dict[str, Any]:
    rule = BY_ID.get(one.rule)
    told: dict[str, Any] = {}
    if rule is not None:
        told = dict(in_words(rule, one.numbers, language)) | {"days": rule.days, "figure": rule.measure(one.numbers)}
    return {
        "name": one.rule,
        **told,
        "id": one.id,
        "community": one.community,
        "version": one.version,
        "decision": one.decision,
        "by": one.by,
        "at": one.at,
        "note": one.note,
        "followed": None if followed is None or rule is None else followed_words(followed, rule, language),
    }
