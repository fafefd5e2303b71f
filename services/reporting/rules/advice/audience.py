"""Advice on who is there: whether they stay, whether they come often, on how many a community leans."""

from __future__ import annotations

import numpy as np

from services.reporting.figures.audience import RECENT_DAYS, Segment, segments_at
from services.reporting.figures.periods import Frame, hour_edge
from services.reporting.figures.tables.sources import SOURCES
from services.reporting.rules.advice.evidence import is_greater
from services.reporting.rules.advice.rule import Better, Number, Numbers, Rule, count, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

ACTIVE_MIN = 50
FALL_MAX = 0.85
JOINED_MIN, QUIETER_MAX = 30, 0.9
FEW, FEW_SHARE_MIN, AUTHORS_MIN = 5, 0.5, 30
REGULARS_MIN, SILENT_MIN = 20, 0.25
CAME_MIN, WORSE_MAX = 30, 0.5


def _stickiness(scene: Scene) -> Numbers | None:
    now, before = scene.figure("stickiness"), scene.figure("stickiness", before=True)
    active = min(scene.figure("active_members"), scene.figure("active_members", before=True))
    if active < ACTIVE_MIN or before <= 0 or now > before * FALL_MAX:
        return None
    return {"active": count(scene.figure("active_members")), "now": share(now), "before": share(before)}


def _quieter(scene: Scene) -> Numbers | None:
    grown, joined = scene.figure("members_growth"), scene.figure("members_joined")
    now, before = scene.figure("active_members"), scene.figure("active_members", before=True)
    if joined < JOINED_MIN or grown <= 0 or before < ACTIVE_MIN or now > before * QUIETER_MAX:
        return None
    return {"grown": count(grown), "now": count(now), "before": count(before)}


def _few(scene: Scene) -> Numbers | None:
    activity, frame = scene.material.activity, scene.frame
    inside = (activity.hours >= hour_edge(frame.first)) & (activity.hours < hour_edge(frame.end))
    hours = np.sort(np.bincount(activity.people[activity.seats[inside]]))[::-1]
    authors = int(np.count_nonzero(hours))
    if authors < AUTHORS_MIN:
        return None
    part = float(hours[:FEW].sum() / hours.sum())
    return None if part < FEW_SHARE_MIN else {"few": count(FEW), "authors": count(authors), "part": share(part)}


def _regulars(scene: Scene) -> Numbers | None:
    then = segments_at(scene.material, scene.frame.since, scene.frame.zone) == Segment.REGULAR
    now = segments_at(scene.material, scene.frame.until, scene.frame.zone)
    regulars, silent = int(then.sum()), int((then & (now == Segment.DRIFTING)).sum())
    if regulars < REGULARS_MIN or silent < regulars * SILENT_MIN:
        return None
    return {"regulars": count(regulars), "silent": count(silent), "part": share(silent / regulars)}


def _source(scene: Scene) -> Numbers | None:
    both = Frame(scene.frame.before.since, scene.frame.until, scene.frame.zone)
    told = [(str(name), int(over), round(over * back)) for name, _, over, back in _told(scene, both)]
    all_over, all_back = sum(over for _, over, _ in told), sum(back for _, _, back in told)
    for name, over, back in sorted(told, key=lambda one: (one[2] / one[1], one[0])):
        others, others_back = all_over - over, all_back - back
        if not name or over < CAME_MIN or others < CAME_MIN or back / over > others_back / others * WORSE_MAX:
            continue
        if is_greater(others_back, others, back, over):
            kept = {"kept": share(back / over), "others": share(others_back / others)}
            return {"source": Number(name), "joined": count(over)} | kept
    return None


def _told(scene: Scene, frame: Frame) -> list[tuple[str, float, float, float]]:
    rows = (tuple(row) for row in SOURCES.rows(scene.material, frame))
    return [(str(a), float(b or 0), float(c), float(d)) for a, b, c, d in rows if c and d is not None]  # type: ignore[arg-type]


RULES = (
    Rule(
        id="stickiness_falls",
        name=Said("Members come less often", "Участники заходят реже"),
        says=Said(
            "{active} members were active; stickiness (an average day over the whole stretch) fell from {before} to {now}.",
            "Активных участников: {active}; вовлечённость в день (средний день к периоду) упала с {before} до {now}.",
        ),
        do=Said(
            "Give a reason to come on most days: a weekly plan with small recurring things.",
            "Дайте повод заходить чаще: недельный план с небольшими регулярными рубриками.",
        ),
        expected=Said("Members come on more days.", "Участники будут заходить чаще."),
        figure="stickiness",
        better=Better.UP,
        days=28,
        least=Said(
            "50 active members in both stretches, 15 % less.", "50 активных участников в обоих периодах, падение на 15 %."
        ),
        finds=_stickiness,
    ),
    Rule(
        id="growing_but_quieter",
        name=Said("More members, fewer voices", "Участников больше, голосов меньше"),
        says=Said(
            "There are {grown} members more, but {now} wrote, after {before} four weeks before.",
            "Прирост участников: {grown}, но писали {now} против {before} четырьмя неделями раньше.",
        ),
        do=Said(
            "Look at where the new members came from, and welcome them with something easy to answer.",
            "Проверьте, откуда приходят новые участники, и встречайте их вопросом, на который легко ответить.",
        ),
        expected=Said("More of those who joined write.", "Больше вступивших начнут писать."),
        figure="active_members",
        better=Better.UP,
        days=28,
        least=Said("30 joined, 50 wrote before, 10 % fewer write.", "30 вступлений, 50 писавших раньше, падение на 10 %."),
        finds=_quieter,
    ),
    Rule(
        id="few_authors",
        name=Said("A few members carry the talk", "Разговор держится на немногих"),
        says=Said(
            "{few} of {authors} members who wrote make {part} of all activity (hours in which they wrote).",
            "Писавших: {authors}; на {few} самых активных приходится {part} активности (часов, в которые они писали).",
        ),
        do=Said(
            "Ask others to speak: questions to all, a column for members, thanks for first contributions.",
            "Вовлекайте остальных: вопросы ко всем, рубрика участников, благодарность за первый вклад.",
        ),
        expected=Said("More members write.", "Будет писать больше участников."),
        figure="active_members",
        better=Better.UP,
        days=28,
        least=Said("30 members who wrote.", "30 писавших участников."),
        finds=_few,
    ),
    Rule(
        id="regulars_silent",
        name=Said("Regulars fell silent", "Постоянные участники замолчали"),
        says=Said(
            "Of {regulars} regulars {silent} ({part}) have written nothing for four weeks.",
            "Постоянных участников было {regulars}; за последние четыре недели ничего не написали {silent} ({part}).",
        ),
        do=Said(
            "Write to some of them in person and ask what has changed; look at what happened when they stopped.",
            "Напишите некоторым лично и спросите, что изменилось; посмотрите, что было, когда они перестали писать.",
        ),
        expected=Said("Some of them come back.", "Часть из них вернётся."),
        figure="active_members",
        better=Better.UP,
        days=28,
        least=Said(
            f"20 regulars (wrote on 4 of {RECENT_DAYS} days), a quarter of them silent.",
            f"20 постоянных участников (писали в 4 из {RECENT_DAYS} дней), четверть из них молчит.",
        ),
        finds=_regulars,
    ),
    Rule(
        id="source_not_kept",
        name=Said("Members of a source do not stay", "Пришедшие из источника не остаются"),
        says=Said(
            "Of {joined} who came from {source}, {kept} wrote within 30 days; of those from elsewhere {others}.",
            "Пришли из источника {source}: {joined}, за 30 дней написали {kept}; из остальных источников — {others}.",
        ),
        do=Said(
            "Spend less on this source, or tell there more clearly what the community is.",
            "Тратьте на этот источник меньше или яснее объясняйте там, что это за сообщество.",
        ),
        expected=Said("More of those who join write.", "Больше вступивших начнут писать."),
        figure="newcomers",
        better=Better.UP,
        days=28,
        least=Said(
            "30 of this source and 30 of others whose 30 days are over, half as many of them, beyond chance at 1 %.",
            "30 из этого источника и 30 из других, у кого 30 дней прошли; вдвое меньше; случайность исключена (1 %).",
        ),
        finds=_source,
    ),
)
