"""Watch queries, ready to be asked: which names a text holds. Pure; built once for each version of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from shared.documents.listening import Listening
from shared.errors import Unprocessable
from shared.terms.patterns import Matcher, Term
from shared.terms.text import plain

KIND = "Listening"

NAMED, OUT = "named", "out"
"""What a term stands for: it names the query, or rules it out."""


class Queries(NamedTuple):
    """What a brand listens for."""

    matcher: Matcher
    version: int = 0
    tone: str | None = None
    """The model that tells the tone of what is written there."""

    def named_in(self, text: str) -> tuple[str, ...]:
        """Return what a text names: `about/id` of each query, sorted."""
        hits = self.matcher.hits(plain(text))
        out = {hit.term.sign for hit in hits if hit.term.rule == OUT}
        return tuple(sorted({hit.term.sign for hit in hits if hit.term.rule == NAMED} - out))


def built(version: int, spec: Mapping[str, Any]) -> Queries:
    """Return the queries of a document. Raises Unprocessable where a term is none, or where two have one id."""
    told = msgspec.convert(spec, Listening)
    ids = [query.id for query in told.queries]
    twice = next((id_ for id_ in ids if ids.count(id_) > 1), None)
    if twice is not None:
        raise Unprocessable(f"two queries are called {twice}")
    return Queries(Matcher(list(_terms(told))), version, told.tone)


def _terms(told: Listening) -> Iterator[Term]:
    for query in told.queries:
        sign = f"{query.about}/{query.id}"
        yield from _named(NAMED, sign, query.words)
        yield from _named(OUT, sign, query.without)


def _named(rule: str, sign: str, words: Iterable[str]) -> Iterator[Term]:
    return (Term(rule, sign, 1, word) for word in words)
