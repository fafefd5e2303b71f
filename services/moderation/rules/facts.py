"""The facts that own rules may ask for, and how they stand in a case."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from services.moderation.rules.case import Case
from services.moderation.rules.members import within
from services.moderation.rules.phrases import signs_of
from services.moderation.rules.words import RULE as WORDS
from shared.conditions import LIST_MAX, Fact, Language, Value

MINUTE_S, HOUR_S = 60, 3_600
MINUTE_MS = 60_000

UNKNOWN = -1
"""Of a number that is not known: a member who was not seen to join."""

EMOJI = re.compile("[\u2190-\u2bff\U0001f300-\U0001faff]")

FACTS = (
    Fact("text.length", "int", "Characters of the text, without those that nobody sees; 8,000 at most."),
    Fact("text.words", "int", "Its words."),
    Fact("text.capitals", "double", "Share of capitals among its letters, 0 to 1."),
    Fact("text.emoji", "int", "Its emoji."),
    Fact("text.disguised", "int", "Words that mix two alphabets or hide characters."),
    Fact("content.kind", "string", "message, comment, post, question, answer, review; empty where nobody told."),
    Fact("content.format", "string", "text, photo, video and so on; empty where nobody told."),
    Fact("content.edited", "bool", "Whether this is an edit of a text that was judged before."),
    Fact("content.reply", "bool", "Whether it answers another content."),
    Fact("content.channel", "string", "The room inside the community; empty where there is none."),
    Fact("content.mentions", "int", "How many people it mentions."),
    Fact("content.media", "strings", "The types of what is attached."),
    Fact("links.count", "int", "Its links."),
    Fact("links.hosts", "strings", "Where they lead, each once."),
    Fact("links.risky", "int", "Links into groups, shortened ones, and those of domains that spam is fond of."),
    Fact("words", "counts", "By word list (`own` for the policy's own terms): how many of its terms the text holds."),
    Fact("signs", "counts", "By sign of spam: its weight."),
    Fact("signs.score", "int", "Their sum."),
    Fact("author.messages", "int", "What the author wrote here before, 1,000 at most."),
    Fact("author.joined_minutes", "int", "Minutes since the author was seen to join; -1 where that was not seen."),
    Fact("author.last_minute", "int", "What the author wrote in the minute before, 30 at most."),
    Fact("author.last_hour", "int", "In the hour before, 30 at most."),
    Fact("author.same_text", "int", "How often in the hour before it was the same text."),
)

LANGUAGE = Language(FACTS)


def facts_of(case: Case) -> Mapping[str, Value]:
    """Return a value for each fact."""
    return {**_of_text(case), **_of_content(case), **_of_links(case), **_of_author(case)}


def _of_text(case: Case) -> Mapping[str, Value]:
    letters = [char for char in case.told if char.isalpha()]
    signs = signs_of(case)
    return {
        "text.length": len(case.text.plain),
        "text.words": len(case.text.plain.split()),
        "text.capitals": sum(map(str.isupper, letters)) / len(letters) if letters else 0.0,
        "text.emoji": len(EMOJI.findall(unicodedata.normalize("NFC", case.told))),
        "text.disguised": case.text.mixed,
        "words": dict(Counter(hit.term.sign for hit in case.hits if hit.term.rule == WORDS)),
        "signs": dict(signs),
        "signs.score": sum(signs.values()),
    }


def _of_content(case: Case) -> Mapping[str, Value]:
    content = case.content
    return {
        "content.kind": content.kind or "",
        "content.format": content.format or "",
        "content.edited": case.edited,
        "content.reply": content.parent is not None,
        "content.channel": content.channel or "",
        "content.mentions": len(content.mentions or ()),
        "content.media": _listed(media.type for media in content.media or ()),
    }


def _of_links(case: Case) -> Mapping[str, Value]:
    return {
        "links.count": len(case.links),
        "links.hosts": _listed(link.host for link in case.links),
        "links.risky": sum(link.risky for link in case.links),
    }


def _of_author(case: Case) -> Mapping[str, Value]:
    member = case.member
    hour = list(within(case, HOUR_S))
    joined = member.joined_ms
    return {
        "author.messages": member.messages,
        "author.joined_minutes": UNKNOWN if joined is None else max(0, case.at_ms - joined) // MINUTE_MS,
        "author.last_minute": sum(1 for _ in within(case, MINUTE_S)),
        "author.last_hour": len(hour),
        "author.same_text": sum(1 for said in hour if case.digest and said.digest == case.digest),
    }


def _listed(values: Iterable[str]) -> list[str]:
    """Return each value once, as many as a fact may hold."""
    return list(dict.fromkeys(values))[:LIST_MAX]
