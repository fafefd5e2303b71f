"""The circuit breaker of a connection: a platform that is away is asked seldom, one request at a time."""

from __future__ import annotations

from collections.abc import Callable

FAILURES_MAX = 5
"""So many failures in a row and it is away: one or two are the weather of any network."""

PAUSE_S_FIRST, PAUSE_S_MAX = 1.0, 60.0
"""How long it is left alone, twice as long each time."""

LOST_S = 30.0
"""A refused credential is tried again so often: somebody may have mended it meanwhile, on the platform or here."""

PROBE_S_MAX = 60.0
"""One trial that never told its end holds nobody up for longer."""


class Breaker:
    """Counts failures; times are seconds of a clock that only goes forward."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        """`jitter` returns a number from 0 to 1: processes that failed together try again apart."""
        self._jitter = jitter
        self._failures, self._pause_s, self._until, self._probing_until = 0, PAUSE_S_FIRST, 0.0, 0.0
        self.why: str | None = None
        """What is wrong, while it is open."""
        self.is_lost = False
        """Whether a person has to do something."""

    @property
    def is_open(self) -> bool:
        """Say whether the platform is left alone."""
        return self.why is not None

    def wait_s(self, now: float) -> float:
        """Return how long to wait before the next request; 0 lets it go. While it is open, that is one trial."""
        if self.why is None:
            return 0.0
        return max(0.0, self._until - now, self._probing_until - now)

    def begun(self, now: float) -> None:
        """A request goes out."""
        if self.why is not None:
            self._probing_until = now + PROBE_S_MAX

    def unused(self) -> None:
        """The request did not go out after all."""
        self._probing_until = 0.0

    def answered(self) -> bool:
        """The platform answered, whatever it said; return whether that ends a pause."""
        was_open = self.is_open
        self._failures, self._pause_s, self._until, self._probing_until = 0, PAUSE_S_FIRST, 0.0, 0.0
        self.why, self.is_lost = None, False
        return was_open

    def failed(self, now: float, why: str) -> bool:
        """The platform did not answer; return whether it is left alone from now on, and was not before.

        A pause that lasts is not made longer by requests that were on their way when it began: they tell nothing new.
        """
        self._failures, self._probing_until = self._failures + 1, 0.0
        is_known = self.why is not None and now < self._until
        if is_known or (self._failures < FAILURES_MAX and self.why is None):
            return False
        return self._open(now, why, self._longer(), lost=False)

    def lost(self, now: float, why: str) -> bool:
        """The platform refuses the credential; return whether that is news."""
        self._probing_until = 0.0
        was_lost = self.is_lost
        self._open(now, why, LOST_S, lost=True)
        return not was_lost

    def _longer(self) -> float:
        pause_s, self._pause_s = self._pause_s, min(PAUSE_S_MAX, self._pause_s * 2)
        return pause_s

    def _open(self, now: float, why: str, pause_s: float, *, lost: bool) -> bool:
        was_open = self.is_open
        self.why, self.is_lost = why, lost
        self._until = now + pause_s * (0.5 + self._jitter() / 2)
        return not was_open
