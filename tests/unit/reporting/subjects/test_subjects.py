"""What is talked about: terms in their dictionary form, topics that hang together, terms that rise."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.cli.subjects import span_of
from services.reporting.subjects.rising import FALSE_SHARE, Uses, rising, uses
from services.reporting.subjects.run import _Kept, lines, subjects
from services.reporting.subjects.terms import terms_of
from services.reporting.subjects.topics import coherence, topics
from shared.events import Actor
from tests.builders import (
    AT,
    MEMBER,
    PLACE,
    content_created,
    content_deleted,
    content_edited,
    content_restored,
    reaction_added,
)

LATER = AT + timedelta(hours=1)
GLUE = ["клей", "мороз", "труба", "шов", "банка"]
SHOP = ["доставка", "курьер", "заказ", "магазин", "склад"]


def spoken(words: list[str], number: int, rnd: Random) -> list[frozenset[str]]:
    return [frozenset(rnd.sample(words, 3)) for _ in range(number)]


def test_terms_are_nouns_and_adjectives_in_their_dictionary_form() -> None:
    assert terms_of("Новые курьеры быстро доставляли заказы магазина, Python и databases!") == {
        "курьер",
        "заказ",
        "магазин",
        "python",
        "database",
    }


def test_topics_are_found_again() -> None:
    rnd = Random(1)
    texts = [*spoken(GLUE, 60, rnd), *spoken(SHOP, 40, rnd)]

    found = topics(texts, 2)

    assert [set(one.terms[:5]) for one in found] == [set(GLUE), set(SHOP)]
    assert [one.contents for one in found] == [60, 40]
    assert all(place < 60 for place in found[0].examples)
    assert coherence(GLUE, texts) > 0 > coherence([GLUE[0], SHOP[0]], texts)


@pytest.mark.parametrize("texts", [[], [frozenset({"клей"})] * 5, [frozenset({str(n)}) for n in range(50)]])
def test_of_too_little_no_topics_are_told(texts: list[frozenset[str]]) -> None:
    assert topics(texts, 3) == ()


def test_a_term_that_is_used_more_than_before_rises() -> None:
    now = Uses(200, Counter({"сбой": 20, "клей": 20, "редкий": 4}))
    before = Uses(800, Counter({"сбой": 2, "клей": 80}))

    (found,) = rising(now, before)

    assert (found.term, found.now, found.before, found.times) == ("сбой", 20, 2, 40)
    assert found.q < 1e-6


def test_without_a_past_nothing_rises() -> None:
    assert rising(Uses(100, Counter({"сбой": 50})), Uses(0, Counter())) == ()
    assert rising(Uses(0, Counter()), Uses(100, Counter({"сбой": 50}))) == ()


@given(st.dictionaries(st.sampled_from(GLUE + SHOP), st.tuples(st.integers(0, 50), st.integers(0, 200)), max_size=10))
def test_what_rises_is_sure_enough_and_more_frequent(by_term: dict[str, tuple[int, int]]) -> None:
    now = Uses(50, Counter({term: n for term, (n, _) in by_term.items()}))
    before = Uses(200, Counter({term: n for term, (_, n) in by_term.items()}))

    for one in rising(now, before):
        assert one.q <= FALSE_SHARE
        assert one.now / 50 > one.before / 200
        assert one.times > 1


TOLD: list[Any] = [
    content_created(text="клей"),
    content_edited(text="доставка", time=LATER, edition=2),
    content_created(text="труба", content_id=f"{PLACE}:8"),
    content_deleted(content_id=f"{PLACE}:8", time=LATER),
    content_created(text="молоток", content_id=f"{PLACE}:9"),
    content_deleted(content_id=f"{PLACE}:9", time=LATER),
    content_restored(content_id=f"{PLACE}:9", time=LATER + timedelta(hours=1)),
    content_edited(text="шов", content_id="unknown", time=LATER),
    content_created(text="склад", content_id=f"{PLACE}:1", actor=Actor(id=MEMBER, role="staff")),
    content_created(text="склад", content_id=f"{PLACE}:2", purpose="competitor"),
    content_created(text="склад", content_id=f"{PLACE}:3", brand="other"),
    content_created(text="склад", content_id=f"{PLACE}:4", asks=True),
    reaction_added(),
]


@given(st.permutations(TOLD))
def test_the_last_edition_of_what_is_there_is_read_in_any_order(told: list[Any]) -> None:
    kept = _Kept("acme", None)

    for event in told:
        kept.take(event)

    assert sorted((id_[-1], *terms) for id_, (_, terms) in kept.contents().items()) == [("7", "доставка"), ("9", "молоток")]


def test_named_communities_are_read_whosever_they_are() -> None:
    kept = _Kept("acme", [PLACE])

    kept.take(content_created(text="склад", purpose="competitor"))

    assert len(kept.contents()) == 1


def test_what_was_found_reads_well() -> None:
    rnd = Random(2)
    past = [(AT, terms) for terms in spoken(GLUE, 60, rnd)]
    now = [(LATER, terms) for terms in spoken(SHOP, 60, rnd)]
    contents = {f"c{n}": one for n, one in enumerate((*past, *now))}

    found = subjects(contents, LATER, 1)

    assert (found.contents, found.before, found.first) == (60, 60, AT)
    assert {one.term for one in found.rising} == set(SHOP)
    assert next(iter(lines(found))) == "60 contents since 2026-03-02 10:30 UTC, 60 before"
    assert uses([{"a"}, {"a", "b"}]) == (2, Counter(a=2, b=1))


@pytest.mark.parametrize(("told", "span"), [("12h", timedelta(hours=12)), ("30d", timedelta(30)), ("2w", timedelta(14))])
def test_spans_are_written_short(told: str, span: timedelta) -> None:
    assert span_of(told) == span


@pytest.mark.parametrize("told", ["", "d", "30", "1y", "-1d"])
def test_what_is_no_span_ends_the_command(told: str) -> None:
    with pytest.raises(typer.Exit):
        span_of(told)
