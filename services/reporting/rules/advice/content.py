"""Advice on the brand's own posts: when they do better, which format works, and whether they follow the plan."""

from __future__ import annotations

import numpy as np

from services.reporting.figures import intervals
from services.reporting.figures.content import FORMATS, category_count
from services.reporting.figures.periods import Frame
from services.reporting.figures.posts import Judged, within
from services.reporting.figures.tables.effect import by_date
from services.reporting.figures.tables.times import best, slots_of
from services.reporting.rules.advice.rule import Better, Number, Numbers, Rule, count, rate, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

SELDOM_MAX = 0.5
"""Above it the brand posts mostly then, or so, already."""

FORMAT_DATES_MIN, FORMAT_RATIO_MIN = 8, 1.25
PLANNED_MIN, MISSING_MIN = 20, 0.1
CHANCE_MAX = 0.01
"""So seldom posts that follow the plan would hold so few of a category by chance."""


def _judged(scene: Scene) -> Judged:
    """Return the posts of both stretches: of four weeks alone there are seldom enough."""
    return scene.material.judged(Frame(scene.frame.before.since, scene.frame.until, scene.frame.zone))


def _best_time(scene: Scene) -> Numbers | None:
    judged = _judged(scene)
    found = best(judged, scene.frame) if len(judged.ratio) else None
    if not found:
        return None
    first = found[0]
    part = float(first.slot.holds(slots_of(judged, scene.frame)).mean())
    _, ratio, low, _ = first.compared
    if part > SELDOM_MAX or not isinstance(ratio, float) or not isinstance(low, float):
        return None
    slot = first.slot
    return {
        "day": Number("1\u20137" if slot.day is None else str(slot.day + 1)),
        "hours": Number(f"{slot.first:02d}:00\u2013{slot.end:02d}:00"),
        "ratio": rate(ratio),
        "low": rate(low),
        "posts": count(float(str(first.compared[0]))),
        "part": share(part),
    }


def _format(scene: Scene) -> Numbers | None:
    judged = _judged(scene)
    formats = np.array(judged.posts.formats, dtype=object)
    dated = ((one, by_date(judged, formats == one, scene.frame.zone)) for one in FORMATS)
    tested = [(one, ratios) for one, ratios in dated if len(ratios) >= FORMAT_DATES_MIN]
    if not tested:
        return None
    q = intervals.adjusted(np.array([intervals.chance_above_one(ratios) for _, ratios in tested])).tolist()
    for (name, ratios), chance in sorted(zip(tested, q, strict=True), key=lambda pair: -float(np.median(pair[0][1]))):
        ratio, low, _ = intervals.median(ratios)
        part = float((formats == name).mean())
        if (
            ratio is None
            or low is None
            or ratio < FORMAT_RATIO_MIN
            or low <= 1
            or chance > intervals.ALPHA
            or part > SELDOM_MAX
        ):
            continue
        return {
            "format": Number(name),
            "ratio": rate(ratio),
            "low": rate(low),
            "posts": count(len(ratios)),
            "part": share(part),
        }
    return None


def _mix(scene: Scene) -> Numbers | None:
    plan, posts = scene.material.plan, within(scene.material.posts, scene.frame)
    numbers, all_ = [plan.sorts(tags) for tags in posts.tags], len(posts.place)
    if all_ < PLANNED_MIN:
        return None
    short = [(one.share - numbers.count(n) / all_, n, one) for n, one in enumerate(plan.categories) if one.share is not None]
    missing, number, category = max(short, default=(0.0, 0, None), key=lambda one: one[0])
    posted = numbers.count(number)
    wanted = 0.0 if category is None or category.share is None else category.share
    if category is None or missing < MISSING_MIN or intervals.chance_of_so_few(posted, all_, wanted) > CHANCE_MAX:
        return None
    told = {"category": Number(category.id), "posts": count(all_), "now": share(posted / all_), "wanted": share(wanted)}
    return told | {"missing": count(round(wanted * all_) - posted)}


RULES = (
    Rule(
        id="better_time_to_post",
        name=Said("Posts do better at a certain time", "В определённое время посты идут лучше"),
        says=Said(
            "Posts of weekday {day} (1 is Monday, 1–7 any day), {hours}, bring {ratio} times what is usual in their "
            "community (at least {low}; dates with such posts: {posts}); {part} of posts appear then.",
            "Посты в день недели {day} (1 — понедельник, 1–7 — любой), {hours} приносят {ratio} от обычного для сообщества "
            "(не меньше {low}; дат с такими постами: {posts}); выходит тогда {part} постов.",
        ),
        do=Said(
            "Move some of the posts there, of all kinds, and look whether the difference stays.",
            "Перенесите туда часть постов, разных по виду, и проверьте, сохранится ли разница.",
        ),
        expected=Said("Posts bring more reactions and replies.", "Посты принесут больше реакций и откликов."),
        figure="engagement_per_content",
        better=Better.UP,
        days=28,
        least=Said(
            "8 dates with compared posts in eight weeks, interval above 1, 5 % false ones at most (sign test).",
            "8 дат со сравнимыми постами за восемь недель, интервал выше 1, ложных не больше 5 % (критерий знаков).",
        ),
        finds=_best_time,
    ),
    Rule(
        id="better_format",
        name=Said("A format works better than the others", "Один из форматов работает лучше остальных"),
        says=Said(
            "Posts of the format {format} bring {ratio} times what is usual in their community (at least {low}; dates with "
            "such posts: {posts}), and are {part} of all.",
            "Посты формата {format} приносят {ratio} от обычного для сообщества (не меньше {low}; дат с такими "
            "постами: {posts}), их {part}.",
        ),
        do=Said(
            "Tell in this format some of what is told in others now.",
            "Подайте в этом формате часть того, что сейчас подаётся в других.",
        ),
        expected=Said("Posts bring more reactions and replies.", "Посты принесут больше реакций и откликов."),
        figure="engagement_per_content",
        better=Better.UP,
        days=28,
        least=Said(
            "8 dates with compared posts in eight weeks, a quarter more than usual, interval above 1, 5 % false ones at "
            "most.",
            "8 дат со сравнимыми постами за восемь недель, на четверть больше обычного, интервал выше 1, ложных не больше "
            "5 %.",
        ),
        finds=_format,
    ),
    Rule(
        id="mix_off_plan",
        name=Said("Posts do not follow the plan", "Посты расходятся с планом"),
        says=Said(
            "Of {posts} posts {now} are of the category {category}; the plan wants {wanted}: {missing} are missing.",
            "Постов: {posts}, из них в категории {category} — {now}; по плану {wanted}: недостаёт {missing}.",
        ),
        do=Said(
            "Plan more of it, give posts their hashtags, or change the plan.",
            "Запланируйте больше таких постов, ставьте хештеги или поменяйте план.",
        ),
        expected=Said("The mix comes nearer to the plan.", "Состав постов приблизится к плану."),
        figure=category_count("{category}"),
        better=Better.UP,
        days=28,
        least=Said(
            "20 posts in four weeks, 10 percentage points less than planned, beyond chance at 1 % (exact binomial).",
            "20 постов за четыре недели, на 10 процентных пунктов меньше плана, случайность исключена на уровне 1 % "
            "(точный биномиальный критерий).",
        ),
        finds=_mix,
    ),
)
