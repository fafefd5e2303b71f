"""What a brand's own classifiers say of a text. Scores are handed in: rules know no model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.scores import Scored
from shared.documents.classifiers import MODELS_MAX, Classifier
from shared.documents.discipline import check_sanction
from shared.documents.moderation import ModerationPolicy
from shared.errors import Misplaced
from shared.policy import Version

RULE = "classifier:"
"""Begins the name of what a classifier finds: no rule of a brand's own has a colon in its id."""

PLACES = 3
"""Decimal places of a score in findings and samples."""


def asked(spec: ModerationPolicy) -> Sequence[str]:
    """Return the models that a policy asks, each once."""
    return tuple(dict.fromkeys(one.model for one in spec.classifiers if one.status != "off"))


def named(versions: Iterable[Version]) -> Collection[tuple[str, str]]:
    """Return the models that policies ask, as they are stored, each with its brand."""
    told = [(version.brand, one) for version in versions for one in version.spec.get("classifiers", ())]
    return {(brand, one["model"]) for brand, one in told if one.get("status") != "off"}


def wrong_classifiers(spec: ModerationPolicy) -> Iterator[Misplaced]:
    """Yield where the section says what cannot be."""
    for place, one in enumerate(spec.classifiers):
        wrong = check_sanction(one.then, one.lasts, None)
        if one.then == "label":
            wrong = "a classifier marks nobody; write a rule of your own that asks for `scores`"
        if wrong is not None:
            yield Misplaced(wrong, f"$.spec.classifiers[{place}].then")
    if len(asked(spec)) > MODELS_MAX:
        yield Misplaced(f"a policy asks at most {MODELS_MAX} models", "$.spec.classifiers")


def unusable(spec: ModerationPolicy, labels: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield why an entry finds nothing for now; `labels` are those of the brand's models, by their names."""
    for one in (one for one in spec.classifiers if one.status != "off"):
        if one.model not in labels:
            yield f"there is no model {one.model} yet: `veche moderation model apply FILE --name {one.model}`"
        elif one.label is not None and one.label not in labels[one.model]:
            yield f"the model {one.model} has no label {one.label}; it has {', '.join(sorted(labels[one.model]))}"


def classifiers(case: Case, policy: Policy, role: str | None) -> Sequence[Found]:
    """Return what the models find likely enough, in the order of the policy."""
    scored = {one.model: one for one in case.scored}
    found = []
    for told in policy.spec.classifiers:
        by = scored.get(told.model)
        score = None if by is None or told.label is None else by.scores.get(told.label)
        if by is not None and score is not None and score >= told.threshold and _looks(told, role):
            found.append(_found(told, by, score))
    return found


def _looks(told: Classifier, role: str | None) -> bool:
    return told.status != "off" and role not in told.exempt


def _found(told: Classifier, by: Scored, score: float) -> Found:
    facts = {"model": by.model, "version": by.version, "label": told.label or "", "score": f"{score:.{PLACES}f}"}
    return Found(
        f"{RULE}{told.model}.{told.label}",
        told.then,
        facts=facts | {"threshold": f"{told.threshold:g}"},
        reason=told.reason,
        severity=told.severity,
        lasts=told.lasts,
        is_shadow=by.is_shadow or told.status == "shadow",
    )
