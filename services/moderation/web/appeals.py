"""What was decided about a member, for that member alone: why, what became of it, and a form to ask for another look.

There is no sign-in: the link of the notice holds a code that nobody else has.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.moderation.api.appeals import TEXT_CHARS_MAX, ask, case_of
from services.moderation.api.decisions import shown
from services.moderation.api.desk import Desk
from services.moderation.cases.case import Case, moment
from services.moderation.pages.conduct import reason_of
from services.moderation.pages.conduct_words import APPEAL
from services.moderation.pages.refusals import TO_MEMBERS, to_member
from services.moderation.rules.case import Policy
from services.moderation.rules.explaining import for_member
from services.moderation.rules.notices import is_code
from shared.documents.discipline import seconds
from shared.http.forms import form
from shared.http.origin import check_origin
from shared.http.pages.page import elsewhere, language_here, page
from shared.http.problems import Problem
from shared.said import Said
from shared.times import clock

CONFLICT = 409


class State(NamedTuple):
    """How far it is: what the member is told, and whether they may ask (now)."""

    told: Said | None
    may_ask: bool
    until: str | None = None
    """When there is an answer, behind what they are told."""


def appeals(desk: Desk, secret: bytes) -> APIRouter:
    """Return the routes of appeals; every code is wrong where there is no secret."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/appeals/{decision}/{code}")
    async def look(decision: str, code: str, request: Request) -> Response:
        return await _page(request, desk, await _found(desk, secret, decision, code))

    @routes.post("/appeals/{decision}/{code}")
    async def send(decision: str, code: str, request: Request) -> Response:
        check_origin(request)
        found = await _found(desk, secret, decision, code)
        text = (await form(request)).one("text").replace("\r\n", "\n").strip()
        if len(text) > TEXT_CHARS_MAX:
            return await _page(request, desk, found, 422, APPEAL["too_long"], text)
        return await _asked(request, desk, found, text)

    return routes


async def _found(desk: Desk, secret: bytes, decision: str, code: str) -> Mapping[str, Any]:
    """Return a decision. Raises Problem 404 where the code is not its own: so nobody learns which decisions there are."""
    found = await desk.decisions.one(decision) if secret and is_code(secret, decision, code) else None
    if found is None:
        raise Problem(
            404, "there is no such page; was the whole address copied? / нет такой страницы; адрес скопирован целиком?"
        )
    return found


async def _asked(request: Request, desk: Desk, found: Mapping[str, Any], text: str) -> Response:
    """Pass it on, once: what was asked for is not asked for again."""
    state = await _state(desk, found)
    if not state.may_ask:
        return await _page(request, desk, found, CONFLICT)
    try:
        followed = await desk.orders.given(ask(found, found["member"], text, desk.clock.now()))
    except Problem as problem:
        if problem.status != CONFLICT:
            raise
        return await _page(request, desk, found, CONFLICT, to_member(problem.detail), text)
    return elsewhere(request, f"{request.url.path}{'' if followed else '?asked=1'}")


async def _page(
    request: Request, desk: Desk, found: Mapping[str, Any], status: int = 200, error: Said | None = None, text: str = ""
) -> Response:
    language = language_here(request)
    case, state = await case_of(desk, found), await _state(desk, found)
    policy = desk.policies.at(found["brand"], found["community"], desk.clock.now())
    told = state.told or (APPEAL["on_its_way"] if request.query_params.get("asked") == "1" else None)
    return page(
        request,
        "appeal.html.j2",
        status=status,
        words=APPEAL,
        brand=found["brand"],
        explanation=for_member(_redacted(found, case, policy), language.value),
        at=found["at"].isoformat(),
        state=None if told is None else told.by(language),
        error=None if error is None else error.by(language),
        until=state.until,
        may_ask=state.may_ask,
        text=text,
        rules=f"/rules/{found['brand']}/{found['community']}",
        clock=clock,
    )


def _redacted(found: Mapping[str, Any], case: Case | None, policy: Policy) -> Mapping[str, Any]:
    """Return what the explanation goes by. A moderator's own words were written in one language, for this member."""
    held = None if case is None else next((one for one in case.decisions if one.id == found["_id"]), None)
    told = shown(found)
    if "reason" not in told and held is not None and held.reason is not None:
        told["reason"] = reason_of(policy, held.reason)._asdict()
    return told


async def _state(desk: Desk, found: Mapping[str, Any]) -> State:
    case = await case_of(desk, found)
    appeal = None if case is None or case.appeal is None or case.appeal.decision != found["_id"] else case.appeal
    if appeal is not None and appeal.answer is not None:
        return State(APPEAL[appeal.answer], may_ask=False)
    if found["reversal"] is not None:
        return State(None, may_ask=False)  # the explanation says so
    if appeal is not None:
        return State(APPEAL["waits"], may_ask=False, until=moment(appeal.deadline_ms).isoformat())
    return _askable(desk, found, desk.clock.now())


def _askable(desk: Desk, found: Mapping[str, Any], now: datetime) -> State:
    """Return whether a decision may be asked about; the fold has the last word."""
    rule = desk.policies.at(found["brand"], found["community"], now).spec.appeals
    if "member" not in found:
        return State(APPEAL["no_author"], may_ask=False)
    if rule.status == "off":
        return State(TO_MEMBERS["decisions are not appealed against here"], may_ask=False)
    if now > found["at"] + timedelta(seconds=seconds(rule.within)):
        return State(TO_MEMBERS["it was too long ago"], may_ask=False)
    return State(None, may_ask=True)
