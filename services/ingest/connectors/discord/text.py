"""Discord's markup into plain text: `<@1>`, `<#2>`, `<@&3>`, `<:wave:4>`, `<t:1700000000:R>`, `</rank:5>`.

Source: https://discord.com/developers/docs/reference#message-formatting. Markdown stays: it is how people write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.ingest.connectors.found import Plain, addresses, some

MARK = re.compile(r"<(@&|@!?|#|a?:|t:|/)([^<>\s]{1,100})>")
"""One mark: what kind of thing, and which. No part can match in two ways."""


def plain(marked: str, names: Mapping[str, str], mentioned: tuple[str, ...]) -> Plain:
    """Return the text with every mark replaced by what is shown for it.

    `names` are those of users by id; `mentioned` are the ids that Discord lists, for a mark in a code block is none.
    """
    return Plain(
        text=MARK.sub(lambda match: shown(match[1], match[2], names), marked).strip() or None,
        links=some(addresses(marked)),
        mentions=some(f"discord:{id_}" for id_ in mentioned),
    )


def shown(kind: str, what: str, names: Mapping[str, str]) -> str:
    """Return what people see in place of a mark, as far as it can be known without asking."""
    match kind:
        case "@" | "@!":
            return f"@{names.get(what, what)}"
        case "@&":
            return f"@{what}"
        case "#":
            return f"#{what}"
        case "/":
            return f"/{what.partition(':')[0]}"
        case "t:":
            return what.partition(":")[0]
        case _:
            return f":{what.partition(':')[0]}:"
