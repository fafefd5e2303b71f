"""Which member a request is about."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from shared.events.envelope import NAME_CHARS_MAX

MEMBER = re.compile(r"[a-z0-9_-]+:[^\x00-\x1f\x7f]+")


def named(member: str) -> str:
    """Return a member's id. Raises ValueError where it is none."""
    if not MEMBER.fullmatch(member):
        raise ValueError("a member is platform:account, for example telegram:12345")
    return member


Member = Annotated[str, Path(max_length=NAME_CHARS_MAX), AfterValidator(named)]
"""`platform:account`."""
