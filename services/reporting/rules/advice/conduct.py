"""Advice on how people treat each other, and how moderation treats them."""

from __future__ import annotations

from services.reporting.figures.content import BY_KIND_NAMES
from services.reporting.rules.advice.evidence import is_greater
from services.reporting.rules.advice.rule import Better, Number, Numbers, Rule, count, rate, share
from services.reporting.rules.advice.scene import Scene
from shared.said import Said

TOXIC_MIN, TOXIC_RISE_MIN = 10, 1.5
DECISIONS_MIN, OVERTURNED_MIN = 30, 0.1
COMPLAINTS_MIN, PLACES_MIN, COMPLAINTS_SHARE_MIN, CONTENT_SHARE_MAX = 20, 3, 0.5, 0.25
ACTS_MIN, FAILED_MIN = 50, 0.05


def _toxicity(scene: Scene) -> Numbers | None:
    now, before = scene.figure("toxicity"), scene.figure("toxicity", before=True)
    written, written_before = (sum(scene.total(name, before=b) for name in BY_KIND_NAMES) for b in (False, True))
    toxic, toxic_before = now * written / 1_000, before * written_before / 1_000
    if toxic < TOXIC_MIN or now < before * TOXIC_RISE_MIN or not is_greater(toxic, written, toxic_before, written_before):
        return None
    return {"now": rate(now), "before": rate(before), "written": count(written)}


def _overturned(scene: Scene) -> Numbers | None:
    decisions, rate_ = scene.figure("decisions"), scene.figure("overturn_rate")
    if decisions < DECISIONS_MIN or rate_ < OVERTURNED_MIN:
        return None
    return {"decisions": count(decisions), "part": share(rate_)}


def _concentrated(scene: Scene) -> Numbers | None:
    if len(scene.parts) < PLACES_MIN or scene.figure("complaints") < COMPLAINTS_MIN:
        return None
    told = {place: (values.get("complaints") or 0.0, values.get("content") or 0.0) for place, values in scene.parts.items()}
    complaints, content = (sum(pair[n] for pair in told.values()) for n in (0, 1))
    place = max(sorted(told), key=lambda one: told[one][0])
    most, written = told[place]
    if not complaints or not content:
        return None
    part, of_content = most / complaints, written / content
    if part < COMPLAINTS_SHARE_MIN or of_content > CONTENT_SHARE_MAX:
        return None
    named = {"place": Number(place), "complaints": count(complaints)}
    return named | {"part": share(part), "content": share(of_content)}


def _failing(scene: Scene) -> Numbers | None:
    done, failed = scene.figure("acts_done"), scene.figure("acts_failed")
    if done + failed < ACTS_MIN or failed < (done + failed) * FAILED_MIN:
        return None
    return {"acts": count(done + failed), "failed": count(failed), "part": share(failed / (done + failed))}


RULES = (
    Rule(
        id="toxicity_up",
        name=Said("Toxicity rises", "Токсичность растёт"),
        says=Said(
            "Of 1,000 contents {now} were toxic, after {before} four weeks before ({written} written).",
            "Токсичных на 1000 публикаций: {now} против {before} четырьмя неделями раньше (написано: {written}).",
        ),
        do=Said(
            "Recall the rules in public, look at the threads in which it happens, and warn early.",
            "Напомните о правилах, посмотрите, в каких ветках это происходит, и предупреждайте раньше.",
        ),
        expected=Said("Less of what is written is toxic.", "Токсичного станет меньше."),
        figure="toxicity",
        better=Better.DOWN,
        days=28,
        least=Said(
            "10 toxic contents, half as many again, beyond chance at 1 %.",
            "10 токсичных публикаций, рост в полтора раза, случайность исключена на уровне 1 %.",
        ),
        finds=_toxicity,
    ),
    Rule(
        id="overturned_often",
        name=Said("Many decisions are taken back", "Много решений отменяется"),
        says=Said(
            "Of {decisions} decisions {part} were taken back.",
            "Решений модерации: {decisions}, отменено {part}.",
        ),
        do=Said(
            "See which rule the overturned decisions have in common; try its change with `veche moderation backtest` first.",
            "Найдите общее правило у отменённых решений; изменение сначала проверьте: `veche moderation backtest`.",
        ),
        expected=Said("Fewer decisions are taken back.", "Отменять придётся реже."),
        figure="overturn_rate",
        better=Better.DOWN,
        days=28,
        least=Said("30 decisions, a tenth of them taken back.", "30 решений, отменена десятая часть."),
        finds=_overturned,
    ),
    Rule(
        id="complaints_in_one_place",
        name=Said("Complaints concentrate in one community", "Жалобы собрались в одном сообществе"),
        says=Said(
            "{part} of {complaints} complaints come from {place}, which holds {content} of the content.",
            "Жалоб: {complaints}; из {place} — {part}, хотя там {content} публикаций.",
        ),
        do=Said(
            "Give this community a moderator more, and read its complaints one by one.",
            "Добавьте этому сообществу модератора и разберите его жалобы по одной.",
        ),
        expected=Said("Fewer complaints.", "Жалоб станет меньше."),
        figure="complaints",
        better=Better.DOWN,
        days=28,
        least=Said("20 complaints in at least 3 communities.", "20 жалоб, не меньше 3 сообществ."),
        finds=_concentrated,
        of_brand=True,
    ),
    Rule(
        id="acts_failing",
        name=Said("Platforms refuse what was decided", "Платформы не исполняют решения"),
        says=Said(
            "{failed} of {acts} acts ({part}) failed.",
            "Действий: {acts}, не удалось {failed} ({part}).",
        ),
        do=Said(
            "Look at the acts' page for the reasons: mostly a right is missing that the bot needs.",
            "Посмотрите причины на странице действий: чаще всего боту не хватает прав.",
        ),
        expected=Said("What is decided happens.", "Решения будут исполняться."),
        figure="acts_failed",
        better=Better.DOWN,
        days=14,
        least=Said("50 acts, 5 % of them failed.", "50 действий, 5 % неудачных."),
        finds=_failing,
    ),
)
