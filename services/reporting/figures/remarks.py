"""What members say: their tone, their feedback, whom they name, and the brand's share of voice. Pure."""

from __future__ import annotations

from services.reporting.figures.buckets.said import FEEDBACK, NAMED, OWN_NAMED, TONE
from services.reporting.figures.figure import CONTENTS, PER_CENT, Figure, Form, Sums, Value, counted, per
from services.reporting.listening.feedback import FEEDBACK as KINDS
from services.reporting.listening.tone import LABELS
from shared.said import Said

RIVAL = "competitor"

GROUP = "listening"
"""The fold that counts all of these."""

_TONES = {
    "negative": Said("Negative contents", "Негативные публикации"),
    "neutral": Said("Neutral contents", "Нейтральные публикации"),
    "positive": Said("Positive contents", "Позитивные публикации"),
}
_KINDS = {
    "praise": Said("Praise", "Похвала"),
    "complaint": Said("Grievances", "Претензии"),
    "question": Said("Asking", "Вопросы бренду"),
    "idea": Said("Ideas", "Идеи"),
}
_BY_WORDS = Said(
    "Tone is told by words, Russian and English; edits replace what was said, deleted contents do not count. Staff, bots "
    "and commands are left out.",
    "Тон определяется по словам, русским и английским; правка заменяет сказанное, удалённое не считается. Сотрудники, боты "
    "и команды не учитываются.",
)


def _balance(positive: int, negative: int, all_: int) -> Value:
    return per(positive - negative, all_, 100)


def _net(sums: Sums) -> Value:
    by = {label: sums.counts.get(f"{TONE}{label}", 0) for label in LABELS}
    return _balance(by["positive"], by["negative"], sum(by.values()))


def _voice(sums: Sums) -> Value:
    ours = sums.counts.get(OWN_NAMED, 0)
    rivals = sum(n for name, n in sums.counts.items() if name.startswith(f"{NAMED}{RIVAL}/"))
    return per(ours, ours + rivals)


def _tone(label: str) -> Figure:
    name = _TONES[label]
    return Figure(
        group=GROUP,
        id=f"{TONE}{label}",
        name=name,
        definition=Said(
            f"Contents of members whose tone is {label}. {_BY_WORDS.en}", f"{name.ru} участников. {_BY_WORDS.ru}"
        ),
        unit=CONTENTS,
        compute=counted(f"{TONE}{label}"),
    )


def _kind(kind: str) -> Figure:
    name = _KINDS[kind]
    return Figure(
        group=GROUP,
        id=f"{FEEDBACK}{kind}",
        name=name,
        definition=Said(
            f"Contents of members that are sorted as {kind}: the first of idea, complaint, question, praise that it is. "
            f"{_BY_WORDS.en}",
            f"Публикации участников, отнесённые к виду «{name.ru.lower()}»: считается первый из видов идея, претензия, "
            f"вопрос, похвала. {_BY_WORDS.ru}",
        ),
        unit=CONTENTS,
        compute=counted(f"{FEEDBACK}{kind}"),
    )


BY_TONE = tuple(_tone(label) for label in LABELS)
BY_KIND = tuple(_kind(kind) for kind in KINDS)
NET_TONE = Figure(
    group=GROUP,
    id="tone_net",
    name=Said("Tone", "Тональность"),
    definition=Said(
        f"Positive contents of members less negative ones, for each 100 contents. {_BY_WORDS.en}",
        f"Позитивные публикации участников минус негативные, на каждые 100 публикаций. {_BY_WORDS.ru}",
    ),
    unit=Said("points of -100 to 100", "от -100 до 100"),
    form=Form.RATE,
    compute=_net,
)
VOICE = Figure(
    group=GROUP,
    id="share_of_voice",
    name=Said("Share of voice", "Доля голоса"),
    definition=Said(
        "Contents that name the brand or a product of it, of these and the mentions of competitors, by the watch queries "
        "(document Listening). One that names two competitors counts for both.",
        "Публикации с упоминанием бренда или его продуктов среди них и упоминаний конкурентов, по поисковым запросам "
        "(документ Listening). Упоминание двух конкурентов считается дважды.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_voice,
)
FIGURES = (*BY_TONE, NET_TONE, *BY_KIND, VOICE)


def _of_query(sums: Sums, query: str, *labels: str) -> int:
    ends = tuple(f"/{query}:{label}" for label in labels)
    return sum(n for name, n in sums.counts.items() if name.startswith(NAMED) and name.endswith(ends))


def mentions(query: str) -> Figure:
    """Return the figure of contents that name a watch query."""
    return Figure(
        group=GROUP,
        id=f"mentions:{query}",
        name=Said(f"Mentions: {query}", f"Упоминания: {query}"),
        definition=Said(
            f"Contents that name {query}, by the brand's watch query of that name (document Listening).",
            f"Публикации с упоминанием {query} по поисковому запросу бренда с этим именем (документ Listening).",
        ),
        unit=CONTENTS,
        compute=lambda sums: _of_query(sums, query, *LABELS),
    )


def tone_of(query: str) -> Figure:
    """Return the figure of the tone of contents that name a watch query."""
    return Figure(
        group=GROUP,
        id=f"tone:{query}",
        name=Said(f"Tone: {query}", f"Тональность: {query}"),
        definition=Said(
            f"Of the contents that name {query}: positive ones less negative ones, for each 100. {_BY_WORDS.en}",
            f"Среди упоминаний {query}: позитивные минус негативные, на каждые 100. {_BY_WORDS.ru}",
        ),
        unit=Said("points of -100 to 100", "от -100 до 100"),
        form=Form.RATE,
        compute=lambda sums: _balance(
            _of_query(sums, query, "positive"), _of_query(sums, query, "negative"), _of_query(sums, query, *LABELS)
        ),
    )


def queries_in(names: set[str]) -> list[str]:
    """Return the watch queries that counts of these names tell of."""
    told = (name.removeprefix(NAMED).rpartition(":")[0] for name in names if name.startswith(NAMED))
    return sorted({name.partition("/")[2] for name in told})
