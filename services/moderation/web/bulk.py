"""Several cases decided at once: chosen in the list, shown once more, then decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.moderation.api.desk import LATER, Desk
from services.moderation.api.requests import BULK_MAX, BulkRequest
from services.moderation.api.shown import shown_case
from services.moderation.cases.case import Case
from services.moderation.pages.case_words import WORDS as CASE_WORDS
from services.moderation.pages.queue_words import WORDS
from services.moderation.pages.refusals import to_staff
from services.moderation.web.queue import SHARED
from shared.directory import Principal, Scope
from shared.http.auth import needs
from shared.http.forms import Form, form
from shared.http.pages.page import language_here, page
from shared.http.pages.told import told
from shared.http.problems import Problem
from shared.said import Said

Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]


def bulk(desk: Desk) -> APIRouter:
    """Return the route by which several cases are decided at once."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/cases/bulk")
    async def decide(request: Request, principal: Writer) -> Response:
        sent = await form(request)
        chosen = tuple(dict.fromkeys(sent.all("case")))
        _check_number(request, len(chosen))
        wanted = _wanted(sent, chosen)
        cases = [await desk.found(one.key, principal, Scope.DECISIONS_WRITE) for one in wanted.cases]
        became = await desk.together(wanted, principal) if sent.one("sure") == "yes" else None
        return _shown(request, principal, sent, chosen, cases, None if became is None else _told(became))

    return routes


def _check_number(request: Request, chosen: int) -> None:
    language = language_here(request)
    if chosen == 0:
        raise Problem(422, WORDS["bulk_none"].by(language))
    if chosen > BULK_MAX:
        raise Problem(422, WORDS["bulk_many"].by(language))


def _wanted(sent: Form, chosen: Sequence[str]) -> BulkRequest:
    """Return the request: a duration goes with a mute or a ban alone, for the list offers one for all."""
    ruling = sent.one("ruling")
    wanted: dict[str, Any] = {"cases": [_named(one) for one in chosen], "ruling": ruling}
    if ruling in {"mute", "ban"} and sent.one("for"):
        wanted["for"] = sent.one("for")
    if sent.one("reason").strip():
        wanted["reason"] = sent.one("reason").strip()
    try:
        return msgspec.convert(wanted, BulkRequest, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(422, f"not what is asked for: {error}") from error


def _named(chosen: str) -> Mapping[str, str]:
    key, _, version = chosen.rpartition(".")
    return {"key": key, "version": version}


def _told(became: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Return what became of each, with the reason in both languages."""
    later = CASE_WORDS["on_its_way"]
    return {one["key"]: {"done": one["done"], "why": _why(one.get("why"), later)} for one in became}


def _why(why: str | None, later: Said) -> Said:
    return later if why is None or why == LATER else to_staff(why)


def _shown(
    request: Request,
    principal: Principal,
    sent: Form,
    chosen: Sequence[str],
    cases: Sequence[Case],
    became: Mapping[str, Any] | None,
) -> Response:
    ruling = sent.one("ruling")
    return page(
        request,
        "bulk.html.j2",
        words=WORDS,
        cases=[told(shown_case(case, principal)) for case in cases],
        chosen=chosen,
        became=became,
        ruling=ruling,
        lasts=sent.one("for") if ruling in {"mute", "ban"} else "",
        reason=sent.one("reason").strip(),
        **SHARED,
    )
