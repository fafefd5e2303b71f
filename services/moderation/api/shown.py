"""Cases as the API tells them, and the pages show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from services.moderation.api.hard_texts import SEVERE, appeal_text, dispute_text, own_texts
from services.moderation.api.second_looks import may_look_again
from services.moderation.cases.case import Case, moment
from services.moderation.cases.states import url_key
from services.moderation.pages.queue_words import WORDS
from services.moderation.store.conversation import Line
from shared.directory import Principal

TIMES = {"at_ms": "at", "until_ms": "until", "opened_ms": "opened", "deadline_ms": "deadline"}
"""Fields that hold milliseconds, and as what they are told."""

HISTORY = WORDS["imported"].en
"""What people decide of imported contents is noted alone, and whoever decides is told so."""

NO_SPANS: Mapping[str, Sequence[Mapping[str, int]]] = {}
HIDDEN = ("due_ms", "pending", "early", "place")
FOR_THE_BLIND = ("review", "outcome", "notes", "appeal", "gone", "unmade")
"""Fields that tell, or let guess, what the first one decided."""


def shown_case(case: Case, reader: Principal, hidden: Collection[str] | None = None) -> dict[str, Any]:
    """Return a case. Whoever may look at it a second time is not told what the first one decided.

    Of its own texts those that are `hidden` are left out: all that are hard, where nothing is said.
    """
    is_withheld = may_look_again(case, reader)
    told: dict[str, Any] = _timed(msgspec.to_builtins(case))
    for name in HIDDEN:
        told.pop(name, None)
    told |= _veiled(told, case, own_texts(case) if hidden is None else hidden)
    told |= {"key": url_key(case.brand, case.community, case.id), "status": case.status, "severity": case.severity}
    told |= {"version": case.version, "kind": case.kind, "weight": case.weight, "severe": case.severity in SEVERE}
    if case.imported:
        told["remark"] = HISTORY
    told |= {"blind": case.is_blind, "withheld": is_withheld}
    told |= {"mine": case.claim is not None and case.claim.by == reader.name}
    if is_withheld:
        for name in FOR_THE_BLIND:
            told.pop(name, None)
        told["decisions"] = [_without(held, "reversed") for held in told.get("decisions", ()) if "by" not in held]
        told["complaints"] = [_without(complaint, "settled") for complaint in told.get("complaints", ())]
    return told


def _veiled(told: Mapping[str, Any], case: Case, hidden: Collection[str]) -> Mapping[str, Any]:
    """Return the parts of a case that hold texts which are hidden, without them."""
    found: dict[str, Any] = {}
    if appeal_text(case) in hidden:
        found["appeal"] = told["appeal"] | {"text": "", "hidden": True}
    if dispute_text(case) in hidden:
        said = [one | {"text": ""} for one in told["dispute"].get("statements", ())]
        found["dispute"] = told["dispute"] | {"about": "", "statements": said, "hidden": True}
    return found


def with_excerpt(told: dict[str, Any], excerpts: Mapping[str, str]) -> dict[str, Any]:
    """Return a case as it is told with how its content begins, where that is known and may be shown."""
    return told | ({"excerpt": excerpts[told["key"]]} if told["key"] in excerpts else {})


def _without(told: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != left_out}


def _timed(value: Any) -> Any:  # noqa: ANN401 - a document
    if isinstance(value, Mapping):
        return {
            TIMES.get(name, name): moment(one).isoformat() if name in TIMES else _timed(one) for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_timed(one) for one in value]
    return value


def _named(name: str, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - a part of a document
    return (TIMES[name], moment(value).isoformat()) if name in TIMES else (name, _timed(value))


Spans = Sequence[Mapping[str, int]]


def shown_conversation(
    lines: Sequence[Line], spans: Mapping[str, Spans] = NO_SPANS, hidden: Collection[str] = ()
) -> Sequence[Mapping[str, Any]]:
    """Return messages as they were written, with names: for those who decide. `spans` are what rules matched, by event.

    Of those whose event is in `hidden` the text is left out.
    """
    return [
        {
            "content": line.content,
            "author": line.author,
            "name": line.name,
            "text": "" if line.event in hidden else line.text,
            "hidden": line.event in hidden,
            "at": moment(line.at_ms).isoformat(),
            "edited": line.is_edit,
            "media": list(line.media),
            "spans": [] if line.event in hidden else list(spans.get(line.event, ())),
        }
        for line in lines
    ]


def shown_history(entries: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return what was done, by whom, and what was refused."""
    return [{"n": one["n"], "at": moment(one["at_ms"]).isoformat(), "by": one["by"], **one["what"]} for one in entries]
