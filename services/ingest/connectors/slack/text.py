"""Slack's markup into plain text: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://a.example|label>`, `&amp;`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from services.ingest.connectors.found import Plain, some
from services.ingest.connectors.slack.wire import NAME_CHARS_MAX
from shared.events.envelope import TEXT_CHARS_MAX

MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
"""One mark: a target and perhaps a label. No part can match in two ways, so it takes linear time."""


def plain(marked: str, names: Mapping[str, str]) -> Plain:
    """Return the text with every mark replaced by what is shown for it."""
    targets = [match[1] for match in MARK.finditer(marked)]
    text = html.unescape(MARK.sub(lambda match: shown(match[1], match[2], names), marked))
    return Plain(
        text=text.strip()[:TEXT_CHARS_MAX] or None,
        links=some(html.unescape(target) for target in targets if is_link(target)),
        mentions=some(f"slack:{target[1:]}" for target in targets if is_member(target)),
    )


def is_member(target: str) -> bool:
    """Return whether the target of a mark is a user, with an id that may be one."""
    return target.startswith("@") and 1 < len(target) <= NAME_CHARS_MAX


def is_link(target: str) -> bool:
    """Return whether the target of a mark is an address."""
    return "://" in target or target.startswith("mailto:")


def shown(target: str, label: str | None, names: Mapping[str, str]) -> str:
    """Return what people see in place of a mark."""
    match target[:1]:
        case "@":
            return f"@{label or names.get(target[1:], target[1:])}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return f"@{label or target[1:].partition('^')[0]}"
        case _:
            return label or target
