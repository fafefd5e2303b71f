"""Which topic of a forum a message stands in: the export tells what each answers, and where topics began."""

from __future__ import annotations

KEPT = 200_000
"""Messages whose topic is remembered, so that answers to them have it too; 100 bytes each."""


class Topics:
    """The topics of one chat. A message that answers none, directly or by way of others, stands in the general one."""

    def __init__(self) -> None:
        self._topics: set[int] = set()
        self._of: dict[int, int] = {}

    def open(self, number: int) -> None:
        """A topic begins with the notice of that number."""
        self._topics.add(number)

    def of(self, number: int, answered: int | None) -> int | None:
        """Return the topic of a message that answers that one."""
        if answered is None or not self._topics:
            return None
        topic = answered if answered in self._topics else self._of.get(answered)
        if topic is not None:
            self._of[number] = topic
            if len(self._of) > KEPT:
                del self._of[next(iter(self._of))]
        return topic
