"""What a member's page shows, in their language. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.engagement.rules.chat import step_named
from services.engagement.rules.histories import in_short, thing_of
from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.play import filled, said
from services.engagement.rules.standing.members import Member
from services.engagement.rules.standing.standings import Rules, Stands, stands
from shared.documents.standing import Level
from shared.said import Language, Said


class Purse(NamedTuple):
    """Points of a member."""

    balance: int
    available: int
    """What can be spent now."""


def standing(rules: Rules, member: Member, purse: Purse, now: datetime, language: Language) -> dict[str, Any]:
    """Return where a member stands: level and what is missing, badges, tasks, streak, status."""
    record, spec = member.record, rules.spec
    found = stands(rules, record, now.astimezone(UTC).date())
    above = spec.levels[found.level + 1 : found.level + 2]
    is_vip = found.is_vip and spec.vip is not None
    return {
        "balance": purse.balance,
        "available": max(0, purse.available),
        "karma": record.karma,
        "level": said(spec.levels[found.level].name).by(language),
        "next": _next(above[0], record.earned, language) if above else None,
        "streak": found.streak,
        "longest": found.longest,
        "vip": is_vip,
        "privileges": [said(one).by(language) for one in spec.vip.privileges] if is_vip and spec.vip is not None else [],
        "badges": [said(badge.name).by(language) for badge in spec.badges if badge.id in found.earned],
        "tasks": list(_tasks(rules, found, now, language)),
        "completed": [said(task.name).by(language) for task in spec.tasks if task.id in found.completed],
    }


def _next(level: Level, earned: int, language: Language) -> dict[str, Any]:
    of = max(1, level.points)
    missing = max(0, level.points - earned)
    return {"name": said(level.name).by(language), "missing": missing, "has": max(0, min(earned, of)), "of": of}


def _tasks(rules: Rules, found: Stands, now: datetime, language: Language) -> Iterator[dict[str, Any]]:
    names = {task.id: said(task.name).by(language) for task in rules.spec.tasks}
    for task in rules.spec.tasks:
        if task.id in found.completed or (task.until is not None and task.until <= now):
            continue
        yield {
            "name": names[task.id],
            "about": None if task.about is None else said(task.about).by(language),
            "until": None if task.until is None else task.until.isoformat(),
            "after": [names[one] for one in task.after if one not in found.completed],
            "steps": [
                {"name": step_named(rules, one.need).by(language), "has": min(one.has, one.of), "of": one.of}
                for one in found.tasks[task.id]
            ],
        }


def sanctions(member: Member, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield what is in force of sanctions: the kind, where, and until when."""
    for name, end in sorted(member.sanctions.items()):
        kind, _, place = name.partition("/")
        if end == 0 or end > now.timestamp():
            yield {"kind": kind, "place": place, "until": datetime.fromtimestamp(end, UTC).isoformat() if end else None}


def history(
    entries: Sequence[Mapping[str, Any]], titles: Mapping[str, Said], language: Language
) -> Iterator[dict[str, Any]]:
    """Yield entries of the ledger that moved points, each with its reason and what it was for."""
    for entry in entries:
        if entry["applied"]:
            yield {
                "at": entry["at"].isoformat(),
                "points": f"{entry['applied']:+d}",
                "reason": in_short(entry, titles.get(thing_of(entry) or ""), language),
                "balance": entry["balance"],
            }


def orders(placed: Sequence[Mapping[str, Any]], titles: Mapping[str, Said], language: Language) -> Iterator[dict[str, Any]]:
    """Yield orders that are done with, each with what staff noted; open ones stand at their goods."""
    for order in placed:
        if order["state"] in words.DONE:
            title = titles.get(order["thing"], Said(order["thing"], order["thing"]))
            what = filled(words.DONE_ORDER, title=title, order=order["_id"], state=words.DONE[order["state"]])
            note = order.get("note")
            yield {
                "at": order["changed"].isoformat(),
                "what": what.by(language),
                "n": order["quantity"],
                "amount": order["amount"],
                "note": note,
            }
