"""A case as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.moderation.pages.told import decided, rules_of
from services.moderation.rules.about import about
from shared.cli.output import printable
from shared.http.pages.told import told
from shared.times import clock

Case = Mapping[str, Any]

LATER = "asked for; look again in a moment"
"""Of what the service answered with 202: it is not known yet whether it is done."""

ANSWERS = {"upheld": "and the decision was taken back", "rejected": "and the decision stands"}
"""How an appeal ended."""


def lines_of(case: Case) -> Iterator[str]:
    """Yield what a moderator looks at, in the order in which it is asked for."""
    known = told(case)
    why = ", ".join(case.get("why") or rules_of(known)) or case["kind"]
    yield f"{case['status']}, version {case['version']}, {case['severity']}: {why}"
    if (last := decided(known)) is not None:
        yield f"decided: {last['ruling']}, by {last['by'] or 'rules'} at {clock(last['at'])}"
    by = " and ".join(known["dispute"]["members"]) if known["dispute"] else case.get("member", "nobody known")
    yield f"{case.get('content') or case['id']} by {by} in {case['community']}"
    if "remark" in case:
        yield case["remark"]
    for part in (_conversation, _findings, _complaints, _work, _dispute, _record, _history):
        yield from part(case)


def _conversation(case: Case) -> Iterator[str]:
    for line in case["conversation"]:
        mark = ">" if line["content"] == case.get("content") else " "
        yield f"{mark} {clock(line['at'])} {printable(line['name'] or line['author'] or '')}: {printable(line['text'])}"
    if not case["conversation"] and case["kind"] == "content":
        yield "  (the conversation is not kept any more)"


def _findings(case: Case) -> Iterator[str]:
    for finding in case["findings"]:
        facts = ", ".join(f"{name} {value}" for name, value in sorted((finding.get("facts") or {}).items()))
        yield f"rule {finding['rule']} (version {finding['version']}) says {finding['verdict']}; {facts}"
        if (what := about(finding)) is not None:
            yield f"  {what.en}"


def _complaints(case: Case) -> Iterator[str]:
    for one in case.get("complaints", ()):
        yield f"complaint of {one.get('reporter', 'somebody')}: {one.get('category', '')}, weighs {one['weight']}"


def _work(case: Case) -> Iterator[str]:
    if "claim" in case:
        yield f"{case['claim']['by']} works on it until {clock(case['claim']['until'])}"
    if "appeal" in case:
        text = printable(case["appeal"].get("text") or "no words")
        state = ANSWERS.get(case["appeal"].get("answer"), f"to be answered by {clock(case['appeal']['deadline'])}")
        yield f"appeal, {state}: {text}"
    for note in case.get("notes", ()):
        yield f"note of {note['by']}: {printable(note['text'])}"


def _dispute(case: Case) -> Iterator[str]:
    dispute = case.get("dispute")
    if dispute:
        yield f"between {' and '.join(dispute['members'])}: {printable(dispute['about'])}"
        for said in dispute.get("statements", ()):
            yield f"  {said['of']}: {printable(said['text'])}"


def _record(case: Case) -> Iterator[str]:
    record = case.get("record") or {}
    if record:
        decisions = ", ".join(f"{count} {verdict}" for verdict, count in record["decisions"].items()) or "nothing"
        rest = f"{record['reversed']} taken back; {len(record['open_cases'])} other cases"
        yield f"against {record['member']} here: {decisions}; {rest}"


def _history(case: Case) -> Iterator[str]:
    for one in case["history"]:
        refused = f" refused: {one['refused']}" if "refused" in one else ""
        waits = ", waits for its decision" if one.get("waits") else ""
        did = f"{one['did'].rpartition('.')[2]} {one.get('ruling', one.get('verdict', ''))}".rstrip()
        yield f"  {clock(one['at'])} {one['by']}: {did}{refused}{waits}"
