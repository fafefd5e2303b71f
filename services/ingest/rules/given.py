"""Commands of contests, quizzes, polls, points and the shop, in words or by a press of a button; engagement answers them.

A word counts with a slash alone, also beside a mention of the bot: `я`, `help` or `events` are said in any talk. A button
of ours gives whatever its command line says. It was we who wrote it there, but a client of somebody's own can send another:
a press proves no more than a written command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.ingest.facts import Fact, Stamp
from services.ingest.facts import event as facts_event
from shared.events import Actor, Envelope
from shared.events.community import COMMAND_TEXT_CHARS_MAX, Command, CommandGiven

ENGAGEMENT: Mapping[str, str] = {
    "me": "me",
    "я": "me",
    "top": "top",
    "топ": "top",
    "tasks": "tasks",
    "задания": "tasks",
    "shop": "shop",
    "магазин": "shop",
    "buy": "buy",
    "купить": "buy",
    "orders": "orders",
    "заказы": "orders",
    "join": "join",
    "участвовать": "join",
    "leave": "leave",
    "выйти": "leave",
    "contests": "contests",
    "конкурсы": "contests",
    "quiz": "quiz",
    "викторина": "quiz",
    "poll": "poll",
    "опрос": "poll",
    "events": "events",
    "события": "events",
    "checkin": "checkin",
    "отметиться": "checkin",
    "invite": "invite",
    "пригласить": "invite",
    "help": "help",
    "помощь": "help",
    "start": "start",
}
"""Every word, in lower case, and the command's name. `start` is what Telegram sends for its deep links."""

LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,31})(?:\s+(.*))?", re.DOTALL)
"""What a button of ours gives: a name, and what goes with it."""


class Pressed(NamedTuple):
    """Who pressed which button, and where."""

    id: str
    """The platform's own of the press."""
    community: str
    actor: Actor
    press: str
    """What the platform needs to answer it."""
    channel: str | None = None
    message: str | None = None
    language: Literal["ru"] | None = None


def pressed(stamp: Stamp, line: str, place: Pressed) -> Envelope | None:
    """Return the command of a pressed button; None where the line that it carried is none."""
    found = LINE.fullmatch(line.strip())
    if found is None:
        return None
    data = Command(
        actor=place.actor,
        name=found[1].lower(),
        text=said(found[2]),
        channel=place.channel,
        message=place.message,
        press=place.press,
        language=place.language,
        time_source="receipt",
    )
    subject = place.message or place.actor.id
    fact = Fact(community=place.community, about=f"press/{place.id}", at=stamp.recordedtime, subject=subject)
    return facts_event(CommandGiven, stamp, fact, data)


def said(text: str | None) -> str | None:
    """Return what was said with a command, as long as the contract takes; None where it was nothing."""
    return (text or "").strip()[:COMMAND_TEXT_CHARS_MAX].strip() or None


def russian(code: str | None) -> Literal["ru"] | None:
    """Return the language of a member's client (`ru`, `ru-RU`), where it is one that we answer in beside English."""
    return "ru" if code is not None and code.lower().partition("-")[0] == "ru" else None
