"""What two policies made of the same events, added up as they go by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.moderation.backtest.measuring import measured
from services.moderation.backtest.memory import Entry, Seen
from services.moderation.backtest.report import Changed, Day, Load, RuleReport, Sample
from services.moderation.cases.truth import Content, Truth
from services.moderation.rules.judging import Judged
from shared.events.moderation import TAKES_AWAY

SAMPLES_MAX = 5
"""Of a rule: new ones, and gone ones; a person looks at no more before changing the rule again."""

NONE = "none"
"""The verdict where nothing was found."""

ASKS = frozenset({"flag", "hold"})
"""Verdicts that wait for a person; what the brake parks is held."""

Name = tuple[str, bool]
"""A rule, and whether it is in shadow."""


class Pair(NamedTuple):
    """What both made of one event."""

    live: Seen
    candidate: Seen


@dataclass(slots=True)
class Side:
    """How a rule fared under one of the two."""

    hits: int = 0
    decided: set[Content] = field(default_factory=set)
    """Contents that it found and people decided of."""


@dataclass(slots=True)
class Rule:
    """How a rule fared under both."""

    live: Side = field(default_factory=Side)
    candidate: Side = field(default_factory=Side)
    new: int = 0
    gone: int = 0
    new_samples: list[Sample] = field(default_factory=list)
    gone_samples: list[Sample] = field(default_factory=list)


class Comparison:
    """Adds up, event by event. What it keeps grows with rules, days, decided contents and differences, not with events."""

    def __init__(self, truth: Truth, *, texts: bool = False) -> None:
        """`texts` says whether whoever asks may read what members wrote."""
        self._truth, self._texts = truth, texts
        self._rules: dict[Name, Rule] = {}
        self._verdicts: Counter[tuple[str, str]] = Counter()
        self._days: dict[str, Counter[str]] = {}
        self._decided: set[Content] = set()
        self.events = 0
        self.taken: set[Content] = set()
        """Contents that only the candidate takes away."""
        self.spared: set[Content] = set()
        """Contents that only the live one takes away."""

    def add(self, event: Judged, pair: Pair) -> None:
        """Take one event in."""
        self.events += 1
        content = None if event.data.content_id is None else (event.community or "", event.data.content_id)
        if content is not None and content in self._truth.broke:
            self._decided.add(content)
        self._add_rules(event, content, pair)
        was, would_be = (_verdict(seen.decision) for seen in pair)
        if was != would_be:
            self._verdicts[was, would_be] += 1
        if not event.imported:
            self._add_day(event, pair)
            self._add_contents(content, pair)

    def _add_rules(self, event: Judged, content: Content | None, pair: Pair) -> None:
        live, candidate = (dict(_findings(seen)) for seen in pair)
        for name in sorted(live.keys() | candidate.keys()):
            rule = self._rules.setdefault(name, Rule())
            for side, found in ((rule.live, live), (rule.candidate, candidate)):
                if name in found:
                    side.hits += 1
                    side.decided |= {content} & self._decided if content else set()
            if name not in live:
                rule.new += 1
                self._sample(rule.new_samples, event, content, candidate[name])
            elif name not in candidate:
                rule.gone += 1
                self._sample(rule.gone_samples, event, content, live[name])

    def _sample(self, samples: list[Sample], event: Judged, content: Content | None, found: Mapping[str, Any]) -> None:
        if len(samples) >= SAMPLES_MAX:
            return
        samples.append(
            Sample(
                community=event.community or "",
                content=event.data.content_id,
                event=event.id,
                verdict=found["verdict"],
                spans=tuple((span["start"], span["end"]) for span in found.get("spans") or ()),
                broke=None if content is None else self._truth.broke.get(content),
                text=getattr(event.data, "text", None) if self._texts else None,
            )
        )

    def _add_day(self, event: Judged, pair: Pair) -> None:
        if pair.live.decision is None and pair.candidate.decision is None:
            return
        day = self._days.setdefault(f"{event.recordedtime:%Y-%m-%d}", Counter())
        for side, seen in pair._asdict().items():
            day[f"{side} queue"] += _asks(seen.decision)
            day[f"{side} removed"] += _takes_away(seen.decision)

    def _add_contents(self, content: Content | None, pair: Pair) -> None:
        live, candidate = (_takes_away(seen.decision, "hold") for seen in pair)
        if content is not None and live != candidate:
            (self.spared if live else self.taken).add(content)

    def people(self) -> tuple[int, int]:
        """Return how many contents of the time people decided of, and how many of them they removed."""
        return len(self._decided), len(self._broke())

    def _broke(self) -> set[Content]:
        return {content for content in self._decided if self._truth.broke[content]}

    def rules(self) -> tuple[RuleReport, ...]:
        """Return how the rules fared, by name."""
        broke = self._broke()
        return tuple(_rule(name, rule, broke) for name, rule in sorted(self._rules.items()))

    def verdicts(self) -> tuple[Changed, ...]:
        """Return what is decided otherwise, the most frequent first."""
        ordered = sorted(self._verdicts.items(), key=lambda one: (-one[1], one[0]))
        return tuple(Changed(was=was, would_be=would_be, events=count) for (was, would_be), count in ordered)

    def days(self) -> tuple[Day, ...]:
        """Return what each day brings on which anything is decided."""
        return tuple(
            Day(day=day, live=_load(counts, "live"), candidate=_load(counts, "candidate"))
            for day, counts in sorted(self._days.items())
        )


def _findings(seen: Seen) -> Iterator[tuple[Name, Mapping[str, Any]]]:
    for finding in seen.decision["findings"] if seen.decision else ():
        yield (finding["rule"], False), finding
    for finding in seen.shadow["findings"] if seen.shadow else ():
        yield (finding["rule"], True), finding


def _verdict(decision: Entry | None) -> str:
    if decision is None:
        return NONE
    verdict: str = decision["verdict"]
    return verdict if "parked" not in decision else f"{verdict} ({decision['parked']} parked)"


def _asks(decision: Entry | None) -> bool:
    return decision is not None and decision["verdict"] in ASKS


def _takes_away(decision: Entry | None, *also: str) -> bool:
    """Say whether a content is taken away at once: what is held waits for a person, and counts where that is asked for."""
    if decision is None or "parked" in decision:
        return False
    return decision["verdict"] in (TAKES_AWAY - {"hold"}).union(also)


def _load(counts: Counter[str], side: str) -> Load:
    return Load(queue=counts[f"{side} queue"], removed=counts[f"{side} removed"])


def _rule(name: Name, rule: Rule, broke: set[Content]) -> RuleReport:
    return RuleReport(
        rule=name[0],
        shadow=name[1],
        live=measured(rule.live.hits, rule.live.decided, broke),
        candidate=measured(rule.candidate.hits, rule.candidate.decided, broke),
        new=rule.new,
        gone=rule.gone,
        new_samples=tuple(rule.new_samples),
        gone_samples=tuple(rule.gone_samples),
    )
