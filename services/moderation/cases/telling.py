"""Changes of a case as events, acts on the platform, strikes and messages. Ids are digests of the cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec.structs import replace

from services.moderation.cases.case import Appeal, Case, Held, Outcome, milliseconds, moment
from services.moderation.rules import consequences
from services.moderation.rules.case import Policy
from services.moderation.rules.commands import Credit, Decide, Reverse
from services.moderation.rules.consequences import CONTENT_ACTS, following, message, notice, noticed
from services.moderation.rules.notices import Links, said
from services.moderation.rules.strikes import Strike, Withdrawal
from shared.events import Actor, event_id
from shared.events.actions import Act, ActionDelete, ActionHide, ActionMessage, ActionRestore
from shared.events.moderation import (
    Answering,
    AppealAnswered,
    AppealDue,
    Decision,
    DecisionMade,
    DecisionReversed,
    Reversal,
    Verdict,
)

TOLD_REPORTERS_MAX = 20
"""Reporters of one content who are written to: beyond it, a hundred messages would say the same."""


def _attributes(case: Case, at: datetime, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "source": case.source,
        "time": at,
        "brand": case.brand,
        "recordedtime": at,
        "community": case.community,
        "subject": case.content or case.member or case.community,
        "imported": case.imported,
    }


def made(case: Case, command: Decide, verdict: Verdict) -> DecisionMade:
    """Return a person's decision."""
    id_ = event_id("moderation.person", command.brand, command.community, command.case, command.id)
    last = case.decisions[-1] if case.decisions else None
    return DecisionMade(
        **_attributes(case, command.at, id_),
        data=Decision(
            actor=None if case.member is None else Actor(id=case.member),
            content_id=case.content,
            content_author=case.member,
            decision=id_,
            verdict=verdict,
            findings=(),
            cause=command.id,
            by=command.by,
            severity=command.severity or case.severity,
            until=command.until if verdict in {"mute", "ban"} else None,
            reach=case.reach or None,
            language=last.language if last else None,
            reason=command.reason or (last.reason if last else None),
        ),
    )


def held(event: DecisionMade, command: Decide, *, struck: bool = False) -> Held:
    """Return a person's decision as the case keeps it."""
    decision = event.data
    return Held(
        id=decision.decision,
        verdict=decision.verdict,
        at_ms=milliseconds(event.time),
        cause=decision.cause,
        severity=decision.severity or "medium",
        by=command.by,
        language="ru" if decision.language == "ru" else "en",
        reason=decision.reason,
        struck=struck,
        imported=event.imported,
    )


def reversal(
    case: Case, undone: Held, command: Decide | Reverse, *, appeal: bool = False, replaced_by: str | None = None
) -> DecisionReversed:
    """Return that a decision is taken back; `replaced_by` names the one that stands in its place."""
    attributes = _attributes(case, command.at, event_id("moderation.reversal", undone.id))
    return DecisionReversed(
        **attributes | {"imported": case.imported or undone.imported},
        data=Reversal(
            content_id=case.content,
            content_author=case.member,
            decision=undone.id,
            verdict=undone.verdict,
            by=command.by,
            reason=command.reason,
            parked=undone.parked,
            appeal=appeal,
            replaced_by=replaced_by,
        ),
    )


def withdrawn(case: Case, undone: Held, command: Decide | Reverse) -> Withdrawal | None:
    """Return that the strike of a decision is none any more."""
    if case.member is None:
        return None
    return Withdrawal(
        id=event_id("moderation.withdrawal", undone.id),
        brand=case.brand,
        community=case.community,
        member=case.member,
        source=case.source,
        at=command.at,
        recorded=moment(undone.at_ms),
        decision=undone.id,
        by=command.by,
    )


def restored(
    case: Case, undone: Sequence[Held], events: Sequence[DecisionReversed]
) -> Sequence[ActionRestore | ActionMessage]:
    """Return what brings the content back, and tells its author; nothing where it was to be seen all the time."""
    if case.imported or case.content is None:
        return ()
    for one, event in zip(undone, events, strict=True):
        if one.took_away and not one.imported:
            return (_restore(case, event), *_told_restored(case, one, event))
    return ()


def _restore(case: Case, event: DecisionReversed) -> ActionRestore:
    data = Act(content_id=case.content, content_author=case.member, cause=event.id, reason=event.data.reason)
    return ActionRestore(**following(event, event_id("moderation.act", event.id)), data=data)


def _told_restored(case: Case, undone: Held, event: DecisionReversed) -> Sequence[ActionMessage]:
    return () if case.member is None else (noticed(event, case.member, said("restored", undone.language)),)


def acts(
    case: Case, event: DecisionMade, policy: Policy, links: Links, *, is_deleted: bool
) -> list[ActionDelete | ActionHide | ActionMessage | ActionRestore]:
    """Return what is done on the platform by a person's decision. What is gone need not go again."""
    if case.imported:
        return []
    decision = event.data
    done: list[ActionDelete | ActionHide | ActionMessage | ActionRestore] = []
    make = CONTENT_ACTS.get(decision.verdict)
    if make is not None and case.content is not None and not is_deleted:
        data = Act(
            content_id=case.content, content_author=case.member, cause=event.id, channel=case.channel, reason=decision.reason
        )
        done.append(make(**following(event, event_id("moderation.act", event.id)), data=data))
    if policy.spec.notices.author and decision.verdict in consequences.TOLD_AT_ONCE:
        done += notice(event, said(decision.verdict, decision.language), links)
    return done


def strike(event: DecisionMade, policy: Policy, replaced: Sequence[Held]) -> Strike | None:
    """Return the strike that a person's decision is, in the place of those of the decisions that it replaces."""
    points = policy.spec.strikes.weights.of(event.data.severity or "medium")
    return consequences.strike(event, points, tuple(one.id for one in replaced if one.struck))


def rejected(case: Case, command: Decide) -> Sequence[ActionMessage]:
    """Return what the member hears whose appeal changed nothing."""
    if case.member is None or case.appeal is None:
        return ()
    appealed = next((one for one in case.decisions if one.id == case.appeal.decision), None)
    text = said("rejected", appealed.language if appealed else "en")
    id_ = event_id("moderation.rejected", case.appeal.decision)
    return (_message(case, id_, command.at, case.member, text, command.id),)


def reporters(
    case: Case, outcome: Outcome, policy: Policy, *, was_right: bool
) -> tuple[Sequence[Credit], Sequence[ActionMessage]]:
    """Return what the reporters' records gain, and what they are told. History tells nobody."""
    waiting = [one for one in case.complaints if one.reporter is not None and not one.settled]
    told = [] if case.imported or not policy.spec.notices.reporters else waiting[:TOLD_REPORTERS_MAX]
    earned = [_credit(case, str(one.reporter), outcome, was_right=was_right) for one in waiting]
    return earned, [_thanked(case, str(one.reporter), one.language, outcome, was_right=was_right) for one in told]


def _credit(case: Case, reporter: str, outcome: Outcome, *, was_right: bool) -> Credit:
    return Credit(
        id=event_id("moderation.credit", case.brand, case.community, case.id, reporter),
        brand=case.brand,
        community=case.community,
        case=case.id,
        at=moment(outcome.at_ms),
        by=outcome.by,
        reporter=reporter,
        was_right=was_right,
    )


def _thanked(case: Case, reporter: str, language: str, outcome: Outcome, *, was_right: bool) -> ActionMessage:
    id_ = event_id("moderation.thanks", case.brand, case.community, case.id, reporter)
    text = said("acted" if was_right else "kept", language)
    return _message(case, id_, moment(outcome.at_ms), reporter, text, case.id)


def _message(case: Case, id_: str, at: datetime, member: str, text: str, cause: str) -> ActionMessage:
    """Return what a member is answered. They asked lately, so it is no history, whatever the content is."""
    attributes = _attributes(case, at, id_) | {"imported": False}
    return message(attributes, member, text, cause, case.content)


def appeal_due(case: Case, appeal: Appeal, at: datetime) -> AppealDue:
    """Return that an appeal is to be answered soon. It is of the present, whatever it is about."""
    id_ = event_id("moderation.appeal.due", case.brand, case.community, appeal.decision, appeal.at_ms)
    return AppealDue(**_attributes(case, at, id_) | {"imported": False}, data=_answering(case, appeal))


def appeal_answered(
    case: Case, appeal: Appeal, answer: Literal["upheld", "rejected"] | None, at: datetime
) -> AppealAnswered:
    """Return that an appeal which was due is answered; it names the same decision."""
    id_ = event_id("moderation.appeal.answered", case.brand, case.community, appeal.decision, appeal.at_ms)
    data = _answering(case, replace(appeal, answer=answer))
    return AppealAnswered(**_attributes(case, at, id_) | {"imported": False}, data=data)


def _answering(case: Case, appeal: Appeal) -> Answering:
    return Answering(
        content_id=case.content,
        content_author=case.member,
        decision=appeal.decision,
        due=moment(appeal.deadline_ms),
        answer=appeal.answer,
    )
