"""What members ask the community's bot for: `/report`, `/appeal`, `/rank`, `/rules`, and for all of given.py.

Most platforms tell a bot nothing of complaints, so a member says it in the community: with a slash, or by a mention of the
bot and the word. A report or an appeal that answers a content is about that content. What was asked in the past was answered
then, or never: history asks nothing. What a bot says is no command, and an edit makes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from services.ingest.facts import Fact, Stamp
from services.ingest.facts import event as facts_event
from services.ingest.rules.given import ENGAGEMENT, said
from shared.events import Actor, Envelope, event_id
from shared.events.community import (
    Appeal,
    AppealMade,
    Command,
    CommandGiven,
    Complaint,
    ContentCreated,
    ContentFlagged,
    Question,
    QuestionAsked,
)

Old = Literal["report", "appeal", "rank", "rules"]
"""Commands that the contract has a word for, see `Content.command`."""

WORDS: Mapping[str, Old] = {
    "report": "report",
    "жалоба": "report",
    "пожаловаться": "report",
    "appeal": "appeal",
    "апелляция": "appeal",
    "обжаловать": "appeal",
    "rank": "rank",
    "ранг": "rank",
    "рейтинг": "rank",
    "баллы": "rank",
    "rules": "rules",
    "правила": "rules",
}
"""Every word of these, in lower case, and what is asked for by it."""

SLASHED = re.compile(r"/(\w{1,32})(?:@(\w{1,64}))?(?:\s+(.*))?", re.DOTALL)
"""A command as Telegram has them: `/word@bot and what is said with it`."""


OLD: Mapping[str, Old] = {command: command for command in WORDS.values()}


class Asked(NamedTuple):
    """What somebody asks for, and what they say with it."""

    command: str
    """One of `Old`, or a name of a command of engagement."""
    text: str | None
    language: Literal["ru"] | None = None
    """Of the word; Latin ones tell none, for platforms take no others."""


def asked(event: Envelope, bot: str | None) -> Asked | None:
    """Return what a content asks for; `bot` is how members mention the bot: `@acme_bot`, or its account."""
    if not isinstance(event, ContentCreated) or event.imported or event.purpose is not None:
        return None
    data = event.data
    if data.text is None or data.actor is None or data.actor.bot or data.actor.role == "community":
        return None
    return slashed(data.text, bot) or (spoken(data.text) if bot is not None and bot in (data.mentions or ()) else None)


def slashed(text: str, bot: str | None) -> Asked | None:
    """Return the command that a text begins with, unless it names another bot."""
    found = SLASHED.fullmatch(text.strip()) if text.lstrip()[:1] == "/" else None
    if found is None or (found[2] and bot is not None and bot.startswith("@") and found[2].casefold() != bot[1:].casefold()):
        return None
    return named(found[1], found[3])


def spoken(text: str) -> Asked | None:
    """Return the command of a text that mentions the bot: its first word that is one, with all that follows."""
    words = list(re.finditer(r"/?(\w{1,32})", text))[:WORDS_LOOKED_AT]
    for word in words:
        is_meant = word[0].startswith("/") or word[1].casefold() in WORDS
        found = named(word[1], text[word.end() :]) if is_meant else None
        if found is not None:
            return found
    return None


WORDS_LOOKED_AT = 6
"""The bot's name may be three words; whoever talks about the rules at length does not ask for them."""


def named(word: str, rest: str | None) -> Asked | None:
    """Return what the word asks for."""
    command = WORDS.get(word.casefold()) or ENGAGEMENT.get(word.casefold())
    if command is None:
        return None
    return Asked(command, (rest or "").lstrip(" \n\t.,!?:").rstrip() or None, None if word.isascii() else "ru")


def marked(event: ContentCreated, found: Asked) -> ContentCreated:
    """Return the content, marked as a command: it is no talk."""
    old = OLD.get(found.command)
    return replace(event, data=replace(event.data, command=old, asks=old is None))


def following(event: ContentCreated, found: Asked) -> Envelope:
    """Return what the content asks for, as an event of its own."""
    data = event.data
    about = data.parent if found.command in {"report", "appeal"} else None
    make, told = asking(
        found, about, actor=data.actor, channel=data.channel, message=data.content_id, source=data.time_source
    )
    common = {field: getattr(event, field) for field in ("source", "time", "brand", "recordedtime", "community")}
    id_ = event_id("ingest.command", event.id)
    return make(id=id_, subject=about or data.content_id, data=told, **common)


class Called(NamedTuple):
    """Who called a command of the platform, and where; `id` is the platform's own of the call."""

    id: str
    community: str
    actor: Actor
    channel: str | None = None
    about: str | None = None


def called(stamp: Stamp, found: Asked, place: Called) -> Envelope:
    """Return what was asked for by a command that is no content: the platform itself has commands."""
    make, told = asking(found, place.about, actor=place.actor, channel=place.channel, message=None, source="receipt")
    fact = Fact(
        community=place.community, about=f"command/{place.id}", at=stamp.recordedtime, subject=place.about or place.actor.id
    )
    return facts_event(make, stamp, fact, told)


def privately(stamp: Stamp, text: str | None, place: Called) -> Envelope | None:
    """Return the command that a member gave the bot between the two of them; nothing else that is said there is heard.

    It names no message: an answer goes to the member, for in the community nobody has seen it.
    """
    found = slashed(text or "", None)
    if found is None or found.command in OLD or stamp.imported or place.actor.bot:
        return None
    return called(stamp, found, place)


def asking(
    found: Asked,
    about: str | None,
    *,
    actor: Actor | None,
    channel: str | None,
    message: str | None,
    source: Literal["platform", "receipt"] | None,
) -> tuple[Callable[..., Envelope], Complaint | Appeal | Question | Command]:
    """Return the type and data of what is asked for."""
    common: dict[str, Any] = {"actor": actor, "text": found.text, "message": message, "time_source": source}
    match found.command:
        case "report":
            return ContentFlagged, Complaint(content_id=about, **common)
        case "appeal":
            return AppealMade, Appeal(content_id=about, channel=channel, **common)
        case "rank" | "rules" as kind:
            return QuestionAsked, Question(kind=kind, channel=channel, language=found.language, **common)
        case name:
            given = common | {"text": said(found.text)}
            return CommandGiven, Command(name=name, channel=channel, language=found.language, **given)


HEARD = {"en": "Thank you, it was passed on.", "ru": "Спасибо, передано."}
UNHEARD = {"en": "This command is not known here.", "ru": "Такой команды здесь нет."}
"""What a member hears from a platform that shows them the answer to their command."""
