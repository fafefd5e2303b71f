"""Why something could not be sent; and how often that is so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from shared.errors import VecheError


class Unsent(VecheError):
    """It was not taken at the other end, as far as is known; the text never holds an address, a secret or an answer."""

    def __init__(self, text: str, *, wait_s: float = 0.0, is_gone: bool = False, is_refused: bool = False) -> None:
        """`wait_s`: how long the other end wants to be left alone; `is_gone`: it wants nothing any more.

        `is_refused`: it was reached, and says that this very thing is wrong.
        """
        super().__init__(text)
        self.wait_s, self.is_gone, self.is_refused = wait_s, is_gone, is_refused


Count = Callable[[Literal["notice", "event"], Literal["taken", "failed"]], None]
"""Counts a try: of what, and what came of it."""
