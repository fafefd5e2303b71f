"""Recommendations: what the figures of four weeks suggest to do. A rule is a line of a family's tuple. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.reporting.rules.advice import answering, audience, conduct, content, rewards, voice
from services.reporting.rules.advice.rule import Rule

RULES: tuple[Rule, ...] = (*answering.RULES, *audience.RULES, *conduct.RULES, *voice.RULES, *content.RULES, *rewards.RULES)
"""In the order in which they are shown."""

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})
