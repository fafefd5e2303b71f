"""A stored policy into one that rules can use: its lists and terms become one automaton."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any

import msgspec

from services.moderation.rules.active import active
from services.moderation.rules.attachments import hashes_of
from services.moderation.rules.case import Policy
from services.moderation.rules.classifiers import asked, wrong_classifiers
from services.moderation.rules.coherence import wrong_consequences
from services.moderation.rules.domain_lists import lists_of
from services.moderation.rules.facts import LANGUAGE_FACT
from services.moderation.rules.languages import load
from services.moderation.rules.own import OwnRules, wrong_rules
from services.moderation.rules.phrases import ENOUGH, OWN
from services.moderation.rules.phrases import RULE as PHRASES
from services.moderation.rules.words import RULE as WORDS
from shared.documents.misshapen import WRONG_MAX
from shared.documents.moderation import ModerationPolicy
from shared.errors import Misplaced, Unprocessable
from shared.terms.patterns import Matcher, Term, pattern

SPAM_LIST = "spam"
MATCHERS_MAX = 64
"""Automatons that are kept for policies still to be built; those in use are kept by their policies."""

_SECTION = re.compile(r"\[(.+) (\d+)\]")

Lists = Mapping[str, str]
"""The built-in lists as they stand in their files, by name."""


def built(lists: Lists, version: int, spec: Mapping[str, Any]) -> Policy:
    """Return a policy of a stored version. Raises Misplaced where a term or a condition is none, with all that is wrong."""
    told = msgspec.convert(spec, ModerationPolicy)
    try:
        for wrong in (*wrong_classifiers(told), *wrong_consequences(told)):
            raise wrong
        return _built(lists, version, told)
    except Unprocessable as error:
        raise _all_wrong(told) or error from None


def _all_wrong(told: ModerationPolicy) -> Misplaced | None:
    """Return all that is wrong with a policy, as far as it has a place: whoever mends one thing should know of the next."""
    wrong = chain(wrong_classifiers(told), wrong_consequences(told), _wrong_terms(told), wrong_rules(told.rules))
    found = list(islice(wrong, WRONG_MAX))
    return Misplaced(str(found[0]), found[0].at, found[1:]) if found else None


def _wrong_terms(told: ModerationPolicy) -> Iterator[Misplaced]:
    for name, section in (("words", told.words), ("phrases", told.phrases)):
        for place, term in enumerate(section.terms if section.status != "off" else ()):
            try:
                pattern(term)
            except Unprocessable as error:
                yield Misplaced(str(error), f"$.spec.{name}.terms[{place}]")


def _built(lists: Lists, version: int, told: ModerationPolicy) -> Policy:
    matcher = _matcher((*_words(told, lists), *_phrases(told, lists)))
    own = OwnRules(told.rules)
    if told.language.is_on or LANGUAGE_FACT in own.asked:
        load()  # now, and not while the first message waits
    lists_, hashes = lists_of(told.domains), hashes_of(told.attachments)
    return Policy(version, told, matcher, own, active(told), lists_, hashes, asked(told))


@lru_cache(MATCHERS_MAX)
def _matcher(terms: tuple[Term, ...]) -> Matcher:
    """Return what looks for the terms: communities of a brand mostly have the same, and it is by far the largest part."""
    return Matcher(terms)


def _words(spec: ModerationPolicy, lists: Lists) -> Iterator[Term]:
    if spec.words.status == "off":
        return
    for name in spec.words.lists:
        yield from (Term(WORDS, name, 0, line) for line in _lines(lists[name]))
    yield from (Term(WORDS, "own", 0, term) for term in spec.words.terms)


def _phrases(spec: ModerationPolicy, lists: Lists) -> Iterator[Term]:
    if spec.phrases.status == "off":
        return
    sign, weight = "", 0
    for line in _lines(lists[SPAM_LIST]):
        if section := _SECTION.fullmatch(line):
            sign, weight = section.group(1), int(section.group(2))
        else:
            yield Term(PHRASES, sign, weight, line)
    yield from (Term(PHRASES, OWN, ENOUGH, term) for term in spec.phrases.terms)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
