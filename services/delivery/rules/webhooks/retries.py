"""When what could not be sent is tried again, and when it no longer is. Pure: chance is an argument."""

from __future__ import annotations

from datetime import timedelta

PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first try, the second and so on: what the specification of Standard Webhooks suggests, 5 s to a day."""

TRIES_MAX = len(PAUSES_S) + 1
"""Then it has been tried for three days: it is put aside, and a person may have it sent again."""

JITTER = 0.2
"""Of each pause, at random: a thousand that failed together do not come back together."""

ASKED_S_MAX = 6 * 3600
"""Who asks to be left alone (`Retry-After`) is left alone for no longer."""

DEAD = timedelta(days=5)
"""An endpoint that has answered nothing with success for so long gets no more: staff are told, and enable it again."""


def pause_s(tries: int, chance: float, asked_s: float = 0.0) -> float | None:
    """Return how long to wait after so many tries; None where it was the last. `chance` is in [0, 1)."""
    if tries >= TRIES_MAX:
        return None
    pause = PAUSES_S[tries - 1] * (1 + JITTER * (2 * chance - 1))
    return max(pause, min(asked_s, ASKED_S_MAX))
