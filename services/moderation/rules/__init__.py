"""What moderation looks for. A new detector is a file of its own, its line here, and its part of the policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.moderation.rules.attachments import attachments
from services.moderation.rules.capitals import capitals
from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.conflicts import conflicts
from services.moderation.rules.copies import copies
from services.moderation.rules.domains import domains
from services.moderation.rules.emoji import emoji
from services.moderation.rules.first_posts import first_posts
from services.moderation.rules.flood import flood
from services.moderation.rules.language import language
from services.moderation.rules.links import newcomer_links
from services.moderation.rules.mentions import mentions
from services.moderation.rules.phrases import phrases
from services.moderation.rules.repeats import repeats
from services.moderation.rules.words import words

Rule = Callable[[Case, Policy], Found | None]

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "words": words,
        "phrases": phrases,
        "flood": flood,
        "repeats": repeats,
        "newcomer_links": newcomer_links,
        "language": language,
        "domains": domains,
        "mentions": mentions,
        "capitals": capitals,
        "emoji": emoji,
        "attachments": attachments,
        "first_posts": first_posts,
        "copies": copies,
        "conflicts": conflicts,
    }
)
"""All of them, by the section of a policy that turns them on; each sees every content that is judged while it is on."""
