"""What posts of the brand's own brought, put together by what they have in common. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from services.reporting.figures import intervals
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.buckets.post import WINDOW_HOURS
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Form
from services.reporting.figures.posts import COMPARED_DAYS, COMPARED_MIN, Judged, Numbers
from services.reporting.figures.tables.table import Cell, Column
from shared.said import Said

Chosen = NDArray[np.bool_]
DATES = date.max.toordinal() + 1

COMPARED = (
    Column("compared", Said("Compared", "Сравнено"), Form.COUNT),
    Column("ratio", Said("Times the usual", "К обычному, раз"), Form.RATE),
    Column("low", Said("At least", "Не меньше"), Form.RATE),
    Column("high", Said("At most", "Не больше"), Form.RATE),
)
BROUGHT = (
    Column("posts", Said("Posts", "Посты"), Form.COUNT),
    Column("reactions", Said("Reactions each", "Реакций на пост"), Form.RATE),
    Column("replies", Said("Replies each", "Откликов на пост"), Form.RATE),
    Column("shares", Said("Shares each", "Репостов на пост"), Form.RATE),
    Column("views", Said("Views each", "Просмотров на пост"), Form.RATE),
    Column("rate", Said("Engagement per view", "Вовлечённость на просмотр"), Form.SHARE),
    *COMPARED,
)

HOW = Said(
    f"Posts of the brand's own whose {WINDOW_HOURS} hours are over within the report and within what is "
    "counted so far, by what they brought in these hours: "
    "reactions, replies and shares (interactions), and views where the platform told them by then. Engagement is "
    "interactions "
    "divided by views, of posts with views. Times the usual: the interactions of a post divided by the median of the posts "
    f"of the same community that were written up to {COMPARED_DAYS} days before or after it (one added to both; fewer than "
    f"{COMPARED_MIN} are not compared), then the median over posts, with the interval in which it lies with 95 % "
    "confidence. A difference is not its cause.",
    f"Посты бренда, у которых {WINDOW_HOURS} часа прошли в пределах отчёта и того, что уже "
    "посчитано, и что они принесли за эти часы: "
    "реакции, отклики и "
    "репосты (взаимодействия), просмотры — если платформа их к тому времени сообщила. Вовлечённость — взаимодействия к "
    "просмотрам, по постам с просмотрами. К обычному: взаимодействия поста, делённые на медиану постов того же сообщества, "
    f"написанных не более чем за {COMPARED_DAYS} дней до или после (к обоим прибавлена единица; меньше {COMPARED_MIN} не "
    "сравниваем), затем медиана по постам и интервал, где она лежит с уверенностью 95 %. Разница — ещё не причина.",
)


def described(en: str, ru: str) -> Said:
    """Return a table's own words with those that hold for all of them."""
    return Said(f"{en} {HOW.en}", f"{ru} {HOW.ru}")


def brought(judged: Judged, chosen: Chosen) -> Sequence[Cell]:
    """Return what some posts brought, in the order of BROUGHT."""
    posts, n = judged.posts, int(chosen.sum())
    means = (_mean(column[chosen]) for column in (posts.reactions, posts.replies, posts.shares, posts.views))
    seen = chosen & (posts.views > 0)  # NaN is not
    views = float(posts.views[seen].sum())
    rate = float(posts.interactions[seen].sum()) / views if views else None
    return (n, *means, rate, *compared(judged, chosen))


def compared(judged: Judged, chosen: Chosen) -> Sequence[Cell]:
    """Return how some posts did beside others, in the order of COMPARED."""
    ratios = judged.ratio[chosen & ~np.isnan(judged.ratio)]
    return (len(ratios), *intervals.median(ratios))


def by_date(judged: Judged, chosen: Chosen, zone: ZoneInfo) -> Numbers:
    """Return one ratio for each community and local date of some posts: the median of those that are compared.

    What is posted on one occasion does well or badly together: a lively evening of staff talk is one sign, not twenty.
    """
    rows = np.flatnonzero(chosen & ~np.isnan(judged.ratio))
    dates = local_dates(judged.posts.second[rows] // HOUR_S, zone)
    groups, ratios = judged.posts.place[rows] * DATES + dates, judged.ratio[rows]
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    return np.array([np.median(one) for one in np.split(ratios[order], cuts)] if len(rows) else [], dtype=np.float64)


def local_dates(hours: Numbers, zone: ZoneInfo) -> Ints:
    """Return the local date, as its ordinal, on which each hour since 1970 begins."""
    distinct, places = np.unique(hours.astype(np.int64), return_inverse=True)
    dates = (datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(zone).toordinal() for hour in distinct.tolist())
    return np.fromiter(dates, np.int64, len(distinct))[places]


def _mean(values: NDArray[np.float64]) -> float | None:
    told = values[~np.isnan(values)]
    return float(told.mean()) if len(told) else None
