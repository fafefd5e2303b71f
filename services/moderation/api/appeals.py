"""A member asks for another look: through a brand's own portal here, and on a page of ours with the link of a notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.moderation.api.desk import Desk
from services.moderation.cases.case import Case, moment
from services.moderation.cases.states import url_key
from services.moderation.rules.commands import Ask
from shared.directory import Principal, Scope
from shared.documents.shape import Spec
from shared.events import event_id
from shared.events.envelope import Name
from shared.http.auth import needs
from shared.http.body import limited_body
from shared.http.problems import Problem

TEXT_CHARS_MAX = 2_000
"""A page of writing: what a moderator reads before looking once more."""
BODY_BYTES_MAX = 20_000
"""The text in JSON, where each of its characters is escaped."""
EACH_S = 60
"""One decision is asked about once in this time: a command of the same minute has the same id, and is one."""

Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]


class AppealRequest(Spec, frozen=True, kw_only=True):
    """A member asks for another look."""

    member: Annotated[Name, msgspec.Meta(min_length=1)]
    """As events name them: whom the decision concerns."""
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)] | None = None


def appeals(desk: Desk) -> APIRouter:
    """Return the route by which a brand's own portal passes appeals on."""
    routes = APIRouter()

    @routes.post("/v1/decisions/{decision}/appeal")
    async def appeal(decision: str, request: Request, principal: Writer) -> JSONResponse:
        asked = _asked(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX))
        found = await desk.decisions.one(decision)
        if found is None or not principal.may(Scope.DECISIONS_WRITE, found["brand"], found["community"]):
            raise Problem(404, "there is no such decision")
        followed = await desk.orders.given(ask(found, asked.member, asked.text, desk.clock.now()))
        return JSONResponse(_shown(decision, await case_of(desk, found)), 201 if followed else 202)

    return routes


def ask(found: Mapping[str, Any], member: str, text: str | None, at: datetime) -> Ask:
    """Return the command by which a member asks for another look at a stored decision."""
    minute = int(at.timestamp()) // EACH_S
    return Ask(
        id=event_id("moderation.command.appeal", found["_id"], member, minute),
        brand=found["brand"],
        community=found["community"],
        case=found.get("content") or found["_id"],
        at=at,
        by=member,
        decision=found["_id"],
        text=text or None,
    )


async def case_of(desk: Desk, found: Mapping[str, Any]) -> Case | None:
    """Return the case that a stored decision belongs to."""
    return await desk.cases.one(url_key(found["brand"], found["community"], found.get("content") or found["_id"]))


def _asked(body: bytes) -> AppealRequest:
    try:
        return msgspec.json.decode(body, type=AppealRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"name the member, and what they say: {error}") from error


def _shown(decision: str, case: Case | None) -> Mapping[str, Any]:
    """Return what a portal shows its member: by when there is an answer."""
    if case is None or case.appeal is None or case.appeal.decision != decision:
        return {"decision": decision}
    return {
        "decision": decision,
        "asked": moment(case.appeal.at_ms).isoformat(),
        "deadline": moment(case.appeal.deadline_ms).isoformat(),
        "answer": case.appeal.answer,
    }
