"""The bus as an AsyncAPI 3 document: `python -m shared.events.asyncapi` writes `docs/asyncapi.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from shared.events.envelope import Envelope
from shared.events.registry import HAPPENED, TYPES
from shared.topics import ACTIONS, ALERTS, DECISIONS, EVENTS, GRANTS, LEDGER, PARTITIONS, PUBLIC, RECEIPTS, SANCTIONS, Topic

DOCUMENT = Path("docs/asyncapi.yaml")
"""Where the committed document lies, from the root of the project."""

BUNDLE = "./contract/v1.json"
"""The bundle of schemas, seen from the document."""

RECEIPT_TYPES = ("community.action.done", "community.action.failed")
ACTION_TYPES = tuple(name for name in TYPES if name.startswith("community.action.") and name not in RECEIPT_TYPES)

CARRIES: dict[Topic, tuple[str, ...]] = {
    EVENTS: tuple(HAPPENED),
    DECISIONS: tuple(name for name in TYPES if name.startswith("moderation.") and ".sanction." not in name),
    SANCTIONS: tuple(name for name in TYPES if name.startswith("moderation.sanction.")),
    GRANTS: ("engagement.points.granted", "engagement.points.clawed_back", "engagement.points.restored"),
    LEDGER: tuple(name for name in TYPES if name.startswith("engagement.")),
    ALERTS: tuple(name for name in TYPES if name.startswith("reporting.")),
    ACTIONS: ACTION_TYPES,
    RECEIPTS: (*RECEIPT_TYPES, *(name for name in TYPES if name.startswith("delivery."))),
}
"""Which types a topic carries. A reader counts and skips those that it does not know."""

Json = dict[str, Any]


def document() -> Json:
    """Return the document: a channel for each public topic, a message for each type."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Veche's bus",
            "version": "1",
            "description": "CloudEvents 1.0 in structured JSON over Kafka. Within version 1 it only grows: "
            "optional fields and new types; skip types that you do not know.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic.name: channel(topic) for topic in PUBLIC},
        "operations": {f"read {topic.name}": operation(topic) for topic in PUBLIC},
        "components": {"messages": {name: message(name, struct) for name, struct in TYPES.items()}},
    }


def channel(topic: Topic) -> Json:
    """Return the topic with its key and what it carries."""
    return {
        "address": topic.name,
        "summary": topic.holds,
        "description": f"Key: {topic.key}. What has the same key is in order.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in CARRIES[topic]},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": PARTITIONS,
                "topicConfiguration": {"retention.ms": int(topic.retention.total_seconds()) * 1000},
                "bindingVersion": "0.5.0",
            }
        },
    }


def operation(topic: Topic) -> Json:
    """Return that we send to the topic; who reads the document receives."""
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic.name}"}, "summary": f"Tells {topic.holds}."}


def message(name: str, struct: type[Envelope]) -> Json:
    """Return one type; its payload is in the bundle."""
    key = next(topic.key for topic, names in CARRIES.items() if name in names)
    return {
        "name": name,
        "title": struct.__name__,
        "summary": (struct.__doc__ or "").strip(),
        "payload": {"$ref": f"{BUNDLE}#/$defs/{struct.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": str(key)}, "bindingVersion": "0.5.0"}},
    }


def written() -> str:
    """Return the document as it stands in its file."""
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(written(), encoding="utf-8")
