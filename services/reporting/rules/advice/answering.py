"""Advice on answering: newcomers, questions, and when the brand's own people are there."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.columns import Ints
from services.reporting.figures.figure import Seconds
from services.reporting.figures.newcomers import ANSWERED_WITHIN_S
from services.reporting.figures.periods import hour_edge
from services.reporting.rules.advice.evidence import is_greater, is_slower
from services.reporting.rules.advice.rule import Better, Number, Numbers, Rule, count, seconds, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

NEWCOMERS_MIN, ANSWERED_MIN = 20, 0.5
QUESTIONS_MIN, RISE_MIN = 20, 0.05
SLOWER_MIN, SLOWER_S_MIN = 1.5, 600.0
BLOCK_HOURS, MEMBER_HOURS_MIN, STAFF_HOURS_MIN, PEAK_MIN, COVER_MAX = 4, 200, 20, 0.25, 1 / 3
DAY_HOURS = 24


def _newcomers(scene: Scene) -> Numbers | None:
    came, answered = scene.figure("newcomers"), scene.now.get("newcomers_answered")
    if came < NEWCOMERS_MIN or answered is None or answered >= ANSWERED_MIN:
        return None
    return {"newcomers": count(came), "answered": share(answered)}


def _unanswered(scene: Scene, *, before: bool = False) -> tuple[int, int]:
    """Return how many questions nobody answered within a day, of how many: both stretches had the same time for it."""
    told, chosen = scene.asked(before=before)
    waited = told.answered[chosen] - told.asked[chosen]
    return int(np.count_nonzero(~(waited <= ANSWERED_WITHIN_S))), len(waited)


def _questions(scene: Scene) -> Numbers | None:
    (left, asked), (left_before, asked_before) = _unanswered(scene), _unanswered(scene, before=True)
    if min(asked, asked_before) < QUESTIONS_MIN or not is_greater(left, asked, left_before, asked_before):
        return None
    now, then = left / asked, left_before / asked_before
    return None if now - then < RISE_MIN else {"questions": count(asked), "now": share(now), "before": share(then)}


def _staff_waits(scene: Scene, *, before: bool = False) -> Seconds:
    told, chosen = scene.asked(before=before)
    waits = np.maximum(0.0, told.staff[chosen] - told.asked[chosen])
    return waits[waits <= 7 * ANSWERED_WITHIN_S]  # NaN is not; a week is what both stretches had, but for their last days


def _slower(scene: Scene) -> Numbers | None:
    waits, waits_before = _staff_waits(scene), _staff_waits(scene, before=True)
    if min(len(waits), len(waits_before)) < QUESTIONS_MIN or not is_slower(waits, waits_before):
        return None
    now, then = float(np.median(waits)), float(np.median(waits_before))
    if now < then * SLOWER_MIN or now - then < SLOWER_S_MIN:
        return None
    return {"answers": count(len(waits)), "now": seconds(now), "before": seconds(then)}


def _away(scene: Scene) -> Numbers | None:
    material, frame = scene.material, scene.frame
    staff = {name for name in material.questions.staff_by if name}
    activity = material.activity
    ours = np.zeros(len(activity.numbers), np.bool_)
    ours[[seat for (_, member), seat in activity.numbers.items() if member in staff]] = True
    inside = (activity.hours >= hour_edge(frame.first)) & (activity.hours < hour_edge(frame.end))
    is_staff = ours[activity.seats[inside]]
    hours = _hours_of_day(activity.hours[inside], scene)
    theirs, own = (np.bincount(hours[mask], minlength=DAY_HOURS) for mask in (~is_staff, is_staff))
    if theirs.sum() < MEMBER_HOURS_MIN or own.sum() < STAFF_HOURS_MIN:
        return None
    block = np.array([np.roll(theirs, -n)[:BLOCK_HOURS].sum() for n in range(DAY_HOURS)])
    start = int(block.argmax())
    peak = float(block[start] / theirs.sum())
    cover = float(np.roll(own, -start)[:BLOCK_HOURS].sum() / own.sum())
    if peak < PEAK_MIN or cover > peak * COVER_MAX:
        return None
    named = f"{start:02d}:00-{(start + BLOCK_HOURS) % DAY_HOURS:02d}:00"
    return {"hours": Number(named), "members": share(peak), "staff": share(cover)}


def _hours_of_day(hours: Ints, scene: Scene) -> Ints:
    """Return the hour of the brand's day in which each hour since 1970 begins."""
    distinct, places = np.unique(hours, return_inverse=True)
    zone = scene.frame.zone
    local = [datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(zone).hour for hour in distinct.tolist()]
    return np.array(local, np.int64)[places]


RULES = (
    Rule(
        id="newcomers_unanswered",
        name=Said("Newcomers get no answer", "Новичкам не отвечают"),
        says=Said(
            "{newcomers} members wrote for the first time; {answered} of them were answered within 24 hours.",
            "Впервые написали: {newcomers}; ответ за сутки получили {answered} из них.",
        ),
        do=Said(
            "Have somebody greet and answer first messages every day; agree who does it on weekends.",
            "Назначьте, кто каждый день отвечает на первые сообщения, в том числе в выходные.",
        ),
        expected=Said("More newcomers are answered, and more of them stay.", "Больше новичков получат ответ и останутся."),
        figure="newcomers_answered",
        better=Better.UP,
        days=28,
        least=Said("20 newcomers in four weeks.", "20 новичков за четыре недели."),
        finds=_newcomers,
    ),
    Rule(
        id="questions_unanswered_rise",
        name=Said("More questions stay unanswered", "Больше вопросов без ответа"),
        says=Said(
            "Of {questions} questions {now} had no answer after a day; four weeks before it were {before}.",
            "Задано вопросов: {questions}; без ответа через сутки: {now}, четырьмя неделями раньше: {before}.",
        ),
        do=Said(
            "Go through the unanswered questions, and write down answers to those that come again.",
            "Разберите вопросы без ответа и заготовьте ответы на повторяющиеся.",
        ),
        expected=Said("Fewer questions stay unanswered.", "Меньше вопросов останется без ответа."),
        figure="questions_unanswered",
        better=Better.DOWN,
        days=28,
        least=Said(
            "20 questions in both stretches, 5 percentage points more, beyond chance at 1 %.",
            "20 вопросов в обоих периодах, рост на 5 процентных пунктов, случайность исключена на уровне 1 %.",
        ),
        finds=_questions,
    ),
    Rule(
        id="staff_slower",
        name=Said("The brand answers later", "Бренд отвечает позже"),
        says=Said(
            "Half of {answers} answers of the brand's own people came within {now}; four weeks before within {before}.",
            "Ответов сотрудников: {answers}, половина — за {now}; четырьмя неделями раньше — за {before}.",
        ),
        do=Said(
            "Look at whose shifts are open and what takes long; hand out the questions that wait.",
            "Проверьте, какие смены не закрыты и что отнимает время; распределите ожидающие вопросы.",
        ),
        expected=Said("The brand's answers come sooner.", "Ответы бренда будут приходить раньше."),
        figure="staff_response",
        better=Better.DOWN,
        days=28,
        least=Said(
            "20 answers in both stretches, half as long again and 10 minutes more, beyond chance at 1 %.",
            "20 ответов в обоих периодах, в полтора раза и на 10 минут дольше, случайность исключена на уровне 1 %.",
        ),
        finds=_slower,
    ),
    Rule(
        id="staff_away_at_peak",
        name=Said("Nobody of the brand is there when members are", "В часы активности нет сотрудников"),
        says=Said(
            "{members} of the members' activity falls into {hours} of the brand's time, but only {staff} of the staff's.",
            "На {hours} по времени бренда приходится {members} активности участников и лишь {staff} активности сотрудников.",
        ),
        do=Said("Move a shift into these hours.", "Перенесите одну смену на эти часы."),
        expected=Said("Questions of the busiest hours are answered sooner.", "На вопросы в часы пик ответят раньше."),
        figure="staff_response",
        better=Better.DOWN,
        days=14,
        least=Said(
            "200 hours of members and 20 of staff; staff are those who answered a question.",
            "200 часов участников и 20 часов сотрудников; сотрудники — те, кто ответил на вопрос.",
        ),
        finds=_away,
    ),
)
