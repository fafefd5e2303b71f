"""What people decided of contents: against it rules are measured, and from it classifiers learn. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from services.moderation.rules.outcome import DECISION, REVERSAL
from shared.events.moderation import TAKES_AWAY

BROKE = TAKES_AWAY | {"warn"}
"""What a person decides of a content that breaks the rules."""

Content = tuple[str, str]
"""A community, and the id of a content in it."""


class Truth(NamedTuple):
    """What people decided last of each content."""

    broke: Mapping[Content, bool]
    """Whether it breaks the rules: a removal says so, allowing it or taking a decision back says not."""
    reversed: frozenset[str]
    """Decisions that were taken back."""
    at: Mapping[Content, datetime] = MappingProxyType({})
    """When people decided last."""


def truth(entries: Iterable[Mapping[str, Any]]) -> Truth:
    """Return what the entries of the fold of cases come to, in whichever order they are. Those of rules tell nothing.

    Who decides anew takes the decision before back in the same moment; what they decided counts then.
    """
    broke: dict[Content, bool] = {}
    reversed_: set[str] = set()
    at: dict[Content, datetime] = {}
    for entry in sorted(entries, key=lambda one: (one["at"], one["kind"] == DECISION, one["_id"])):
        if entry["kind"] == REVERSAL:
            reversed_.add(entry["decision"])
            content, verdict = (entry["community"], entry["case"]), False
        elif entry["kind"] == DECISION and (said := _verdict(entry)) is not None:
            content, verdict = (entry["community"], entry["content"]), said
        else:
            continue
        broke[content], at[content] = verdict, entry["at"]
    return Truth(broke, frozenset(reversed_), at)


def _verdict(entry: Mapping[str, Any]) -> bool | None:
    if entry.get("by") is None or entry.get("content") is None:
        return None
    if entry["verdict"] == "allow":
        return False
    return True if entry["verdict"] in BROKE else None
