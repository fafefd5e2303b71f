"""The mix of the brand's own posts beside that of its plan, and what each category and hashtag brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.posts import within
from services.reporting.figures.tables.effect import BROUGHT, COMPARED, brought, compared, described
from services.reporting.figures.tables.table import Cell, Column, Row, Table
from shared.said import Said

TAGS_MAX, TAG_POSTS_MIN = 30, 3
"""Hashtags that are shown, the commonest, and posts with one below which it is not."""

UNSORTED = Said("In no category", "Вне категорий")


def _mix(material: Material, frame: Frame) -> Sequence[Row]:
    """Return the categories of the plan in its order, then what is in none of them."""
    plan, posts, judged = material.plan, within(material.posts, frame), material.judged(frame)
    if not plan.categories or not len(posts.place):
        return []
    numbers = np.array([plan.sorts(tags) for tags in judged.posts.tags], dtype=np.int64)
    counts = Counter(plan.sorts(tags) for tags in posts.tags)
    named = [(n, one.title, one.share) for n, one in enumerate(plan.categories)]
    return [
        (title, *_beside(counts[n], counts.total(), wanted), *compared(judged, numbers == n))
        for n, title, wanted in (*named, (-1, UNSORTED, None))
        if n >= 0 or counts[n]
    ]


def _beside(posts: int, all_: int, wanted: float | None) -> Iterator[Cell]:
    """Yield the posts, their share, the wanted share, and how many posts are missing for it."""
    yield from (posts, posts / all_, wanted)
    yield None if wanted is None else max(0, round(wanted * all_) - posts)


MIX = Table(
    id="mix",
    name=Said("Posts beside the plan", "Посты и план"),
    definition=described(
        "All posts of the brand's own in the report, by the categories of its plan (document ContentPlan): the "
        "part of each, "
        "the part that it is to have, and how many posts are missing for that among as many as there were. A "
        "post belongs to the first category that has one of its hashtags.",
        "Все посты бренда за отчёт по категориям плана (документ ContentPlan): доля каждой, её доля по плану и "
        "сколько постов "
        "до неё недостаёт при том же их числе. Пост относится к первой категории, у которой есть один из его хештегов.",
    ),
    columns=(
        Column("category", Said("Category", "Категория")),
        Column("posts", Said("Posts", "Посты"), Form.COUNT),
        Column("share", Said("Part of all", "Доля"), Form.SHARE),
        Column("wanted", Said("By the plan", "По плану"), Form.SHARE),
        Column("missing", Said("Missing", "Недостаёт"), Form.COUNT),
        *COMPARED,
    ),
    rows=_mix,
)


def _hashtags(material: Material, frame: Frame) -> Sequence[Row]:
    judged = material.judged(frame)
    counts = Counter(tag for tags in judged.posts.tags for tag in tags)
    common = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:TAGS_MAX]
    return [
        (f"#{tag}", *brought(judged, np.array([tag in tags for tags in judged.posts.tags], dtype=np.bool_)))
        for tag, n in common
        if n >= TAG_POSTS_MIN
    ]


HASHTAGS = Table(
    id="hashtags",
    name=Said("Posts by hashtag", "Посты по хештегам"),
    definition=described(
        f"The {TAGS_MAX} commonest hashtags of at least {TAG_POSTS_MIN} posts; a post counts for each of its own.",
        f"{TAGS_MAX} самых частых хештегов, не меньше чем у {TAG_POSTS_MIN} постов; пост считается по каждому своему.",
    ),
    columns=(Column("hashtag", Said("Hashtag", "Хештег")), *BROUGHT),
    rows=_hashtags,
)
