"""How good topics and rising terms are, on all posts of the public channels: the half of the page that needs no labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer

from services.reporting.subjects.rising import FALSE_SHARE, rising, uses
from services.reporting.subjects.terms import terms_of
from services.reporting.subjects.topics import TERM_CONTENTS_MIN, TERM_SHARE_MAX, TERMS_SHOWN, coherence, topics
from tests.real_data.platforms_page import table

Terms = frozenset[str]

SEED = 20261123
NUMBERS = (8, 12, 20)
SHOWN = 12
SINCE = "2024-11-01"
"""The period that is looked at begins then: the last five weeks of sixteen months."""
SHUFFLES = 200
TIMES: Sequence[float] = (1, 2, 4, 8)
USES = ((10, 19), (20, 49), (50, 199))
PLANTED = 60
"""Terms of each class that are made more frequent, one at a time."""
LDA_ROUNDS = 10
NAMED_SHOWN = 12


class Posts(NamedTuple):
    """The terms of posts, in the order of time, and how many of them are of the period."""

    texts: Sequence[Terms]
    now: int


@cache
def posts(real_data: Path) -> Posts:
    """Return all posts of the channels."""
    files = sorted((real_data / "exports" / "telegram_channels_ru").glob("*_messages.json"))
    found = sorted((one["date"], one["text"] or "") for file in files for one in json.loads(file.read_bytes()))
    return Posts([terms_of(text) for _, text in found], sum(date >= SINCE for date, _ in found))


def by_lda(texts: Sequence[Terms], number: int) -> Sequence[Sequence[str]]:
    """Return the terms of topics by latent Dirichlet allocation."""
    counted = CountVectorizer(analyzer=sorted, min_df=TERM_CONTENTS_MIN, max_df=TERM_SHARE_MAX)
    matrix = counted.fit_transform(texts)
    model = LatentDirichletAllocation(number, max_iter=LDA_ROUNDS, random_state=SEED).fit(matrix)
    names = counted.get_feature_names_out()
    return [[str(names[place]) for place in np.argsort(-row)[:TERMS_SHOWN]] for row in model.components_]


def by_nmf(texts: Sequence[Terms], number: int) -> Sequence[Sequence[str]]:
    """Return the terms of the topics that are told."""
    return [one.terms for one in topics(texts, number)]


def at_random(texts: Sequence[Terms], number: int) -> Sequence[Sequence[str]]:
    """Return terms that have nothing to do with each other."""
    rnd, counts = Random(SEED), uses(texts).by_term
    known = sorted(term for term, n in counts.items() if n >= TERM_CONTENTS_MIN)
    return [rnd.sample(known, TERMS_SHOWN) for _ in range(number)]


def coherent(real_data: Path) -> str:
    """Return the table of ways to tell topics."""
    ways: Sequence[tuple[str, Callable[[Sequence[Terms], int], Sequence[Sequence[str]]]]] = (
        ("topics as told (NMF)", by_nmf),
        ("LDA", by_lda),
        ("terms at random", at_random),
    )
    texts = posts(real_data).texts
    rows = []
    for name, way in ways:
        began = perf_counter()
        found = [mean(coherence(terms, texts) for terms in way(texts, number)) for number in NUMBERS]
        rows.append((name, *(f"{one:.2f}" for one in found), f"{perf_counter() - began:.1f} s"))
    return table(("coherence (NPMI)", *(f"{number} topics" for number in NUMBERS), "all three took"), rows)


def shown(real_data: Path) -> str:
    """Return the topics as people read them."""
    texts = posts(real_data).texts
    rows = ((one.contents, ", ".join(one.terms), f"{coherence(one.terms, texts):.2f}") for one in topics(texts, SHOWN))
    return table(("posts", "terms", "coherence"), rows)


@cache
def false_shares(real_data: Path) -> tuple[float, float]:
    """Return in which share of shuffled histories a term is named, and how many are named on the mean."""
    texts, now = posts(real_data)
    rnd, named = Random(SEED), []
    for _ in range(SHUFFLES):
        mixed = rnd.sample(texts, len(texts))
        named.append(len(rising(uses(mixed[:now]), uses(mixed[now:]))))
    return sum(map(bool, named)) / SHUFFLES, mean(named)


@cache
def found_share(real_data: Path, times: float, low: int, high: int) -> float:
    """Return which share of terms is named that were made so many times as frequent in a shuffled history."""
    texts, now = posts(real_data)
    rnd = Random(SEED)
    mixed = rnd.sample(texts, len(texts))
    recent, before = mixed[:now], uses(mixed[now:])
    known = sorted(term for term, n in uses(texts).by_term.items() if low <= n <= high)
    found = 0
    for term in rnd.sample(known, PLANTED):
        expected = before.by_term[term] * now / before.contents
        extra = set(rnd.sample(range(now), round((times - 1) * expected)))
        planted = [terms | {term} if place in extra else terms for place, terms in enumerate(recent)]
        found += any(one.term == term for one in rising(uses(planted), before))
    return found / PLANTED


def planted(real_data: Path) -> str:
    """Return the table of planted rises."""
    head = ("a term of so many posts in sixteen months", *(f"{times:g} times as frequent" for times in TIMES))
    rows = (
        (f"{low} to {high}", *(f"{found_share(real_data, times, low, high):.0%}" for times in TIMES)) for low, high in USES
    )
    return table(head, rows)


def named(real_data: Path) -> str:
    """Return the terms that rise in the real period."""
    texts, now = posts(real_data)
    found = rising(uses(texts[-now:]), uses(texts[:-now]))[:NAMED_SHOWN]
    rows = ((one.term, one.now, one.before, f"{one.times:.1f}", f"{one.q:.1g}") for one in found)
    return table(("term", f"posts of {now} since {SINCE}", f"of {len(texts) - now} before", "times", "q"), rows)


def sections(real_data: Path) -> Sequence[str]:
    """Return what is measured of topics and rising terms."""
    share, number = false_shares(real_data)
    nulls = (
        f"In {SHUFFLES} histories whose posts were shuffled, so that nothing rises, a term was named in {share:.1%} "
        f"(promised: {FALSE_SHARE:.0%}), {number:.2f} on the mean. "
        "Of terms that were made more frequent in such a history, named are:\n"
    )
    return (
        f"## Topics of all {len(posts(real_data).texts):,} posts\n",
        coherent(real_data),
        shown(real_data),
        "## Rising terms\n",
        nulls,
        planted(real_data),
        f"Since {SINCE}, the surest ones:\n",
        named(real_data),
    )
