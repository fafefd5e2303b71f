"""The payloads of ../shared/data as deliveries: what each platform would have sent, file by file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from services.ingest.connectors.discourse import EVENT, INSTANCE
from tests.unit.ingest.way import Delivery

Deliveries = Iterator[Delivery]

DISCOURSE_EVENTS = {
    "wpdc_webhook_post": ("post_created", "post_edited", "post_destroyed", "post_recovered"),
    "wpdc_webhook_user": ("user_created", "user_destroyed", "user_updated"),
}
"""What a header may say of each file: it tells what happened, the body to what."""

INNER = "idreamzzer_post"
"""Of VK: a post without the callback around it."""


def _as_sent(file: Path) -> Deliveries:
    yield Delivery(file.read_bytes(), {})


def _of_vk(file: Path) -> Deliveries:
    body = file.read_bytes()
    yield Delivery(b'{"type":"wall_post_new","group_id":22222,"object":' + body + b"}" if file.stem == INNER else body, {})


def _of_discourse(file: Path) -> Deliveries:
    for event in DISCOURSE_EVENTS[file.stem]:
        yield Delivery(file.read_bytes(), {INSTANCE: "https://forum.example", EVENT: event})


def _of_reddit(file: Path) -> Deliveries:
    for child in json.loads(file.read_bytes())["data"]["children"]:
        yield Delivery(json.dumps(child).encode(), {}, is_pulled=True)


READERS: Mapping[str, Callable[[Path], Deliveries]] = {
    "telegram": _as_sent,
    "discord": _as_sent,
    "slack": _as_sent,
    "vk": _of_vk,
    "facebook": _as_sent,
    "instagram": _as_sent,
    "discourse": _of_discourse,
    "youtube": _as_sent,
    "reddit": _of_reddit,
}
"""What makes deliveries of a file, by platform: those of which somebody collected payloads."""


def files(data: Path, platform: str) -> list[Path]:
    """Return the files of a platform; schemas are none of its payloads."""
    found = sorted((data / "payloads" / platform).rglob("*.*"))
    return [file for file in found if file.suffix in {".json", ".xml"} and "schema" not in file.parts]


def deliveries(data: Path, platform: str) -> list[Delivery]:
    """Return all deliveries of a platform."""
    return [delivery for file in files(data, platform) for delivery in READERS[platform](file)]
