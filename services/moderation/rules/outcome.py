"""Findings into a decision, its entry and its act; a reversal into its own. Pure; ids are digests of the cause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from services.moderation.rules.case import Found, Policy
from services.moderation.rules.commands import Reverse
from services.moderation.rules.judging import Judgement, strictest, told
from shared.documents.rule import Reasons
from shared.events import Actor, Envelope, event_id
from shared.events.actions import Act, ActionDelete, ActionHide, ActionRestore
from shared.events.community import ContentCreated, ContentEdited
from shared.events.moderation import Decision, DecisionMade, DecisionReversed, Reversal, RuleFailed, RuleFailure

PlatformAct = ActionDelete | ActionHide | ActionRestore

_CYRILLIC = re.compile("[А-Яа-яЁё]")

REASONS: Mapping[str, tuple[str, str]] = {
    "words": ("Words that are not welcome here.", "Слова, которым здесь не место."),
    "phrases": ("It looks like spam or fraud.", "Похоже на спам или мошенничество."),
    "flood": ("Too many messages in a short time.", "Слишком много сообщений за короткое время."),
    "repeats": ("The same message again.", "Одно и то же сообщение повторяется."),
    "newcomer-links": ("New members cannot post links yet.", "Новым участникам пока нельзя публиковать ссылки."),
    "language": ("This community speaks other languages.", "В этом сообществе говорят на других языках."),
    "domains": ("Links to this site are not welcome here.", "Ссылки на этот сайт здесь нежелательны."),
    "mentions": ("Too many people are mentioned at once.", "Слишком много упоминаний сразу."),
    "capitals": ("Please do not write in capitals.", "Пожалуйста, не пишите заглавными буквами."),
    "emoji": ("Too many emoji.", "Слишком много эмодзи."),
    "attachments": ("This attachment is not welcome here.", "Такие вложения здесь нежелательны."),
    "first-posts": ("First messages are looked at by a moderator.", "Первые сообщения просматривает модератор."),
}
"""What the member is told where the policy has no words of its own: English, Russian."""


DECISION, REVERSAL = "decision", "reversal"
SHADOW = "shadow"
"""Kinds of entries; the last is of what rules in shadow would have decided."""

OWN_REASON = ("It breaks the rules of this community.", "Это нарушает правила сообщества.")
"""Of a brand's own rule that has no words of its own."""


class Outcome(NamedTuple):
    """What was decided: the event, the act on the platform where there is one, and what is entered."""

    event: DecisionMade | DecisionReversed
    act: PlatformAct | None
    entry: Mapping[str, Any]


Written = ContentCreated | ContentEdited


def failures(event: Written, failed: Mapping[str, str], policy: Policy) -> Sequence[RuleFailed]:
    """Return an event for each rule that could not be evaluated: nothing fails in silence."""
    content = event.data.content_id
    return [
        RuleFailed(
            **_of(event, event_id(*_cause("moderation.failure", event, policy), rule)),
            data=RuleFailure(content_id=content, rule=rule, version=policy.version, reason=why, cause=event.id),
        )
        for rule, why in failed.items()
    ]


def _cause(kind: str, event: Written, policy: Policy) -> tuple[str | int, ...]:
    """Return of what the id of something is made that follows from a content under a policy."""
    return kind, event.brand, event.community or "", event.id, policy.version


def _of(event: Written, id_: str) -> dict[str, Any]:
    """Return the attributes of an event that is about a content."""
    return _following(event, id_) | {"subject": event.data.content_id}


def shadow(event: Written, findings: Sequence[Found], policy: Policy) -> Mapping[str, Any]:
    """Return the entry of what rules in shadow would have done."""
    entry = {
        "_id": event_id(*_cause("moderation.shadow", event, policy)),
        "kind": SHADOW,
        "brand": event.brand,
        "community": event.community,
        "channel": event.data.channel,
        "member": _author(event),
        "content": event.data.content_id,
        "cause": event.id,
        "verdict": strictest(findings).then,
        "rules": [found.rule for found in findings],
        "version": policy.version,
        "imported": event.imported,
        "at": event.time,
    }
    return {name: value for name, value in entry.items() if value is not None}


def decided(event: Written, judgement: Judgement, policy: Policy, trace: str | None) -> Outcome:
    """Return the decision on a content. Of several findings the strictest acts; history causes no act."""
    worst = strictest(judgement.findings)
    decision = event_id(*_cause("moderation.decision", event, policy))
    made = DecisionMade(
        **_of(event, decision),
        data=Decision(
            actor=_nameless(event.data.actor),
            content_id=event.data.content_id,
            content_author=_author(event),
            decision=decision,
            verdict=worst.then,
            findings=tuple(told(found, policy.version) for found in judgement.findings),
            cause=event.id,
            skipped=tuple(judgement.own.failed) or None,
        ),
    )
    act = None if event.imported else _act(event, made, worst, policy)
    entry = _entry(made, event, policy, trace)
    if worst.then != "flag":  # of which the author hears nothing
        entry["reason"] = msgspec.to_builtins(reasons(worst, policy))
    return Outcome(made, act, entry)


def _author(event: Written) -> str | None:
    actor = event.data.actor
    return event.data.content_author or (actor.id if actor else None)


def _nameless(actor: Actor | None) -> Actor | None:
    return None if actor is None else msgspec.structs.replace(actor, name=None)


def _act(event: Written, made: DecisionMade, worst: Found, policy: Policy) -> PlatformAct | None:
    if worst.then == "flag":
        return None
    make = ActionDelete if worst.then == "remove" else ActionHide
    said = reasons(worst, policy)
    data = Act(
        content_id=event.data.content_id,
        content_author=made.data.content_author,
        cause=made.id,
        channel=event.data.channel,
        reason=said.ru if _CYRILLIC.search(event.data.text or "") else said.en,
    )
    return make(**_following(made, event_id("moderation.act", made.id)), data=data)


def reasons(found: Found, policy: Policy) -> Reasons:
    """Return what the author is told."""
    built_in = found.rule in REASONS
    own: Reasons | None = getattr(policy.spec, found.rule.replace("-", "_")).reason if built_in else found.reason
    if own is not None:
        return own
    en, ru = REASONS[found.rule] if built_in else OWN_REASON
    return Reasons(en=en, ru=ru)


def _following(event: Envelope, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "source": event.source,
        "time": event.time,
        "brand": event.brand,
        "recordedtime": event.recordedtime,
        "community": event.community,
        "subject": event.subject,
        "imported": event.imported,
    }


def _entry(made: DecisionMade, event: Written, policy: Policy, trace: str | None) -> dict[str, Any]:
    entry = {
        "_id": made.id,
        "kind": DECISION,
        "brand": made.brand,
        "community": made.community,
        "channel": event.data.channel,
        "member": made.data.content_author,
        "content": made.data.content_id,
        "cause": made.data.cause,
        "verdict": made.data.verdict,
        "rules": [finding.rule for finding in made.data.findings],
        "version": policy.version,
        "findings": msgspec.to_builtins(made.data.findings),
        "skipped": None if made.data.skipped is None else list(made.data.skipped),
        "source": made.source,
        "imported": made.imported,
        "at": made.time,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}


def reversed_(command: Reverse, trace: str | None) -> Outcome:
    """Return what follows from taking a decision back: what it did on the platform is undone."""
    event = DecisionReversed(
        id=event_id("moderation.reversal", command.decision),
        source=command.source,
        time=command.at,
        brand=command.brand,
        recordedtime=command.at,
        community=command.community,
        subject=command.content,
        imported=command.imported,
        data=Reversal(
            content_id=command.content,
            content_author=command.member,
            decision=command.decision,
            verdict=command.verdict,
            by=command.by,
            reason=command.reason,
        ),
    )
    act = None
    if command.verdict in {"remove", "hide"} and not command.imported:
        data = Act(content_id=command.content, content_author=command.member, cause=event.id, reason=command.reason)
        act = ActionRestore(**_following(event, event_id("moderation.act", event.id)), data=data)
    return Outcome(event, act, _reversal_entry(command, event, trace))


def _reversal_entry(command: Reverse, event: DecisionReversed, trace: str | None) -> dict[str, Any]:
    entry = {
        "_id": f"{command.decision}/reversal",
        "kind": REVERSAL,
        "brand": command.brand,
        "community": command.community,
        "decision": command.decision,
        "cause": command.id,
        "event": event.id,
        "by": command.by,
        "reason": command.reason,
        "at": command.at,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}
