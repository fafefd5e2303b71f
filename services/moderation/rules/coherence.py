"""What the shape of a policy cannot say: a mute needs an end, a label a name."""

from __future__ import annotations

from collections.abc import Iterator

from shared.documents.discipline import check_sanction
from shared.documents.moderation import SECTIONS, ModerationPolicy
from shared.documents.rule import Rule
from shared.errors import Misplaced


def wrong_consequences(spec: ModerationPolicy) -> Iterator[Misplaced]:
    """Yield where a verdict lacks what it needs, or has what it cannot use."""
    for place, wrong in _wrong(spec):
        yield Misplaced(wrong, f"$.spec.{place}.then")


def _wrong(spec: ModerationPolicy) -> Iterator[tuple[str, str]]:
    for place, told in enumerate(spec.rules):
        if wrong := check_sanction(told.then, told.lasts, told.label):
            yield f"rules[{place}]", wrong
    for section in SECTIONS:
        found: Rule = getattr(spec, section)
        if wrong := check_sanction(found.then, found.lasts, found.label):
            yield section, wrong
    for place, threshold in enumerate(spec.strikes.thresholds):
        if wrong := check_sanction(threshold.then, threshold.lasts, None):
            yield f"strikes.thresholds[{place}]", wrong
