"""Figures of the brand's own (`kpi.observed`), and the NPS that is made of single answers told so."""

from __future__ import annotations

from services.reporting.figures.buckets.observed import MILLIONTHS
from services.reporting.figures.figure import Counts, Figure, Form, Sums, Value, per
from shared.events.commerce import Kpi
from shared.platforms import facts
from shared.said import Said

NPS_ANSWER = "nps"
"""The name under which a portal tells single answers to the question of recommendation, from 0 to 10."""

PROMOTERS, DETRACTORS, ANSWERS = "nps_promoters", "nps_detractors", "nps_answers"
NAMES = (PROMOTERS, DETRACTORS, ANSWERS)
PROMOTER_MIN, DETRACTOR_MAX, ANSWER_MAX = 9, 6, 10


def counts(kpi: Kpi) -> Counts:
    """Return what a value counts for: only an answer of the NPS does."""
    if kpi.name != NPS_ANSWER or not 0 <= kpi.value <= ANSWER_MAX:
        return ()
    promotes, detracts = kpi.value >= PROMOTER_MIN, kpi.value <= DETRACTOR_MAX
    return ((ANSWERS, 1), *(((PROMOTERS, 1),) * promotes), *(((DETRACTORS, 1),) * detracts))


def _score(sums: Sums) -> Value:
    counts = sums.counts
    return per(counts.get(PROMOTERS, 0) - counts.get(DETRACTORS, 0), counts.get(ANSWERS), 100)


def count_of(name: str) -> tuple[str, str]:
    """Return the names under which a period holds how many values were told, and their sum in millionths."""
    return f"observed:{name}", f"observed_sum:{name}"


def own(name: str) -> Figure:
    """Return the figure of a value of the brand's own."""
    number, total = count_of(name)
    return Figure(
        id=f"kpi:{name}",
        name=Said(name, name),
        definition=Said(
            f"The mean of the values that the brand's own systems told as {name} in the period.",
            f"Среднее значений, которые системы бренда сообщили под именем {name} за период.",
        ),
        unit=Said("as told", "как сообщено"),
        form=Form.RATE,
        compute=lambda sums: per(sums.counts.get(total, 0) / MILLIONTHS, sums.counts.get(number)),
        needs=(facts.KPIS,),
    )


NPS = Figure(
    id="nps",
    name=Said("NPS", "NPS"),
    definition=Said(
        "Of the answers from 0 to 10 that the portal tells as kpi.observed with the name nps: the share of 9 and 10 "
        "less that of "
        "0 to 6, times 100 (Reichheld, 2003).",
        "Из ответов от 0 до 10, которые портал сообщает событием kpi.observed с именем nps: доля 9 и 10 минус доля 0–6, "
        "умноженная на 100 (Райхельд, 2003).",
    ),
    unit=Said("points of -100 to 100", "от -100 до 100"),
    form=Form.RATE,
    compute=_score,
    needs=(facts.KPIS,),
)
