"""What a brand means to publish: categories with their hashtags, and which part of all posts each is to be."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.documents.shape import Slug, Spec

CATEGORIES_MAX = 30
"""Nobody plans by more."""
HASHTAGS_MAX = 100
"""Of one category: spellings, rubrics, seasons."""
TAG_CHARS_MAX = 64
TITLE_CHARS_MAX = 100

Title = Annotated[str, Meta(min_length=1, max_length=TITLE_CHARS_MAX)]
Hashtag = Annotated[
    str,
    Meta(min_length=1, max_length=TAG_CHARS_MAX, pattern=r"^[^#\s]+\Z", description="a hashtag without its #, in any case"),
]


class Titles(Spec, frozen=True, kw_only=True):
    """What people call a category."""

    en: Title
    ru: Title


class Category(Spec, frozen=True, kw_only=True):
    """One kind of post of the plan: educational, entertaining, interactive, news."""

    id: Slug
    title: Titles
    tags: Annotated[tuple[Hashtag, ...], Meta(min_length=1, max_length=HASHTAGS_MAX)]
    """A post with one of these belongs to it; to the first of several."""
    share: Annotated[float, Meta(ge=0, le=1)] | None = None
    """Which part of all posts it is to be; absent: nobody minds."""


class ContentPlan(Spec, frozen=True, kw_only=True):
    """The mix that a brand, or one community of it, wants to publish."""

    categories: Annotated[tuple[Category, ...], Meta(max_length=CATEGORIES_MAX)] = ()
