"""Findings into a decision, its entry and what follows from it. Pure; ids are digests of the cause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from services.moderation.rules.brakes import RULE as BRAKES
from services.moderation.rules.brakes import brake_opened
from services.moderation.rules.case import Found, Policy
from services.moderation.rules.consequences import PlatformAct, acts_of, ends, following, strike
from services.moderation.rules.judging import Judged, Judgement, Written, strictest, told, told_together
from services.moderation.rules.notices import Links
from services.moderation.rules.ruling import Ruling
from services.moderation.rules.strikes import Strike
from shared.documents.rule import Reasons, Rule
from shared.events import Actor, event_id
from shared.events.envelope import Common
from shared.events.moderation import BrakeOpened, Decision, DecisionMade, RuleFailed, RuleFailure

_CYRILLIC = re.compile("[А-Яа-яЁё]")

REASONS: Mapping[str, tuple[str, str]] = {
    "words": ("Words that are not welcome here.", "Слова, которым здесь не место."),
    "phrases": ("It looks like spam or fraud.", "Похоже на спам или мошенничество."),
    "flood": ("Too many messages in a short time.", "Слишком много сообщений за короткое время."),
    "repeats": ("The same message again.", "Одно и то же сообщение повторяется."),
    "newcomer-links": ("New members cannot post links yet.", "Новым участникам пока нельзя публиковать ссылки."),
    "copies": ("Several members posted the same text.", "Один и тот же текст публикуют несколько участников."),
    "conflicts": ("A quarrel that goes too far.", "Ссора, которая зашла слишком далеко."),
    "raids": ("Many members joined at once.", "Слишком много участников вступило сразу."),
    "join-requests": ("A name that is not welcome here.", "Имя, которому здесь не место."),
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
    """What was decided: the event, the acts on the platform, the strike, and what is entered."""

    event: DecisionMade
    acts: Sequence[PlatformAct]
    strike: Strike | None
    entry: Mapping[str, Any]
    brake: BrakeOpened | None = None


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


def _cause(kind: str, event: Judged, policy: Policy) -> tuple[str | int, ...]:
    """Return of what the id of something is made that follows from an event under a policy."""
    return kind, event.brand, event.community or "", event.id, policy.version


def decision_id(event: Judged, policy: Policy) -> str:
    """Return the id of what is decided of an event under a policy."""
    return event_id(*_cause("moderation.decision", event, policy))


def _of(event: Judged, id_: str) -> dict[str, Any]:
    """Return the attributes of an event that is about a content."""
    return following(event, id_) | {"subject": event.data.content_id or author_of(event)}


def shadow(event: Judged, findings: Sequence[Found], policy: Policy) -> Mapping[str, Any]:
    """Return the entry of what rules in shadow would have done."""
    entry = {
        "_id": event_id(*_cause("moderation.shadow", event, policy)),
        "kind": SHADOW,
        "verdict": strictest(findings).then,
        "rules": [found.rule for found in findings],
        "findings": [msgspec.to_builtins(told(found, policy.version)) for found in findings],
        **_about(event),
    }
    return {name: value for name, value in entry.items() if value is not None} | {"version": policy.version}


def _about(event: Judged) -> dict[str, Any]:
    return {
        "brand": event.brand,
        "community": event.community,
        "channel": _channel(event),
        "member": author_of(event),
        "content": event.data.content_id,
        "cause": event.id,
        "imported": event.imported,
        "at": event.time,
    }


def decided(event: Judged, judgement: Judgement, ruling: Ruling, policy: Policy, trace: str | None, links: Links) -> Outcome:
    """Return the decision on an event, and what follows. History causes no act, no notice and no strike."""
    made = _made(event, judgement, ruling, policy)
    entry = _entry(made, event, policy, trace)
    if ruling.verdict not in {"allow", "label", "flag"}:  # of which the author hears nothing
        entry["reason"] = msgspec.to_builtins(reasons(ruling.worst, policy))
    brake = None if ruling.opened_at is None else brake_opened(made, BRAKES, ruling.opened_at, policy.spec.brakes)
    if event.imported or not ruling.acts:
        return Outcome(made, (), None, entry, brake)
    return Outcome(made, acts_of(made, policy, links), _struck(made, policy), entry, brake)


def _made(event: Judged, judgement: Judgement, ruling: Ruling, policy: Policy) -> DecisionMade:
    id_, worst = decision_id(event, policy), ruling.worst
    wanted = ruling.parked or ruling.verdict
    language = language_of(event.data)
    return DecisionMade(
        **_of(event, id_),
        data=Decision(
            actor=_nameless(event.data.actor),
            content_id=event.data.content_id,
            content_author=author_of(event),
            decision=id_,
            verdict=ruling.verdict,
            findings=told_together(judgement.findings, policy.version),
            cause=event.id,
            skipped=tuple(judgement.own.failed) or None,
            channel=_channel(event),
            severity=severest(judgement.findings),
            parked=ruling.parked,
            until=ends(event.time, worst.lasts) if wanted in {"label", "mute", "ban"} else None,
            label=worst.label if wanted == "label" else None,
            reach=ruling.reach or None,
            language=language,
            reason=getattr(reasons(ruling.worst, policy), language),
        ),
    )


SEVERITIES = ("low", "medium", "high", "critical")


def severest(findings: Sequence[Found]) -> Literal["low", "medium", "high", "critical"]:
    """Return the severity of the severest finding."""
    return max((found.severity for found in findings), key=SEVERITIES.index)


def language_of(data: Common) -> Literal["en", "ru"]:
    """Return in which language the author is written to: that of the letters they use."""
    written = getattr(data, "text", None) or getattr(data, "name", None) or ""
    return "ru" if _CYRILLIC.search(written) else "en"


def author_of(event: Judged) -> str | None:
    """Return the member whom it is about."""
    data = event.data
    return data.content_author or getattr(data, "member", None) or (data.actor.id if data.actor else None)


def _channel(event: Judged) -> str | None:
    return getattr(event.data, "channel", None)


def _nameless(actor: Actor | None) -> Actor | None:
    return None if actor is None else msgspec.structs.replace(actor, name=None)


def _struck(made: DecisionMade, policy: Policy) -> Strike | None:
    return strike(made, policy.spec.strikes.weights.of(made.data.severity or "medium"))


def reasons(found: Found, policy: Policy) -> Reasons:
    """Return what the author is told."""
    built_in = found.rule in REASONS
    own = _section(found, policy).reason if built_in else found.reason
    if own is not None:
        return own
    en, ru = REASONS[found.rule] if built_in else OWN_REASON
    return Reasons(en=en, ru=ru)


def _section(found: Found, policy: Policy) -> Rule:
    section: Rule = getattr(policy.spec, found.rule.replace("-", "_"))
    return section


def _entry(made: DecisionMade, event: Judged, policy: Policy, trace: str | None) -> dict[str, Any]:
    decision = made.data
    entry = {
        "_id": made.id,
        "kind": DECISION,
        **_about(event),
        "verdict": decision.verdict,
        "parked": decision.parked,
        "severity": decision.severity,
        "until": decision.until,
        "label": decision.label,
        "rules": [finding.rule for finding in decision.findings],
        "version": policy.version,
        "findings": msgspec.to_builtins(decision.findings),
        "skipped": None if decision.skipped is None else list(decision.skipped),
        "source": made.source,
        "trace": trace,
    }
    return {name: value for name, value in entry.items() if value is not None}
