"""How much of what is written are insults, obscene words and quarrels, by what moderation found."""

from __future__ import annotations

from services.reporting.figures.content import BY_KIND_NAMES
from services.reporting.figures.figure import OF_DECISIONS, Figure, Form, Sums, Value, per
from shared.events.moderation import Finding
from shared.said import Said
from shared.topics import EVENTS

RULES = frozenset({"words", "conflicts"})
LABEL = "toxic"
"""In the name of a brand's classifier, or the label that it chose."""


def is_toxic(finding: Finding) -> bool:
    """Return whether what a rule found is toxic."""
    if finding.rule in RULES:
        return True
    told = (finding.rule, (finding.facts or {}).get("label", ""))
    return finding.rule.startswith("classifier:") and any(LABEL in text for text in told)


def _per_thousand(sums: Sums) -> Value:
    toxic = sum(1 for one in sums.rulings if one.toxic and not one.reversed)
    return per(toxic, sum(sums.counts.get(name, 0) for name in BY_KIND_NAMES), 1_000)


TOXICITY = Figure(
    id="toxicity",
    name=Said("Toxicity", "Токсичность"),
    definition=Said(
        "Contents in which moderation found insults, obscene words, a quarrel, or what a classifier calls toxic, for "
        "each 1,000 "
        "that were written. Decisions taken back do not count. It sees only what the brand's rules look for.",
        "Публикации с оскорблениями, матом, ссорой или тем, что классификатор назвал токсичным (toxic), на каждую 1000 "
        "написанных. Отменённые решения не считаются. Видно только то, что ищут правила бренда.",
    ),
    unit=Said("per 1,000 contents", "на 1000 публикаций"),
    form=Form.RATE,
    compute=_per_thousand,
    topics=(EVENTS.name, *OF_DECISIONS),
)
