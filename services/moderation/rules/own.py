"""A brand's own rules: conditions over facts, some of them only tried in shadow, or on a share of the members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

from services.moderation.rules.active import role_of
from services.moderation.rules.case import Case, Found
from services.moderation.rules.facts import LANGUAGE, OF
from shared.conditions.conditions import Conditions
from shared.conditions.facts import Value
from shared.conditions.misread import Misread
from shared.documents.moderation import SECTIONS, OwnRule
from shared.errors import Misplaced

BUILT_IN = frozenset({*(section.replace("_", "-") for section in SECTIONS), "complaints", "brakes"})
"""Names of rules that are there already."""

TOLD_MAX, TOLD_CHARS_MAX, TOLD_ENTRIES_MAX = 12, 120, 10
"""Facts of a finding, characters of one, entries of a list: more than anybody writes into a condition, or reads."""


class Author(NamedTuple):
    """Who wrote, where, and their role where the event tells it."""

    id: str
    community: str
    role: str | None


class Seen(NamedTuple):
    """What a brand's own rules saw."""

    live: Sequence[Found] = ()
    shadow: Sequence[Found] = ()
    failed: Mapping[str, str] = {}
    """Why a rule could not be evaluated, by its id."""


class OwnRules:
    """The rules of one policy that are not off."""

    def __init__(self, rules: Sequence[OwnRule]) -> None:
        """Compile. Raises Misplaced where a condition is none, or an id stands twice."""
        for wrong in wrong_rules(rules):
            raise wrong
        self._rules = [rule for rule in rules if rule.status != "off"]
        self._conditions = _compiled(self._rules)
        self._told = [sorted(asked)[:TOLD_MAX] for asked in self._conditions.asked_by]

    def __bool__(self) -> bool:
        return bool(self._rules)

    @property
    def asked(self) -> frozenset[str]:
        """Return the facts that the conditions may ask for."""
        return self._conditions.asked

    def seen(self, case: Case, community: str, author: str) -> Seen:
        """Return which rules match."""
        held = self._conditions.held(OF, case)
        by = Author(author, community, role_of(case))
        places = [place for place in held.holds if _applies(self._rules[place], by)]
        failed = {rule.id: why for place, why in held.failed.items() if _applies(rule := self._rules[place], by)}
        return Seen(
            [self._found(place, held.known) for place in places if self._rules[place].status == "live"],
            [self._found(place, held.known) for place in places if self._rules[place].status == "shadow"],
            failed,
        )

    def _found(self, place: int, known: Mapping[str, Value]) -> Found:
        rule = self._rules[place]
        return Found(
            rule.id,
            rule.then,
            facts={name: told_of(known[name]) for name in self._told[place]},
            reason=rule.reason,
            severity=rule.severity,
            lasts=rule.lasts,
            label=rule.label,
            description=rule.description,
        )


def wrong_rules(rules: Sequence[OwnRule]) -> Iterator[Misplaced]:
    """Yield where an id is taken, or a condition none."""
    ids = [rule.id for rule in rules]
    for place, rule in enumerate(rules):
        if rule.id in BUILT_IN:
            yield Misplaced(f"`{rule.id}` is the name of a built-in rule", f"$.spec.rules[{place}].id")
        if rule.id in ids[:place]:
            yield Misplaced(f"there are two rules of the name `{rule.id}`", f"$.spec.rules[{place}].id")
        try:
            LANGUAGE.check(rule.when)
        except Misread as error:
            told = f"{error}; line {error.line}, column {error.column} of the condition"
            yield Misplaced(told, f"$.spec.rules[{place}].when")


def _compiled(rules: Sequence[OwnRule]) -> Conditions:
    try:
        return LANGUAGE.compiled([rule.when for rule in rules])
    except Misread as error:
        raise Misplaced(str(error), "$.spec.rules") from error


def _applies(rule: OwnRule, by: Author) -> bool:
    if by.role in rule.exempt or (rule.communities and by.community not in rule.communities):
        return False
    return rule.share == 100 or crc32(f"{rule.id}/{by.id}".encode()) % 100 < rule.share  # noqa: PLR2004 - percent


def told_of(value: Value) -> str:
    """Return a fact as a person reads it: bounded, for a decision holds it."""
    match value:
        case bool():
            told = str(value).lower()
        case float():
            told = f"{value:.3g}"
        case Mapping():
            told = _listed([f"{name}: {told_of(one)}" for name, one in value.items()])
        case int() | str():
            told = str(value)
        case _:
            told = _listed(value)
    told = told or "–"
    return told if len(told) <= TOLD_CHARS_MAX else f"{told[: TOLD_CHARS_MAX - 1]}…"


def _listed(entries: Sequence[str]) -> str:
    more = [f"and {len(entries) - TOLD_ENTRIES_MAX} more"] if len(entries) > TOLD_ENTRIES_MAX else []
    return ", ".join([*entries[:TOLD_ENTRIES_MAX], *more])
