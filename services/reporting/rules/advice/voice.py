"""Advice on what members say: their tone, and what they complain about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from services.reporting.figures.buckets.said import FEEDBACK, TONE
from services.reporting.listening.tone import LABELS
from services.reporting.rules.advice.evidence import is_greater
from services.reporting.rules.advice.rule import Better, Numbers, Rule, count, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

HEARD_MIN, RISE_MIN = 100, 0.03
NEGATIVE, GRIEVANCE = f"{TONE}negative", f"{FEEDBACK}complaint"
ALL = tuple(f"{TONE}{label}" for label in LABELS)


def _risen(name: str, scene: Scene) -> Numbers | None:
    part, heard = _heard(scene, name, ALL)
    part_before, heard_before = _heard(scene, name, ALL, before=True)
    if min(heard, heard_before) < HEARD_MIN or not is_greater(part, heard, part_before, heard_before):
        return None
    now, then = part / heard, part_before / heard_before
    return None if now - then < RISE_MIN else {"heard": count(heard), "now": share(now), "before": share(then)}


def _heard(scene: Scene, name: str, all_: Sequence[str], *, before: bool = False) -> tuple[float, float]:
    return scene.figure(name, before=before), sum(scene.figure(one, before=before) for one in all_)


LEAST = Said(
    "100 contents in both stretches, 3 percentage points more, beyond chance at 1 %.",
    "100 публикаций в обоих периодах, рост на 3 процентных пункта, случайность исключена на уровне 1 %.",
)
RULES = (
    Rule(
        id="tone_falls",
        name=Said("The tone gets worse", "Тон ухудшается"),
        says=Said(
            "Of {heard} contents of members {now} are negative, after {before} four weeks before.",
            "Публикаций участников: {heard}, негативных {now} против {before} четырьмя неделями раньше.",
        ),
        do=Said(
            "See what they are about (`veche reporting topics`), and answer the cause in public.",
            "Узнайте, о чём они (`veche reporting topics`), и публично ответьте по существу.",
        ),
        expected=Said("Fewer contents are negative.", "Негативных публикаций станет меньше."),
        figure=NEGATIVE,
        better=Better.DOWN,
        days=28,
        least=LEAST,
        finds=partial(_risen, NEGATIVE),
    ),
    Rule(
        id="grievances_rise",
        name=Said("Members complain more of the brand", "Участники чаще предъявляют претензии"),
        says=Said(
            "Of {heard} contents of members {now} are grievances, after {before} four weeks before.",
            "Публикаций участников: {heard}, претензий {now} против {before} четырьмя неделями раньше.",
        ),
        do=Said(
            "Hand the commonest grievance to whoever can mend it, and tell members when it is mended.",
            "Передайте самую частую претензию тем, кто может её устранить, и сообщите участникам, когда это сделано.",
        ),
        expected=Said("Fewer grievances.", "Претензий станет меньше."),
        figure=GRIEVANCE,
        better=Better.DOWN,
        days=28,
        least=LEAST,
        finds=partial(_risen, GRIEVANCE),
    ),
)
