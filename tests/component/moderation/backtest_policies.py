"""The strict policy that backtests try, and a text that breaks it."""

from __future__ import annotations

from typing import Any

from tests.component.moderation.backtests import TEXTS

SPAM = TEXTS[0]

STRICT: dict[str, Any] = {
    "rules": [
        {"id": "shouting", "when": "text.capitals > 0.7 && text.length > 20", "then": "remove", "severity": "high"},
        {"id": "busy", "when": "author.last_minute > 1 && community.messages > 3", "then": "flag"},
        {"id": "marked", "when": '"seen" in author.labels', "then": "hold"},
        {"id": "marking", "when": "links.count > 1", "then": "label", "label": "seen", "for": "1h"},
        {"id": "tried", "when": "text.words == 1", "then": "hide", "status": "shadow"},
    ],
    "flood": {"messages": 3, "seconds": 60},
    "repeats": {"times": 2, "seconds": 3_600, "chars": 5},
    "strikes": {"thresholds": [{"points": 5, "then": "mute", "for": "1d"}]},
}
SHOUT = "SELL SELL SELL EVERYTHING NOW OR REGRET IT LATER"
