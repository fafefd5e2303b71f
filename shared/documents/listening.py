"""What a brand listens for: names of its own, of its products and of competitors, in all communities that it hears of."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Slug, Spec

QUERIES_MAX = 100
TERMS_MAX = 200
"""Of one query: spellings, products, nicknames."""
TERM_CHARS_MAX = 200

About = Literal["brand", "product", "competitor", "subject"]
"""Whose name it is. The share of voice sets brand and products against competitors; a subject stands beside them."""

Term = Annotated[str, Meta(min_length=2, max_length=TERM_CHARS_MAX)]
"""Written as in moderation: `word+` takes every inflected form, `stem*` any ending, `a|b` either, `~` up to three words."""


class WatchQuery(Spec, frozen=True, kw_only=True):
    """One thing that is listened for."""

    id: Slug
    about: About = "subject"
    words: Annotated[tuple[Term, ...], Meta(min_length=1, max_length=TERMS_MAX)]
    """A content that holds one of these names it,"""
    without: Annotated[tuple[Term, ...], Meta(max_length=TERMS_MAX)] = ()
    """unless it holds one of these: apple pie is no computer."""


class Listening(Spec, frozen=True, kw_only=True):
    """What a brand listens for; a community's own document stands in the place of its brand's there."""

    queries: Annotated[tuple[WatchQuery, ...], Meta(max_length=QUERIES_MAX)] = ()
    tone: Slug | None = None
    """The brand's own model that tells the tone (`veche reporting model`); without it, or while it is off, words do."""
