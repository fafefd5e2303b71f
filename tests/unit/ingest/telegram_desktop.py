"""Exports of Telegram Desktop, written by hand."""

from __future__ import annotations

import json
from pathlib import Path

from services.ingest.importers.importer import Broken
from shared.events import Envelope
from tests.unit.ingest import histories
from tests.unit.ingest import telegram_updates as sent
from tests.unit.ingest.histories import Item, Json

FORMAT = "telegram-desktop"
BARE = 1_234_567_890
"""The number of the chat of telegram_updates.py as Telegram Desktop tells it."""
ANNA: Json = {"from": "Анна К.", "from_id": "user5000000001"}
CLOCK: Json = {"date": "2026-01-01T03:00:00", "date_unixtime": str(sent.DATE)}


def said(number: int = 7, **fields: object) -> Json:
    return {"id": number, "type": "message"} | CLOCK | ANNA | {"text": f"text {number}"} | fields


def noticed(action: str, number: int = 7, **fields: object) -> Json:
    who = {"actor": ANNA["from"], "actor_id": ANNA["from_id"]}
    return {"id": number, "type": "service", "action": action, "text": ""} | CLOCK | who | fields


def chat(*rows: object, **fields: object) -> Json:
    return {"name": "Мастерская", "type": "public_supergroup", "id": BARE} | fields | {"messages": list(rows)}


def export(folder: Path, whole: Json | bytes) -> Path:
    file = folder / "result.json"
    file.write_bytes(whole if isinstance(whole, bytes) else json.dumps(whole, ensure_ascii=False, indent=1).encode())
    return folder


def read(folder: Path, *rows: object, **fields: object) -> list[Item]:
    return histories.read(FORMAT, export(folder, chat(*rows, **fields)))


def one(folder: Path, row: Json, **fields: object) -> Envelope:
    (event,) = read(folder, row, **fields)
    assert not isinstance(event, Broken)
    return event


ENTITIES = [
    "😀 ",
    {"type": "text_link", "text": "tut", "href": "https://a.example"},
    " ",
    {"type": "link", "text": "https://b.example"},
    " ",
    {"type": "mention", "text": "@ivan"},
    " ",
    {"type": "hashtag", "text": "#Новость"},
    {"type": "mention_name", "text": " Иван", "user_id": 42},
]
