"""The built-in rules of one policy that are on: so what is off costs nothing while judging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.moderation.rules import RULES, Rule
from services.moderation.rules.case import Case, Found, Policy
from shared.documents.moderation import ModerationPolicy
from shared.documents.rule import Rule as SectionOfPolicy


class ActiveRule(NamedTuple):
    """A built-in rule, whom it leaves alone, and what the policy says of it."""

    look: Rule
    exempt: frozenset[str]
    section: SectionOfPolicy


def active(spec: ModerationPolicy) -> Sequence[ActiveRule]:
    """Return the rules that are on, in the order of `RULES`."""
    named = [(rule, getattr(spec, section)) for section, rule in RULES.items()]
    return tuple(ActiveRule(rule, frozenset(told.exempt), told) for rule, told in named if told.is_on)


def findings(case: Case, policy: Policy) -> Sequence[Found]:
    """Return what the built-in rules find in a content whose author they do not leave alone."""
    role = role_of(case)
    return [
        marked(found, rule.section)
        for rule in policy.active
        if role not in rule.exempt and (found := rule.look(case, policy)) is not None
    ]


def marked(found: Found, section: SectionOfPolicy) -> Found:
    """Return a finding with what the policy says of its rule: how bad it is, how long it lasts, whether it is only tried."""
    is_shadow = section.status == "shadow"
    return found._replace(severity=section.severity, lasts=section.lasts, label=section.label, is_shadow=is_shadow)


def role_of(case: Case) -> str | None:
    """Return the author's role where the event tells it."""
    actor = case.content.actor
    return None if actor is None else actor.role
