"""What the routes of cases, and the pages, work with: a case with all that helps to decide it, and the commands."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.moderation.api.hard_texts import SEVERE, HardTexts
from services.moderation.api.orders import Orders
from services.moderation.api.requests import AssignRequest, BulkRequest, ClaimRequest, DecisionRequest, Seen
from services.moderation.api.rights import check_escalated, check_manager, check_reversal
from services.moderation.api.second_looks import SecondLooks, may_look_again
from services.moderation.api.shown import HISTORY, shown_case, shown_conversation, shown_history
from services.moderation.cases.case import Case
from services.moderation.cases.states import url_key
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.store.cases import Asked, Cases
from services.moderation.store.conversation import Conversations
from services.moderation.store.decisions import Decisions, Wanted
from services.moderation.store.excerpts import Excerpts
from services.moderation.store.exposures import Exposures
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents.discipline import seconds
from shared.http.problems import Problem
from shared.policy import PolicyBook

RECORD_MAX = 200
"""Decisions about one member that are counted for a case."""

LATER = "asked for; look again in a moment"
"""Of what is not known yet."""

Make = Callable[..., commands.Command]


class Desk:
    """What the routes of cases, and the pages, work with."""

    def __init__(
        self,
        cases: Cases,
        decisions: Decisions,
        orders: Orders,
        conversations: Conversations,
        excerpts: Excerpts,
        exposures: Exposures,
        policies: PolicyBook[Policy],
        clock: Clock,
    ) -> None:
        self.cases, self.decisions, self.orders = cases, decisions, orders
        self.conversations, self._excerpts, self.policies, self.clock = conversations, excerpts, policies, clock
        self.hard_texts = HardTexts(cases, exposures, policies, clock)
        self.second_looks = SecondLooks(cases)

    async def found(self, key: str, principal: Principal, scope: Scope = Scope.DECISIONS_READ) -> Case:
        """Return a case; one of another brand, or of a community that is none of theirs, is not there."""
        case = await self.cases.one(key)
        if case is None or not principal.may(scope, case.brand, case.community):
            raise Problem(404, "there is no such case")
        return case

    async def check_reversal(self, key: str, principal: Principal) -> None:
        """Raise Problem where this person may take back no decision of a case, and end no sanction of it."""
        case = await self.cases.one(key)
        if case is not None:
            check_reversal(case, principal)

    async def whole(self, case: Case, principal: Principal, *, reveal: bool = True) -> Mapping[str, Any]:
        """Return a case with all that helps to decide it; without `reveal` hard texts are left out.

        Raises Problem 429 where this shift has shown enough of them.
        """
        decisions = await self.decisions.about(case.brand, case.community, case.content) if case.content else ()
        conversation = await self.conversation(case, decisions)
        hidden = await self.hard_texts.hidden(case, conversation, principal, reveal=reveal)
        history = () if may_look_again(case, principal) else shown_history(await self.cases.history(case))
        by_rules = [one for one in decisions if "by" not in one]
        findings = [finding for one in by_rules for finding in one.get("findings", ())]
        spans = {one["cause"]: spans_of(one["findings"]) for one in by_rules}
        return shown_case(case, principal, hidden) | {
            "conversation": shown_conversation(conversation, spans, hidden),
            "findings": findings,
            "spans": spans_of(findings),
            "record": await self.record(case, principal),
            "history": history,
        }

    async def excerpts(self, brand: str, cases: Sequence[Case]) -> Mapping[str, str]:
        """Return how the contents of cases begin, by the keys of the cases; of hard texts never, whoever asks."""
        light = [one for one in cases if one.content is not None and one.severity not in SEVERE]
        found = await self._excerpts.of(brand, {(one.community, one.content) for one in light if one.content is not None})
        told = {(one.community, one.content): url_key(one.brand, one.community, one.id) for one in light}
        return {told[content]: text for content, text in found.items() if text}

    async def conversation(self, case: Case, decisions: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Return what was written around a content; nothing where its place is not known, or no longer kept."""
        places = [int(one["place"]) for one in decisions if "place" in one]
        place = max(places) if places else case.place
        if case.content is None or place is None:
            return ()
        return await self.conversations.around(case.brand, case.community, case.channel, case.content, place)

    async def record(self, case: Case, principal: Principal) -> Mapping[str, Any]:
        """Return what is known against the member in this community; a second look hears nothing of this content."""
        if case.member is None:
            return {}
        wanted = Wanted(case.brand, case.community, None, case.member, None, RECORD_MAX)
        listed = await self.second_looks.decisions(await self.decisions.listed(wanted), principal)
        found = [one for one in listed if not (may_look_again(case, principal) and one.get("content") == case.content)]
        stands = [one for one in found if one["reversal"] is None]
        verdicts = [one["verdict"] for one in stands]
        others = await self.cases.listed(Asked(case.brand, case.community, member=case.member, limit=20))
        return {
            "member": case.member,
            "decisions": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
            "reversed": len(found) - len(stands),
            "open_cases": [shown_case(one, principal) for one in others.cases if one.id != case.id],
        }

    def decision(
        self, case: Case, asked: DecisionRequest | BulkRequest, version: int | None, principal: Principal
    ) -> commands.Decide:
        """Return the command that ends a case. Raises Problem 403 where it is for a community manager to end it."""
        check_escalated(case, principal)
        now = self.clock.now()
        until = None if asked.lasts is None else now + timedelta(seconds=seconds(asked.lasts))
        return commands.Decide(
            **self.about(case, principal, version),
            ruling=asked.ruling,
            until=until,
            severity=asked.severity,
            reason=asked.reason,
            content=case.content,
            member=case.member,
        )

    async def worked(self, case: Case, principal: Principal, make: Make, asked: Seen) -> bool:
        """Have a command followed that is made of a request; return whether that is known already.

        Raises Problem 403 where it is for a community manager, 409 with the reason where the fold refused it.
        """
        if isinstance(asked, AssignRequest) or (isinstance(asked, ClaimRequest) and asked.force):
            check_manager(principal)
        if isinstance(asked, DecisionRequest):
            return await self.orders.given(self.decision(case, asked, asked.version, principal))
        fields = {name: getattr(asked, name) for name in asked.__struct_fields__ if name != "version"}
        return await self.orders.given(make(**self.about(case, principal, asked.version), **fields))

    async def together(self, asked: BulkRequest, principal: Principal) -> Sequence[Mapping[str, Any]]:
        """End several cases alike; return of each whether it is done, else why not. One that is refused stops no other.

        Raises Problem 404 where one is not there: then none is decided.
        """
        found = [(one, await self.found(one.key, principal, Scope.DECISIONS_WRITE)) for one in asked.cases]
        given = {one.key: self._together(case, asked, one.version, principal) for one, case in found}
        for command in given.values():
            if isinstance(command, commands.Decide):
                await self.orders.sent(command)
        became = await asyncio.gather(*(self._became(key, command) for key, command in given.items()))
        history = {one.key for one, case in found if case.imported}
        return [one | ({"remark": HISTORY} if one["done"] and one["key"] in history else {}) for one in became]

    def _together(
        self, case: Case, asked: BulkRequest, version: int | None, principal: Principal
    ) -> commands.Decide | Problem:
        try:
            return self.decision(case, asked, version, principal)
        except Problem as problem:
            return problem

    async def _became(self, key: str, command: commands.Decide | Problem) -> dict[str, Any]:
        if isinstance(command, Problem):
            return {"key": key, "done": False, "why": command.detail}
        try:
            followed = await self.orders.followed(command)
        except Problem as problem:
            return {"key": key, "done": False, "why": problem.detail}
        return {"key": key, "done": followed} | ({} if followed else {"why": LATER})

    def about(self, case: Case, principal: Principal, version: int | None) -> dict[str, Any]:
        """Return what every command says."""
        return {
            "id": secrets.token_hex(16),
            "brand": case.brand,
            "community": case.community,
            "case": case.id,
            "at": self.clock.now(),
            "by": principal.name,
            "version": version,
        }


def spans_of(findings: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, int]]:
    """Return what rules matched, as characters of the text that they judged."""
    return [span for finding in findings for span in finding.get("spans") or ()]
