"""What members mean who give the bot a command, and what they are answered that needs no thing to be asked. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from services.engagement.rules import chat_words as words
from services.engagement.rules.commands import Say
from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.participation.doings import ByMember, is_sound
from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.play import filled, lines, said
from services.engagement.rules.participation.replies import Key
from services.engagement.rules.standing.invites import code_of
from services.engagement.rules.standing.members import Member
from services.engagement.rules.standing.standings import Progress, Rules, stands
from shared.documents.standing import Need
from shared.documents.things import Thing
from shared.events.actions import BUTTONS_MAX
from shared.said import Said

Open = Mapping[str, Mapping[str, Thing]]
"""Things in force, by kind and name."""

LISTED_MAX = 10
"""Things, or tasks, that one answer names."""

CODE_CHARS = 32
"""Of the code in a link: 128 bits."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "shop": ("goods",),
    "contests": ("contest",),
    "events": ("activity",),
    "quiz": ("quiz",),
    "poll": ("poll",),
    "join": ("activity", "contest"),
    "buy": ("goods",),
}
"""By command: the kinds that are listed where nothing is named."""


class Meant(NamedTuple):
    """What a member wants to do, and with what."""

    thing: str
    does: ByMember


class Told(NamedTuple):
    """What a member is answered at once."""

    said: Said
    keys: Sequence[Key] = ()
    private: Said | None = None
    """What is for the member alone: their page's address lets whoever has it act in their name."""


class Links:
    """Addresses of members' pages: who has the code is the member."""

    def __init__(self, pages_url: str | None, secret: bytes) -> None:
        self._url, self._secret = pages_url, secret

    def code(self, brand: str, member: str) -> str:
        """Return the code of a member's page."""
        return hmac.new(self._secret, f"{brand}/{member}".encode(), hashlib.sha256).hexdigest()[:CODE_CHARS]

    def is_code(self, brand: str, member: str, told: str) -> bool:
        """Say whether that is the code of a member's page, in a time that tells nothing. Without a secret none is."""
        wanted = self.code(brand, member).encode()
        return bool(self._secret) and hmac.compare_digest(wanted, told.encode("utf-8", "surrogatepass"))

    def of(self, brand: str, member: str) -> str | None:
        """Return the address of a member's page; None where pages have none, or nothing is signed."""
        if self._url is None or not self._secret:
            return None
        return f"{self._url.rstrip('/')}/me/{brand}/{quote(member, safe='')}/{self.code(brand, member)}"


def meant(say: Say, there: Open) -> Meant | Told | None:
    """Return what a member means, or what they are told because nobody knows; None: this is answered by who they are."""
    name, text = say.name, say.text.strip()
    if name == "start" and text:
        name, _, text = text.replace("_", " ").partition(" ")
    kinds = [kind for kind, mechanism in MECHANISMS.items() if name in mechanism.verbs]
    if not kinds or not text:
        return _listed(name, there, say.at)
    thing, _, rest = text.partition(" ")
    thing = thing.lower()
    for kind in kinds:
        spec = there.get(kind, {}).get(thing)
        if spec is not None:
            does = MECHANISMS[kind].meant(spec, name, rest.strip())
            return Meant(f"{kind}/{thing}", does) if does is not None and is_sound(does) else Told(words.NOT_UNDERSTOOD)
    return Told(words.NO_THING)


def _listed(name: str, there: Open, at: datetime) -> Told | None:
    if name not in LISTS:
        return None
    found = [
        (kind, thing, spec)
        for kind in LISTS[name]
        for thing, spec in sorted(there.get(kind, {}).items())
        if MECHANISMS[kind].is_on(spec, at)
    ][:LISTED_MAX]
    if not found:
        return Told(words.NOTHING)
    verbs = {"goods": "buy", "contest": "contests", "activity": "events"}
    keys = [Key(said(spec.title), f"{verbs.get(kind, kind)} {thing}") for kind, thing, spec in found]
    return Told(lines(*(said(spec.title) for _, _, spec in found)), keys[:BUTTONS_MAX])


def answered(say: Say, member: Member, rules: Rules, link: str | None) -> Told:
    """Return what a member is told of themselves: `me`, `tasks`; for all else what they may ask."""
    now = stands(rules, member.record, say.at.astimezone(UTC).date())
    page = None if link is None else filled(words.PAGE, link=link)
    if say.name == "me":
        level, above = rules.spec.levels[now.level], rules.spec.levels[now.level + 1 : now.level + 2]
        told = [filled(words.LEVEL, level=said(level.name))]
        if above:
            missing = max(0, above[0].points - member.record.earned)
            told.append(filled(words.NEXT, level=said(above[0].name), points=missing))
        if now.streak:
            told.append(filled(words.STREAK, days=now.streak))
        told += [words.VIP] if now.is_vip else []
        return Told(lines(*told), private=page)
    if say.name == "tasks":
        there = [task for task in rules.spec.tasks if task.id not in now.completed]
        there = [task for task in there if task.until is None or say.at < task.until][:LISTED_MAX]
        told = [filled(words.TASK, task=said(task.name), steps=_steps(rules, now.tasks[task.id])) for task in there]
        return Told(lines(*(told or [words.NO_TASKS])), private=page)
    if say.name == "invite":
        if rules.spec.invites is None:
            return Told(words.NO_INVITES)
        code, link_ = code_of(say.member), rules.spec.invites.link
        passed = code if link_ is None else link_.format(code=code)
        return Told(filled(words.INVITE, code=passed, friends=len(member.friends)))
    if say.name in {"top", "orders"} and page is not None:
        return Told(words.WRITTEN, private=page)
    return Told(words.HELP if is_alone(say.reply) else lines(words.HELP, words.HELP_HERE))


def is_alone(reply: ReplyTo) -> bool:
    """Say whether a member wrote to the bot alone, or by a command of the platform's own."""
    return reply.message is None and reply.press is None


def _steps(rules: Rules, steps: Sequence[Progress]) -> Said:
    told = [filled(words.STEP, what=step_named(rules, one.need), has=min(one.has, one.of), of=one.of) for one in steps]
    return Said("; ".join(one.en for one in told), "; ".join(one.ru for one in told))


def step_named(rules: Rules, need: Need) -> Said:
    """Return what a need is, for members."""
    if need.name is not None:
        return said(need.name)
    for name, plain in _PLAIN.items():
        if getattr(need, name) is not None:
            return plain
    spec = rules.spec
    for id_, all_ in ((need.level, spec.levels), (need.task, spec.tasks), (need.badge, spec.badges)):
        if id_ is not None:
            return next(said(one.name) for one in all_ if one.id == id_)
    return Said(need.rule or "", need.rule or "")


_PLAIN = {"points": words.POINTS, "karma": words.KARMA, "streak": words.DAYS}
"""Needs whose name says all."""
