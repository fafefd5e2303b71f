"""Links of members who have only just come: how spam reaches people."""

from __future__ import annotations

from collections.abc import Sequence

from services.moderation.rules.case import Case, Found, Policy

RULE = "newcomer-links"
MINUTE_MS = 60_000

KNOWN = frozenset(
    [
        "wikipedia.org",
        "youtube.com",
        "youtu.be",
        "google.com",
        "yandex.ru",
        "ya.ru",
        "github.com",
        "stackoverflow.com",
        "vk.com",
        "habr.com",
        "instagram.com",
        "reddit.com",
        "twitter.com",
        "x.com",
        "medium.com",
        "dzen.ru",
        "rutube.ru",
        "2gis.ru",
        "ozon.ru",
        "wildberries.ru",
        "openai.com",
        "apple.com",
        "microsoft.com",
        "amazon.com",
        "bbc.com",
    ]
)
"""Sites that everybody links to. A policy names more."""


def newcomer_links(case: Case, policy: Policy) -> Found | None:
    """Find links of new members; of one who was only never seen before, an ordinary link is for a moderator to see."""
    rule = policy.spec.newcomer_links
    if not case.links:
        return None
    strange = [link for link in case.links if not _is_allowed(link.host, rule.domains)]
    since = _newness(case, rule.messages, rule.joined_minutes)
    if not strange or since is None:
        return None
    sure = since == "joined" or any(link.risky for link in strange)
    facts = {"hosts": " ".join(sorted({link.host for link in strange})[:5]), "newness": since}
    spans = [link.span for link in strange if link.span]
    return Found(RULE, rule.then if sure else "flag", spans, facts | {"messages": str(case.member.messages)})


def _newness(case: Case, messages: int, joined_minutes: int) -> str | None:
    member = case.member
    if member.joined_ms is not None:
        fresh = 0 <= case.at_ms - member.joined_ms <= joined_minutes * MINUTE_MS
        return "joined" if fresh and member.messages < messages else None
    return "first message" if member.messages == 0 else None


def _is_allowed(host: str, domains: Sequence[str]) -> bool:
    names = host.split(".")
    tails = {".".join(names[start:]) for start in range(len(names))}
    return not tails.isdisjoint(KNOWN) or not tails.isdisjoint(domains)
