"""A seeded day of two Telegram communities, as the updates that Telegram would send, and the plan of what was planted.

The plan is known to the demo alone; the services see nothing but the webhook.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.texts import ENGLISH, RUSSIAN, Voice
from simulated.telegram import Telegram

TOKEN = "1000:harbour"  # noqa: S105 - of a bot that is played
DAY_S = 86_400
HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 9, 8, 7, 6, 7, 6, 5, 5, 6, 8, 10, 11, 10, 7, 4, 2)
"""How busy each hour of the day is."""
SPAM_SHARE = 0.04
HOMOGLYPHS = str.maketrans("aeopcxAEOPCXаеорсхАЕОРСХ", "аеорсхАЕОРСХaeopcxAEOPCX")


@dataclass(frozen=True, slots=True)
class Community:
    """A simulated chat."""

    chat: int
    title: str
    voice: Voice

    @property
    def id(self) -> str:
        """The community as Veche knows it."""
        return f"telegram:{self.chat}"


COMMUNITIES = (
    Community(-1001000000001, "Harbour Coffee Club", ENGLISH),
    Community(-1001000000002, "Кофейный клуб «Гавань»", RUSSIAN),
)


@dataclass
class Plan:
    """What was planted: content ids."""

    spam: set[str] = field(default_factory=set)
    war: set[str] = field(default_factory=set)
    campaign: set[str] = field(default_factory=set)
    messages: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a chat."""

    id: int
    name: str

    def told(self) -> dict[str, Any]:
        """Return the member as Telegram tells one."""
        return {"id": self.id, "is_bot": False, "first_name": self.name}


class Simulation:
    """Makes the updates of a day that ends at `end`, in order of time."""

    def __init__(self, seed: int, end: datetime, members: int = 120, messages: int = 1_200) -> None:
        """`members` and `messages` are those of each community."""
        self._chance = random.Random(seed)
        self._start = int(end.timestamp()) - DAY_S
        self._members, self._messages = members, messages
        self._update = self._chance.randrange(10**6, 10**8)
        self._account = self._chance.randrange(5 * 10**9, 6 * 10**9)
        self.plan = Plan()
        self.telegram = Telegram(tokens=(TOKEN,))
        """The chats, in which what is said can be seen until somebody deletes it."""

    def updates(self) -> list[bytes]:
        """Return all updates as JSON; fills the plan."""
        acts: list[tuple[int, dict[str, Any]]] = []
        for community in COMMUNITIES:
            acts += Chat(self, community, self._chance, self._start).acts(self._members, self._messages)
        acts.sort(key=lambda act: act[0])
        return [self._numbered(act) for _, act in acts]

    def _numbered(self, act: dict[str, Any]) -> bytes:
        self._update += 1
        return json.dumps({"update_id": self._update, **act}, ensure_ascii=False).encode()

    def member(self, voice: Voice) -> Member:
        """Return somebody new."""
        self._account += self._chance.randrange(1, 9_999)
        self.plan.members += 1
        first, last = self._chance.choice(voice.first_names), self._chance.choice(voice.last_names)
        return Member(self._account, f"{first} {last}")


class Chat:
    """One community's day."""

    def __init__(self, world: Simulation, community: Community, chance: random.Random, start: int) -> None:
        self._world, self._community, self._chance, self._start = world, community, chance, start
        self._message = chance.randrange(1_000, 50_000)
        self._told = {"id": community.chat, "type": "supergroup", "title": community.title}

    def acts(self, members: int, messages: int) -> list[tuple[int, dict[str, Any]]]:
        """Return what happens, with its time."""
        people = [self._world.member(self._community.voice) for _ in range(members)]
        times = sorted(self._moment() for _ in range(messages))
        found = list(self._joins(people))
        found += [act for time in times for act in self._talk(time, people)]
        found += list(self._war(people))
        return found

    def _moment(self) -> int:
        hour = self._chance.choices(range(24), HOURS)[0]
        return self._start + hour * 3600 + self._chance.randrange(3600)

    def _joins(self, people: list[Member]) -> Iterator[tuple[int, dict[str, Any]]]:
        for person in people:
            yield self._start - self._chance.randrange(60, 3_000), self._join(person, self._start - 60)

    def _join(self, person: Member, time: int) -> dict[str, Any]:
        return {
            "chat_member": {
                "chat": self._told,
                "from": person.told(),
                "date": time,
                "old_chat_member": {"user": person.told(), "status": "left"},
                "new_chat_member": {"user": person.told(), "status": "member"},
            }
        }

    def _talk(self, time: int, people: list[Member]) -> Iterator[tuple[int, dict[str, Any]]]:
        if self._chance.random() < SPAM_SHARE:
            yield from self._spam(time)
            return
        author = self._regular(people)
        kind = self._chance.choices(("chatter", "questions", "shared_links", "campaign"), (70, 12, 4, 8))[0]
        number, act = self._say(author, time, self._community.voice.say(self._chance, kind))
        if kind == "campaign":
            self._world.plan.campaign.add(self._content(number))
        yield time, act
        if kind == "questions" and self._chance.random() < 0.8:
            later = time + self._chance.randrange(30, 1_800)
            answer = self._community.voice.say(self._chance, "answers")
            yield later, self._say(self._regular(people), later, answer, reply_to=number)[1]
        yield from self._reactions(number, time, people)

    def _regular(self, people: list[Member]) -> Member:
        """Return a member; the first ones talk most (Zipf)."""
        weights = [1 / rank for rank in range(1, len(people) + 1)]
        return self._chance.choices(people, weights)[0]

    def _reactions(self, number: int, time: int, people: list[Member]) -> Iterator[tuple[int, dict[str, Any]]]:
        for person in self._chance.sample(people, min(len(people), int(self._chance.expovariate(0.8)))):
            later = time + self._chance.randrange(5, 3_600)
            yield (
                later,
                {
                    "message_reaction": {
                        "chat": self._told,
                        "message_id": number,
                        "user": person.told(),
                        "date": later,
                        "old_reaction": [],
                        "new_reaction": [{"type": "emoji", "emoji": self._chance.choice("👍❤🔥🎉")}],
                    }
                },
            )

    def _say(self, author: Member, time: int, text: str, reply_to: int | None = None) -> tuple[int, dict[str, Any]]:
        self._message += 1
        self._world.plan.messages += 1
        self._world.telegram.chat(self._community.chat).appear(self._message, text)
        message: dict[str, Any] = {
            "message_id": self._message,
            "from": author.told(),
            "chat": self._told,
            "date": time,
            "text": text,
        }
        if (entities := _entities(text)) != []:
            message["entities"] = entities
        if reply_to is not None:
            message["reply_to_message"] = {"message_id": reply_to, "chat": self._told, "date": time - 1}
        return self._message, {"message": message}

    def _content(self, number: int) -> str:
        return f"telegram:{self._community.chat}:{number}"

    def _spam(self, time: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield a fresh account that joins and advertises, sometimes several times or disguised."""
        spammer = self._world.member(self._community.voice)
        joined = time - self._chance.randrange(20, 1_200)
        yield joined, self._join(spammer, joined)
        text = self._community.voice.say(self._chance, "spam")
        for again in range(self._chance.choices((1, 2, 3), (6, 2, 1))[0]):
            at = time + again * self._chance.randrange(10, 90)
            number, act = self._say(spammer, at, self._disguised(text))
            self._world.plan.spam.add(self._content(number))
            yield at, act

    def _disguised(self, text: str) -> str:
        """Return the text, or how spammers hide it: letters that look alike, invisible ones."""
        way = self._chance.random()
        if way < 0.15:
            return "".join(c.translate(HOMOGLYPHS) if self._chance.random() < 0.5 else c for c in text)
        if way < 0.25:
            return "".join(c + "\u200b" if c.isalpha() and self._chance.random() < 0.3 else c for c in text)
        return text

    def _war(self, people: list[Member]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield a quarrel between two regulars, in the evening."""
        first, second = self._chance.sample(people[: max(4, len(people) // 3)], 2)
        time = self._start + 19 * 3600 + self._chance.randrange(1_800)
        for turn in range(self._chance.randrange(12, 20)):
            time += self._chance.randrange(15, 70)
            number, act = self._say((first, second)[turn % 2], time, self._community.voice.say(self._chance, "war"))
            self._world.plan.war.add(self._content(number))
            yield time, act


def _entities(text: str) -> list[dict[str, Any]]:
    """Return links, mentions and hashtags as Telegram marks them: offsets count UTF-16 units."""
    found: list[dict[str, Any]] = []
    position = 0
    for word in text.split(" "):
        kind = _kind(word)
        if kind is not None:
            found.append({"type": kind, "offset": _units(text[:position]), "length": _units(word)})
        position += len(word) + 1
    return found


def _kind(word: str) -> str | None:
    if word.startswith(("http://", "https://", "t.me/")):
        return "url"
    return {"@": "mention", "#": "hashtag"}.get(word[:1]) if len(word) > 1 else None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
