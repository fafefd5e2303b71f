"""Advice on what members get: points, activities, subscriptions."""

from __future__ import annotations

from statistics import median

from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.lift import LIFT
from services.reporting.rules.advice.rule import Better, Numbers, Rule, count, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

ISSUED_MIN, SPENT_MAX = 1_000, 0.1
DAYS_MIN, MATCHED_MIN, LIFT_MIN = 3, 2, 0.2
ENDED_MIN = 10


def _unspent(scene: Scene) -> Numbers | None:
    issued, spent = scene.figure("points_issued"), scene.figure("points_spent")
    if issued < ISSUED_MIN or spent > issued * SPENT_MAX:
        return None
    return {"issued": count(issued), "spent": count(spent), "part": share(spent / issued)}


def _lift(scene: Scene) -> Numbers | None:
    columns = [column.id for column in LIFT.columns]
    both = Frame(scene.frame.before.since, scene.frame.until, scene.frame.zone)
    rows = [dict(zip(columns, row, strict=True)) for row in LIFT.rows(scene.material, both)]
    found = [row["active_lift"] for row in rows if float(row["matched"] or 0) >= MATCHED_MIN]  # type: ignore[arg-type]
    lifts = [float(one) for one in found if isinstance(one, int | float)]
    if len(lifts) < DAYS_MIN or median(lifts) < LIFT_MIN or min(lifts) <= 0:
        return None
    return {"days": count(len(lifts)), "lift": share(median(lifts))}


def _ended(scene: Scene) -> Numbers | None:
    ended, started = scene.figure("subscriptions_ended"), scene.figure("subscriptions_started")
    before = scene.figure("subscriptions_ended", before=True)
    if ended < ENDED_MIN or ended <= started or ended <= before:
        return None
    return {"ended": count(ended), "started": count(started), "before": count(before)}


RULES = (
    Rule(
        id="points_unspent",
        name=Said("Points are not spent", "Баллы не тратят"),
        says=Said(
            "{issued} points were issued and {spent} spent ({part}).",
            "Начислено баллов: {issued}, потрачено {spent} ({part}).",
        ),
        do=Said(
            "Offer something small for few points, and remind members of the shop.",
            "Добавьте недорогие товары и напомните участникам о магазине.",
        ),
        expected=Said("More points are spent.", "Тратить станут больше."),
        figure="points_spent",
        better=Better.UP,
        days=28,
        least=Said("1,000 points issued.", "1000 начисленных баллов."),
        finds=_unspent,
        of_brand=True,
    ),
    Rule(
        id="activities_lift",
        name=Said("Activities bring members in", "Мероприятия собирают участников"),
        says=Said(
            "Of {days} days with an activity half had at least {lift} more active members than such weekdays without one.",
            "Дней с мероприятиями: {days}; в половине из них активных участников больше обычного для этого дня недели "
            "не меньше чем на {lift}.",
        ),
        do=Said("Hold more of them, on days that are quiet now.", "Проводите их чаще, в те дни, когда сейчас тихо."),
        expected=Said("More members are active.", "Активных участников станет больше."),
        figure="active_members",
        better=Better.UP,
        days=28,
        least=Said(
            "3 days in eight weeks, each with 2 like it to compare with, all of them above; a difference is not its cause.",
            "3 дня за восемь недель, у каждого по 2 дня для сравнения, все выше обычного; разница — ещё не причина.",
        ),
        finds=_lift,
    ),
    Rule(
        id="subscriptions_ending",
        name=Said("More subscriptions end than begin", "Подписок заканчивается больше, чем начинается"),
        says=Said(
            "{ended} subscriptions ended and {started} began; four weeks before {before} ended.",
            "Закончилось подписок: {ended}, началось: {started}; четырьмя неделями раньше закончилось: {before}.",
        ),
        do=Said(
            "Ask those who leave why; show subscribers before the end what they get.",
            "Спросите уходящих о причинах; до окончания срока напоминайте подписчикам, что они получают.",
        ),
        expected=Said("Fewer subscriptions end.", "Подписок будет заканчиваться меньше."),
        figure="subscriptions_ended",
        better=Better.DOWN,
        days=28,
        least=Said("10 subscriptions that ended.", "10 закончившихся подписок."),
        finds=_ended,
        of_brand=True,
    ),
)
