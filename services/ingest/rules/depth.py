"""How deep JSON is, without reading it: what is too deep would take the stack of whoever reads it."""

from __future__ import annotations

import re

DEPTH_MAX = 64
"""An event of the contract is five deep; JSON readers differ in what they bear, and 64 all of them do."""

TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""A string, or what begins as one."""

TO_SQUARE = bytes.maketrans(b"{}", b"[]")
NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
PAIR = b"[]"


def is_deep(raw: bytes) -> bool:
    """Return whether arrays and objects stand more than DEPTH_MAX deep in one another.

    Nearly always counting says so. Else only brackets are looked at: each pass takes the innermost pairs away, and what is
    left after DEPTH_MAX passes is deeper. What does not pair is no JSON, which its reader says.
    """
    if raw.count(b"[") + raw.count(b"{") <= DEPTH_MAX:
        return False
    brackets = TEXT.sub(b"", raw).translate(TO_SQUARE, NO_BRACKETS)
    for _ in range(DEPTH_MAX):
        if PAIR not in brackets:
            break
        brackets = brackets.replace(PAIR, b"")
    return PAIR in brackets or brackets.count(b"[") > DEPTH_MAX
