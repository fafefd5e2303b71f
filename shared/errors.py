"""What an error means for what happens next.

    VecheError
    ├── Retryable       it may pass: back off, bounded, and try again in place
    ├── Unprocessable   it never will: dead letter with this reason
    └── Halt            going on would do harm: stop, and tell a person what to do

Every other exception is a bug: the process stops, loudly, without committing, unless one record
alone causes it (then that record is a dead letter). HTTP codes exist at the edge only.
"""

from __future__ import annotations

from collections.abc import Sequence


class VecheError(Exception):
    """The root of our own errors; its text is a sentence for a person."""


class Retryable(VecheError):
    """A part is away or busy; the same attempt may succeed later."""


class Unprocessable(VecheError):
    """The record will never be processed; the text is the reason in its dead letter. Holds no member's text."""


class Misplaced(Unprocessable):
    """Something in a document is wrong that its shape cannot tell; `at` is its path, for example `$.spec.rules[0].when`."""

    def __init__(self, message: str, at: str, others: Sequence[Misplaced] = ()) -> None:
        """`others` are wrong, too."""
        super().__init__(message)
        self.at, self.all = at, (self, *others)


class Halt(VecheError):
    """Stored truth contradicts itself; `runbook` names the page of docs/runbooks.md that tells what to do."""

    def __init__(self, message: str, runbook: str) -> None:
        super().__init__(f"{message} (see docs/runbooks.md#{runbook})")
        self.runbook = runbook
