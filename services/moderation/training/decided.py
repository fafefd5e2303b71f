"""Labelled texts out of what people decided: a moderator's removal and a moderator's allowing are the labels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.moderation.cases.truth import Content, Truth
from services.moderation.training.rows import Row
from shared.events import Envelope
from shared.events.community import ContentCreated, ContentEdited

REMOVED, ALLOWED = "removed", "allowed"
"""The labels; what people keep, or never saw, has none."""


class DecidedTexts:
    """The texts that people decided of, as they stood then."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._texts: dict[Content, str] = {}

    def add(self, event: Envelope | None) -> None:
        """Take in a version of a content, in the order of its partition. What was written after the decision is left out."""
        if not isinstance(event, ContentCreated | ContentEdited) or event.data.content_id is None:
            return
        content = (event.community or "", event.data.content_id)
        decided = self._truth.at.get(content)
        if decided is not None and event.recordedtime <= decided and (event.data.text or "").strip():
            self._texts[content] = event.data.text or ""

    def rows(self) -> Iterator[Row]:
        """Yield the texts with their labels, in an order that does not depend on how they came."""
        for number, content in enumerate(sorted(self._texts), start=1):
            yield Row(number, self._texts[content], REMOVED if self._truth.broke[content] else ALLOWED)

    def source(self, brand: str, since: datetime) -> str:
        """Return where the texts are from, for the card."""
        decided, found = len(self._truth.broke), len(self._texts)
        said = f"decisions of people in {brand} from {since:%Y-%m-%d} on"
        return f"{said}: {decided:,} contents decided, texts of {found:,} still on the bus"
