"""What all platforms share in asking: how a call is written, and how an answer is read that may be nonsense."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec

from services.delivery.platforms.platform import Answer, Away, Call, Impossible, Unsure
from shared.errors import Retryable

T = TypeVar("T")

SERVER_ERROR = 500
"""From here on a status says that the platform itself has failed."""

WAIT_S_MAX = 3600.0
"""A longer wait is asked for again: nobody is forgotten for a day because of one header."""

SAID_CHARS_MAX = 200
"""Of what a platform says about a refusal; it is meant for programmers, and fits."""


def path_of(route: str, parts: Mapping[str, str]) -> str:
    """Return the path with its parts filled in and quoted. Raises Impossible for a part that would lead elsewhere."""
    for value in parts.values():
        if value in {"", ".", ".."}:
            raise Impossible("refused", "an id in this act is none of the platform's: send it as it stood in the event")
    return route.format_map({name: quote(value, safe="") for name, value in parts.items()})


def read(call: Call, answer: Answer, shape: type[T], name: str) -> T:
    """Return the answer. What is not of that shape leaves a visible act Unsure, and is Away for any other."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise unclear(call, f"{name} answered with something that is no answer of its API") from None


def unclear(call: Call, text: str) -> Retryable:
    """Return what a failure of the platform means for the call: members may have seen a visible one."""
    return Unsure(text) if call.is_visible else Away(text)


def failed(call: Call, answer: Answer, name: str) -> Retryable | None:
    """Return what a platform's own failure means; None where it has not failed."""
    if answer.status < SERVER_ERROR:
        return None
    return unclear(call, f"{name} failed by itself (status {answer.status})")


def wait_of(value: float | str | None, least_s: float = 1.0) -> float:
    """Return a wait that a platform names, within reason; `least_s` where it names none that can be read."""
    try:
        wait_s = float(value) if value is not None else least_s
    except ValueError:
        return least_s
    return min(wait_s, WAIT_S_MAX) if math.isfinite(wait_s) and wait_s > 0 else least_s


def now_of(answer: Answer) -> datetime | None:
    """Return what time it is at the platform, by the header of its answer: no platform's file knows a clock."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def said(text: str) -> str:
    """Return what a platform says, in one short line."""
    return " ".join(text.split())[:SAID_CHARS_MAX]
