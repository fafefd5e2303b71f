"""The built-in rules of one policy that are on: so what is off costs nothing while judging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.moderation.rules import RULES, Rule
from services.moderation.rules.case import Case, Found, Policy
from shared.documents.moderation import ModerationPolicy
from shared.documents.rule import Severity


class ActiveRule(NamedTuple):
    """A built-in rule, whom it leaves alone, and how bad what it finds is."""

    look: Rule
    exempt: frozenset[str]
    severity: Severity


def active(spec: ModerationPolicy) -> Sequence[ActiveRule]:
    """Return the rules that are on, in the order of `RULES`."""
    named = [(rule, getattr(spec, section)) for section, rule in RULES.items()]
    return tuple(ActiveRule(rule, frozenset(told.exempt), told.severity) for rule, told in named if told.is_on)


def findings(case: Case, policy: Policy) -> Sequence[Found]:
    """Return what the built-in rules find in a content whose author they do not leave alone."""
    role = role_of(case)
    return [
        found._replace(severity=rule.severity)
        for rule in policy.active
        if role not in rule.exempt and (found := rule.look(case, policy)) is not None
    ]


def role_of(case: Case) -> str | None:
    """Return the author's role where the event tells it."""
    actor = case.content.actor
    return None if actor is None else actor.role
