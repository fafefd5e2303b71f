"""The population of the benchmarks: 100,000 members by Zipf (s = 1), in one community, and a mix of what they do."""

from __future__ import annotations

import itertools
import json
import random
from bisect import bisect
from datetime import UTC, datetime
from typing import Any

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from shared.events import Envelope

MEMBERS = 100_000
MIX = {"message": 70, "reaction": 22, "edit": 4, "join": 4}
"""Of 100 updates; a reaction goes to one of the last 500 messages."""
START = int(datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp())
CHAT = {"id": -1001234567890, "type": "supergroup", "title": "Bench"}
WORDS = [
    "coffee",
    "morning",
    "grinder",
    "water",
    "fresh",
    "roast",
    "recipe",
    "order",
    "shop",
    "great",
    "slow",
    "bag",
    "filter",
    "thanks",
    "question",
    "maybe",
    "today",
    "never",
    "кофе",
    "утро",
    "помол",
    "вода",
    "зерно",
    "рецепт",
    "заказ",
    "магазин",
    "вкусно",
    "медленно",
    "пачка",
    "спасибо",
    "вопрос",
    "сегодня",
    "никогда",
    "хорошо",
]


class Members:
    """Draws members by Zipf."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._sums = list(itertools.accumulate(1 / rank for rank in range(1, MEMBERS + 1)))

    def draw(self) -> dict[str, Any]:
        """Return a member as Telegram tells one."""
        rank = bisect(self._sums, self._chance.random() * self._sums[-1])
        return {"id": 7_000_000_000 + rank, "is_bot": False, "first_name": f"Member {rank}", "language_code": "en"}


def updates(count: int, seed: int = 1) -> list[bytes]:
    """Return that many Telegram updates, one a second or so of a long day, about 350 bytes each."""
    chance = random.Random(seed)
    members, kinds, weights = Members(chance), list(MIX), list(MIX.values())
    made: list[bytes] = []
    message, authors = 1_000, [members.draw()]
    for number in range(count):
        at = START + number // 12
        kind = chance.choices(kinds, weights)[0]
        if kind == "message":
            message += 1
            authors.append(members.draw())
        told = _told(kind, chance, members.draw(), at, message, authors)
        made.append(json.dumps({"update_id": number + 1, **told}, ensure_ascii=False).encode())
    return made


def _told(
    kind: str, chance: random.Random, somebody: dict[str, Any], at: int, message: int, authors: list[dict[str, Any]]
) -> dict[str, Any]:
    back = chance.randrange(min(500, len(authors)))
    text = " ".join(chance.choices(WORDS, k=chance.randrange(3, 16)))
    said = {"message_id": message, "from": authors[-1], "chat": CHAT, "date": at, "text": text}
    match kind:
        case "message":
            return {"message": said}
        case "edit":
            return {"edited_message": said | {"edit_date": at + 1}}
        case "reaction":
            emoji = [{"type": "emoji", "emoji": chance.choice("👍❤🔥")}]
            told = {"chat": CHAT, "message_id": message - back, "user": somebody, "date": at}
            return {"message_reaction": told | {"old_reaction": [], "new_reaction": emoji}}
        case _:
            new, old = {"user": somebody, "status": "member"}, {"user": somebody, "status": "left"}
            return {
                "chat_member": {"chat": CHAT, "from": somebody, "date": at, "old_chat_member": old, "new_chat_member": new}
            }


def events(made: list[bytes]) -> list[Envelope]:
    """Return the events of the updates, as the connector decodes them."""
    decode, now = CONNECTORS["telegram"].decode, datetime.fromtimestamp(START, UTC)
    payload = [Payload(body=body, brand="bench", connection="bench", recordedtime=now) for body in made]
    return [event for one in payload for event in decode(one).events]
