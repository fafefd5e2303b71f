"""A decision as sentences: for staff with all that it went by, for the member with what concerns the member alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from services.moderation.rules.about import about

Lang = Literal["en", "ru"]

DONE: Mapping[str, tuple[str, str]] = {
    "flag": ("is looked at by a moderator", "рассматривает модератор"),
    "hide": ("was hidden", "скрыто"),
    "remove": ("was removed", "удалено"),
    "hold": ("is not shown before a moderator has looked at it", "не показывается, пока его не посмотрит модератор"),
    "warn": ("has brought you a warning", "стало причиной предупреждения"),
    "mute": ("was removed, and you cannot write here for a time", "удалено, и некоторое время вы не можете здесь писать"),
    "ban": ("was removed, and you were banned", "удалено, а вы заблокированы"),
    "label": ("was noted", "отмечено"),
    "allow": ("is fine", "ничего не нарушает"),
}
"""What became of a message, by verdict: English, Russian."""

UNDONE = ("The decision was taken back; your message is restored.", "Решение отменено, сообщение возвращено.")
REPLACED = ("A moderator has decided anew since then.", "С тех пор модератор принял новое решение.")
"""Of a decision in whose place another one stands: that one says what became of the content."""

UNDONE_ALONE = ("The decision was taken back.", "Решение отменено.")
NO_CONTENT = ("This decision is about no message.", "Это решение не о сообщении.")
"""Of a request to join, or a raid."""


def for_staff(decision: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a decision as the API shows it."""
    yield f"{decision['verdict']}: {_of(decision)}{', history' if decision['imported'] else ''}"
    for finding in decision["findings"]:
        yield f"  {finding['rule']} (version {finding['version']}) says {finding['verdict']}"
        if (told := about(finding)) is not None:
            yield f"    {told.en}"
        spans = ", ".join(f"{span['start']} to {span['end']}" for span in finding.get("spans") or ())
        if spans:
            yield f"    characters {spans} of the text as it was written"
        for name, value in sorted((finding.get("facts") or {}).items()):
            yield f"    {name}: {value}"
    for rule in decision.get("skipped", ()):
        yield f"  {rule} could not be evaluated and was skipped"
    if "reason" in decision:
        yield f"the author is told: {decision['reason']['en']} / {decision['reason']['ru']}"
    yield f"caused by event {decision['cause']}"
    reversal = decision.get("reversal")
    if reversal is not None:
        what = f"replaced by {reversal['replaced_by']}," if "replaced_by" in reversal else "taken back"
        yield f"{what} by {reversal['by']} at {reversal['time']}: {reversal.get('reason', 'no reason')}"
    if "remark" in decision:
        yield decision["remark"]


def _of(decision: Mapping[str, Any]) -> str:
    """Say whom and what it concerns: a request to join has no content, a raid no one member either."""
    where, member = decision["community"], decision.get("member", "nobody known")
    if "content" in decision:
        return f"{decision['content']} by {member} in {where}, written {decision['time']}"
    return f"no content, {member} in {where}, decided {decision['time']}"


def for_member(decision: Mapping[str, Any], lang: Lang) -> str:
    """Return what the author may be shown: no rule, no version, no facts, nobody's name."""
    is_russian = lang == "ru"
    has_content = "content" in decision
    if "replaced_by" in decision.get("reversal", ()):
        return REPLACED[is_russian]
    if "reversal" in decision:
        return (UNDONE if has_content else UNDONE_ALONE)[is_russian]
    reason = decision.get("reason", {}).get(lang, "")
    if not has_content:
        return f"{NO_CONTENT[is_russian]} {reason}".rstrip()
    done = DONE.get(decision["verdict"], (decision["verdict"],) * 2)[is_russian]
    begin = "Ваше сообщение" if is_russian else "Your message"
    return f"{begin} {done}. {reason}".rstrip()
