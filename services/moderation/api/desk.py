"""What the routes of cases, and the pages, work with: a case with all that helps to decide it, and the commands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.moderation.api.orders import Orders
from services.moderation.api.requests import BulkRequest, DecisionRequest
from services.moderation.api.shown import SEVERE, shown_case, shown_conversation, shown_history
from services.moderation.cases.case import Case
from services.moderation.rules import commands
from services.moderation.rules.case import Policy
from services.moderation.store.cases import Asked, Cases
from services.moderation.store.conversation import Conversations
from services.moderation.store.decisions import Decisions, Wanted
from services.moderation.store.exposures import Exposures
from shared.clock import Clock
from shared.directory import Principal, Role, Scope
from shared.documents.discipline import seconds
from shared.http.problems import Problem
from shared.policy import PolicyBook

RECORD_MAX = 200
"""Decisions about one member that are counted for a case."""

MANAGERS = frozenset({Role.OWNER, Role.COMMUNITY_MANAGER})
"""Who may assign, take over, and decide what was escalated."""


class Desk:
    """What the routes of cases, and the pages, work with."""

    def __init__(
        self,
        cases: Cases,
        decisions: Decisions,
        orders: Orders,
        conversations: Conversations,
        exposures: Exposures,
        policies: PolicyBook[Policy],
        clock: Clock,
    ) -> None:
        self.cases, self.decisions, self.orders = cases, decisions, orders
        self.conversations, self.exposures, self.policies, self.clock = conversations, exposures, policies, clock

    async def found(self, key: str, principal: Principal, scope: Scope = Scope.DECISIONS_READ) -> Case:
        """Return a case; one of another brand, or of a community that is none of theirs, is not there."""
        case = await self.cases.one(key)
        if case is None or not principal.may(scope, case.brand, case.community):
            raise Problem(404, "there is no such case")
        return case

    async def revealed(self, case: Case, principal: Principal) -> None:
        """Count a severe case that is shown. Raises Problem 429 where this shift has shown enough of them."""
        if case.severity not in SEVERE:
            return
        now = self.clock.now()
        review = self.policies.at(case.brand, case.community, now).spec.review
        if not await self.exposures.may_show(case.brand, principal.name, f"{case.community}/{case.id}", review, now):
            raise Problem(
                429, f"{review.exposure} severe cases are enough for a shift of {review.shift}: somebody else looks"
            )

    async def whole(self, case: Case, principal: Principal) -> Mapping[str, Any]:
        """Return a case with all that helps to decide it."""
        await self.revealed(case, principal)
        decisions = await self.decisions.about(case.brand, case.community, case.content) if case.content else ()
        conversation = await self.conversation(case, decisions)
        history = () if case.is_blind else shown_history(await self.cases.history(case))
        findings = [finding for one in decisions if "by" not in one for finding in one.get("findings", ())]
        return shown_case(case, principal.name) | {
            "conversation": shown_conversation(conversation),
            "findings": findings,
            "spans": [span for finding in findings for span in finding.get("spans") or ()],
            "record": await self.record(case),
            "history": history,
        }

    async def conversation(self, case: Case, decisions: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Return what was written around a content; nothing where its place is not known, or no longer kept."""
        places = [int(one["place"]) for one in decisions if "place" in one]
        place = max(places) if places else case.place
        if case.content is None or place is None:
            return ()
        return await self.conversations.around(case.brand, case.community, case.channel, case.content, place)

    async def record(self, case: Case) -> Mapping[str, Any]:
        """Return what is known against the member in this community."""
        if case.member is None:
            return {}
        wanted = Wanted(case.brand, case.community, None, case.member, None, RECORD_MAX)
        found = await self.decisions.listed(wanted)
        stands = [one for one in found if one["reversal"] is None]
        verdicts = [one["verdict"] for one in stands]
        others = await self.cases.listed(Asked(case.brand, case.community, member=case.member, limit=20))
        return {
            "member": case.member,
            "decisions": {verdict: verdicts.count(verdict) for verdict in sorted(set(verdicts))},
            "reversed": len(found) - len(stands),
            "open_cases": [shown_case(one) for one in others.cases if one.id != case.id],
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


def check_escalated(case: Case, principal: Principal) -> None:
    """Raise Problem 403 where a case is for a community manager and this is none."""
    if case.escalated and principal.role not in MANAGERS:
        raise Problem(403, "it was escalated: a community manager decides")
