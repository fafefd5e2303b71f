"""What moderation looks for. A new detector is a file of its own, its line here, and its part of the policy."""

from __future__ import annotations

from collections.abc import Callable

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.conflicts import conflicts
from services.moderation.rules.copies import copies
from services.moderation.rules.flood import flood
from services.moderation.rules.links import newcomer_links
from services.moderation.rules.phrases import phrases
from services.moderation.rules.repeats import repeats
from services.moderation.rules.words import words

Rule = Callable[[Case, Policy], Found | None]

RULES: tuple[Rule, ...] = (words, phrases, flood, repeats, newcomer_links, copies, conflicts)
"""All of them see every content that is judged."""
