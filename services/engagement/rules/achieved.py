"""What a member reached or won and may lose again, with what the rewards policy gives for it. Pure."""

from __future__ import annotations

import msgspec

from services.engagement.rules.causes import Cause
from services.engagement.rules.contents import Grant, given
from services.engagement.rules.rewards import Rewards, due


class Achieved(msgspec.Struct, frozen=True, array_like=True):
    """Something that a member achieved, now or before."""

    flips: int = 0
    """How often it came and went; odd while the member has it."""
    grants: tuple[Grant, ...] = ()
    """What the rewards policy gave when it was achieved first; it comes and goes with it."""

    @property
    def is_held(self) -> bool:
        """Whether the member has it now."""
        return self.flips % 2 == 1


def flipped(before: Achieved, cause: Cause, rewards: Rewards) -> Achieved:
    """Return what came or went. What it is worth is decided once: when it comes for the first time."""
    grants = before.grants if before.flips else due(rewards, cause)
    return Achieved(before.flips + 1, tuple(given(grant) for grant in grants))
