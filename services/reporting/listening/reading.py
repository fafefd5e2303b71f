"""Texts as listening reads them: words in lower case, ends of sentences, smiles and emoji; no links, names or code. Pure."""

from __future__ import annotations

import re

READ_CHARS_MAX = 4_000
"""Characters that are looked at: what more of them say is what their beginning says."""

WORD = "word"

Token = tuple[str, str]
"""What it is (`word`, `end`, `smile`, `sign`), and the characters."""

_SKIPPED = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)\s]*\)|(?:https?://|www\.)\S*|[@#]\w+", re.DOTALL)
_TOKEN = re.compile(
    r"(?P<word>[a-zа-я]+(?:['-][a-zа-я]+)*)|(?P<end>[.!?\n]+)|(?P<smile>\){2,}|\({2,})"
    r"|(?P<sign>[:;=]['-]?[()d/]|<3|\^\^|[\u2600-\u27bf\U0001f300-\U0001faff])"
)
_PLAIN = str.maketrans({"ё": "е", "’": "'", "*": None, "_": " ", "\ufe0f": None})


def tokens_of(text: str) -> list[Token]:
    """Return what a text is made of, in order."""
    plain = _SKIPPED.sub(" ", text[:READ_CHARS_MAX].lower()).translate(_PLAIN)
    return [(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(plain)]
