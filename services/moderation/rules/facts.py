"""The facts that own rules may ask for, and how each stands in a case. A new one is a line here and a row on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from services.moderation.rules.attachments import bytes_of
from services.moderation.rules.capitals import share_of_capitals
from services.moderation.rules.case import Case
from services.moderation.rules.community import within as happened
from services.moderation.rules.copies import copiers
from services.moderation.rules.domain_lists import links_by
from services.moderation.rules.emoji import count_of_emoji
from services.moderation.rules.languages import language_of
from services.moderation.rules.members import labels_at, same_text, within
from services.moderation.rules.phrases import signs_of
from services.moderation.rules.raids import minutes_since
from services.moderation.rules.scores import scores_of
from services.moderation.rules.words import RULE as WORDS
from shared.conditions.facts import LIST_MAX, Fact, Value
from shared.conditions.language import Language

MINUTE_S, HOUR_S = 60, 3_600
MINUTE_MS = 60_000
HOUR_MINUTES, JOINS_MINUTES = 60, 5

UNKNOWN = -1
"""Of a number that is not known: a member who was not seen to join."""

LANGUAGE_FACT = "text.language"
"""The one that needs a model of its own."""


def _words(case: Case) -> Mapping[str, int]:
    return dict(Counter(hit.term.sign for hit in case.hits if hit.term.rule == WORDS))


def _joined_minutes(case: Case) -> int:
    joined = case.member.joined_ms
    return UNKNOWN if joined is None else max(0, case.at_ms - joined) // MINUTE_MS


def _listed(values: Iterable[str]) -> list[str]:
    """Return each value once, as many as a fact may hold."""
    return list(dict.fromkeys(values))[:LIST_MAX]


_FACTS: Mapping[Fact, Callable[[Case], Value]] = MappingProxyType(
    {
        Fact("text.length", "int", "Characters of the text, without those that nobody sees; 8,000 at most."): (
            lambda case: len(case.text.plain)
        ),
        Fact("text.words", "int", "Its words."): lambda case: len(case.text.plain.split()),
        Fact("text.capitals", "double", "Share of capitals among its letters, 0 to 1; letters of links count, too."): (
            lambda case: share_of_capitals(case.told)
        ),
        Fact("text.emoji", "int", "Its emoji, of the first 2,000 characters of them; a family or a flag is one."): (
            lambda case: count_of_emoji(case.told)
        ),
        Fact("text.disguised", "int", "Words that mix two alphabets or hide characters."): lambda case: case.text.mixed,
        Fact(
            LANGUAGE_FACT,
            "string",
            "Its language, for example `en`; empty where it has under 20 letters or could be several.",
        ): (lambda case: language_of(case.told)),
        Fact("content.kind", "string", "message, comment, post, question, answer, review; empty where nobody told."): (
            lambda case: case.content.kind or ""
        ),
        Fact("content.format", "string", "text, photo, video and so on; empty where nobody told."): (
            lambda case: case.content.format or ""
        ),
        Fact("content.edited", "bool", "Whether this is an edit of a text that was judged before."): (
            lambda case: case.edited
        ),
        Fact("content.reply", "bool", "Whether it answers another content."): (lambda case: case.content.parent is not None),
        Fact("content.channel", "string", "The room inside the community; empty where there is none."): (
            lambda case: case.content.channel or ""
        ),
        Fact("content.mentions", "int", "How many people it mentions."): lambda case: len(case.content.mentions or ()),
        Fact("content.media", "strings", "The types of what is attached."): (
            lambda case: _listed(media.type for media in case.content.media or ())
        ),
        Fact("content.media_bytes", "int", "The bytes of what is attached, as far as the platform tells them."): (
            lambda case: bytes_of(case.content.media or ())
        ),
        Fact("links.count", "int", "Its links."): lambda case: len(case.links),
        Fact("links.hosts", "strings", "Where they lead, each once."): (
            lambda case: _listed(link.host for link in case.links)
        ),
        Fact("links.risky", "int", "Links into groups, shortened ones, and those of domains that spam is fond of."): (
            lambda case: sum(link.risky for link in case.links)
        ),
        Fact("links.denied", "int", "Hosts below the `deny` list of `domains`."): lambda case: len(links_by(case).denied),
        Fact(
            "links.lookalike", "string", "The domain of `protect` or `allow` that a host only looks like; empty: none does."
        ): (lambda case: next((meant for _, meant in links_by(case).lookalike), "")),
        Fact("links.invites", "int", "Hosts of links into groups."): lambda case: len(links_by(case).invites),
        Fact("links.shortened", "int", "Hosts that hide where a link leads."): lambda case: len(links_by(case).shortened),
        Fact("words", "counts", "By word list (`own` for the policy's own terms): how many of its terms the text holds."): (
            _words
        ),
        Fact("signs", "counts", "By sign of spam: its weight."): lambda case: dict(signs_of(case)),
        Fact("signs.score", "int", "Their sum."): lambda case: sum(signs_of(case).values()),
        Fact(
            "scores", "shares", "By `model.label`, of the live models that `classifiers` names: how likely it is, 0 to 1."
        ): (lambda case: scores_of(case.scored)),
        Fact("author.messages", "int", "What the author wrote here before, 1,000 at most."): (
            lambda case: case.member.messages
        ),
        Fact("author.joined_minutes", "int", "Minutes since the author was seen to join; -1 where that was not seen."): (
            _joined_minutes
        ),
        Fact("author.last_minute", "int", "What the author wrote in the minute before, 30 at most."): (
            lambda case: within(case, MINUTE_S)
        ),
        Fact("author.last_hour", "int", "In the hour before, 30 at most."): (lambda case: within(case, HOUR_S)),
        Fact("author.same_text", "int", "How often in the hour before it was the same text."): (
            lambda case: same_text(case, HOUR_S)
        ),
        Fact("author.labels", "strings", "What rules with `then: label` marked the author with, until it ends."): (
            lambda case: _listed(labels_at(case.member, case.at_ms))
        ),
        Fact("community.messages", "int", "What was written in the community in the hour before."): (
            lambda case: happened(case.community, case.at_ms, HOUR_MINUTES).messages
        ),
        Fact("community.joins", "int", "Members who joined in the five minutes before."): (
            lambda case: happened(case.community, case.at_ms, JOINS_MINUTES).joins
        ),
        Fact("community.raid_minutes", "int", "Minutes since the last raid was seen; -1 where none was."): (
            lambda case: minutes_since(case.community, case.at_ms)
        ),
        Fact(
            "community.copies",
            "int",
            "Others who wrote nearly the same in the hour before; of as many words as `copies`; 50 at most.",
        ): (lambda case: len(copiers(case, HOUR_MINUTES))),
    }
)

FACTS = tuple(_FACTS)

ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "text": "conditions do not see the text itself; what it says is looked for by the `terms` of `words` and `phrases`",
        "matches": "patterns are `terms` of `words` and `phrases`, behind `re:`",
    }
)
"""What people ask for that stands in another place of the policy."""

LANGUAGE = Language(FACTS, ELSEWHERE)

OF = {fact.name: of for fact, of in _FACTS.items()}
"""How each fact is found out of a case, by its name."""
