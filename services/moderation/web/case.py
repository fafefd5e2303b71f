"""One case to look at and to work on. Whoever comes second is told who was first, and what they wanted stays at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.moderation.api.cases import WORK
from services.moderation.api.decisions import ReversalRequest, reversal
from services.moderation.api.desk import Desk
from services.moderation.api.requests import Seen
from services.moderation.api.rights import MANAGERS, check_reversal
from services.moderation.api.second_looks import case_of
from services.moderation.cases.case import Case, moment
from services.moderation.pages import names
from services.moderation.pages.case_words import WORDS
from services.moderation.pages.fact_words import FACTS, VALUES
from services.moderation.pages.marks import pieces
from services.moderation.pages.queue_words import WORDS as QUEUE_WORDS
from services.moderation.pages.refusals import to_staff
from services.moderation.pages.told import decided
from services.moderation.rules.about import about
from services.moderation.web.asked import with_duration
from services.moderation.web.queue import SHARED, Reader, is_claimed
from shared.directory import Principal, Scope
from shared.http.auth import needs
from shared.http.forms import Form, asked, form
from shared.http.pages.page import elsewhere, language_here, page
from shared.http.pages.told import told
from shared.http.problems import Problem
from shared.said import Language
from shared.times import age

Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]
CONFLICT, ENOUGH = 409, 429
OURS = frozenset({"csrf", "version"})
"""Fields of forms that say nothing of what is wanted."""
TOLD = ("ruling", "reason", "text", "to", "outcome", "of")
"""Fields that a moderator reads again where a form was refused."""


def case(desk: Desk) -> APIRouter:
    """Return the routes of one case."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/cases/{key}")
    async def look(key: str, request: Request, principal: Reader) -> Response:
        return await _page(request, desk, principal, key)

    @routes.post("/cases/{key}/reversal")
    async def reverse(key: str, request: Request, principal: Writer) -> Response:
        return await _tried(request, desk, principal, key, "reversal")

    @routes.post("/cases/{key}/{what}")
    async def work(key: str, what: str, request: Request, principal: Writer) -> Response:
        if what not in WORK:
            raise Problem(404, "there is nothing of that name to do")
        return await _tried(request, desk, principal, key, what)

    return routes


async def _tried(request: Request, desk: Desk, principal: Principal, key: str, what: str) -> Response:
    """Do what a form asks for; show the case again where it is refused."""
    sent = with_duration(await form(request))
    found = await desk.found(key, principal, Scope.DECISIONS_WRITE)
    try:
        followed = await _done(desk, principal, found, what, sent)
    except Problem as problem:
        if problem.status != CONFLICT:
            raise
        return await _page(request, desk, principal, key, _Refused(problem.detail, what, sent))
    return elsewhere(request, f"/cases/{key}{'' if followed else '?asked=1'}")


async def _done(desk: Desk, principal: Principal, found: Case, what: str, sent: Form) -> bool:
    if what != "reversal":
        shape, make = WORK[what]
        return await desk.worked(found, principal, make, asked(sent, shape))
    return await _reversed(desk, principal, found, sent)


async def _reversed(desk: Desk, principal: Principal, found: Case, sent: Form) -> bool:
    reason, version = asked(sent, ReversalRequest).reason, asked(sent, Seen).version
    if version != found.version:
        raise Problem(CONFLICT, f"the case was changed meanwhile: it is version {found.version}, "
                      f"you saw {version}; look again")  # fmt: skip
    decision = await desk.decisions.one(sent.one("decision"))
    if decision is None or not _is_of(decision, found):
        raise Problem(404, "there is no such decision")
    check_reversal(found, principal)
    return await desk.orders.given(reversal(decision, reason, principal, desk.clock.now()))


def _is_of(decision: Mapping[str, Any], found: Case) -> bool:
    """Say whether a decision is one of the case."""
    return (decision["brand"], decision["community"], case_of(decision)) == (found.brand, found.community, found.id)


class _Refused(NamedTuple):
    """What was refused, and why."""

    why: str
    what: str
    sent: Form

    @property
    def version(self) -> int:
        """Return the version that was seen."""
        told = self.sent.one("version")
        return int(told) if told.isdecimal() else 0

    def again(self, key: str) -> Mapping[str, Any]:
        """Return the same form for another try, with the version of now."""
        fields = [(name, value) for name, value in self.sent.fields if name not in OURS]
        return {
            "action": f"/cases/{key}/{self.what}",
            "fields": fields,
            "told": [value for name, value in fields if name in TOLD and value],
        }


async def _page(request: Request, desk: Desk, principal: Principal, key: str, refused: _Refused | None = None) -> Response:
    found = await desk.found(key, principal)
    try:
        whole = told(await desk.whole(found, principal, reveal=request.query_params.get("reveal") == "1"))
    except Problem as problem:
        if problem.status != ENOUGH:
            raise
        return page(request, "enough.html.j2", status=ENOUGH, words=QUEUE_WORDS | WORDS)
    now = desk.clock.now()
    return page(
        request,
        "case.html.j2",
        status=200 if refused is None else CONFLICT,
        words=QUEUE_WORDS | WORDS,
        case=whole,
        decided=decided(whole),
        lines=_lines(whole["conversation"], found.content),
        age=age(moment(found.opened_ms), now),
        is_claimed=is_claimed(found, now),
        is_blurred=_is_blurred(whole),
        is_asked=request.query_params.get("asked") == "1",
        is_manager=principal.role in MANAGERS,
        may_decide=principal.may(Scope.DECISIONS_WRITE, found.brand, found.community),
        known_keys=_keys(language_here(request)),
        note=refused.sent.one("text") if refused is not None and refused.what == "notes" else "",
        about=about,
        facts=FACTS,
        fact_values=VALUES,
        did=names.DID,
        outcomes=names.OUTCOMES,
        unmade=names.UNMADE,
        to_staff=to_staff,
        refusal=None if refused is None else to_staff(refused.why),
        again=None if refused is None else refused.again(key),
        changes=() if refused is None else _since(whole["history"], refused.version),
        **SHARED,
    )


def _is_blurred(whole: Mapping[str, Any]) -> bool:
    """Say whether something is hidden that may be asked for."""
    parts = (*whole["conversation"], whole["appeal"] or {}, whole["dispute"] or {})
    return any(part.get("hidden") for part in parts)


def _lines(conversation: Sequence[Mapping[str, Any]], content: str | None) -> Sequence[Mapping[str, Any]]:
    """Return messages cut into what rules matched, and what they did not."""
    return [
        {**line, "pieces": pieces(line["text"], line["spans"]), "is_judged": line["content"] == content}
        for line in conversation
    ]


def _since(history: Sequence[Mapping[str, Any]], version: int) -> Sequence[Mapping[str, Any]]:
    """Return what was done after a version, and not refused."""
    return [one for one in history if one.get("version", 0) > version and "refused" not in one]


def _keys(language: Language) -> Sequence[tuple[str, str]]:
    known = (
        ("c", WORDS["claim"]),
        ("a", names.VERDICTS["allow"]),
        ("r", names.VERDICTS["remove"]),
        ("h", names.VERDICTS["hide"]),
        ("m", names.VERDICTS["mute"]),
        ("b", names.VERDICTS["ban"]),
        ("e", WORDS["escalate"]),
        ("n", WORDS["note"]),
        ("v", WORDS["reveal"]),
        ("j", WORDS["next_case"]),
        ("?", QUEUE_WORDS["key_help"]),
    )
    return [(key, name.by(language)) for key, name in known]
