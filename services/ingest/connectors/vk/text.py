"""VK's markup into plain text: `[id1|Anna]`, `[club2|Shop]`, `[id1:bp-2_3|Anna]`, `[https://a.example|label]`.

Source: https://dev.vk.com/method/messages.send (mentions) and https://dev.vk.com/method/wall.post (links).
"""

from __future__ import annotations

import re

from services.ingest.connectors.found import Plain, addresses, some, tags

MARK = re.compile(r"\[([^\[\]|]{1,1000})\|([^\[\]|]{1,1000})\]")
"""A target and what is shown for it. No part can match in two ways; the limits keep an open bracket cheap."""

MEMBER = re.compile(r"(id|club|public|event)([0-9]{1,16})(?::.*)?")
"""A target that is a person or a community; after the colon, in topics, stands the comment that is answered."""


def plain(marked: str) -> Plain:
    """Return the text with every mark replaced by what is shown for it."""
    text = MARK.sub(lambda match: match[2] if is_mark(match[1]) else match[0], marked)
    targets = [match[1] for match in MARK.finditer(marked)]
    return Plain(
        text=text.strip() or None,
        links=some(addresses(marked)),
        mentions=some(f"vk:{id_}" for id_ in map(mentioned, targets) if id_ is not None),
        tags=tags(text),
    )


def is_mark(target: str) -> bool:
    """Return whether VK shows the label in its place; other brackets are the writer's own."""
    return mentioned(target) is not None or target.startswith(("http://", "https://", "vk.com/"))


def mentioned(target: str) -> int | None:
    """Return the account that a target names; communities are negative."""
    match = MEMBER.fullmatch(target)
    if match is None:
        return None
    return int(match[2]) if match[1] == "id" else -int(match[2])
