"""The fold of what was posted into what each member earned, by community and period: what leaderboards are made of."""

from __future__ import annotations

from collections.abc import Sequence

from services.engagement.rules.bookings import BARRED, is_own
from services.engagement.rules.tallies import GROUP, Earned, Tally, day_of, document_of, tally_in, with_earned
from shared.bus.record import Record
from shared.events import decode
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.fold.definition import Document, Item, Step
from shared.topics import LEDGER, dead_letters, retries

Posted = PointsGranted | PointsClawedBack | PointsRestored


class Boards:
    """The fold of `engagement.ledger.v1`: what rules gave and took back, and what days of sanctions did; no orders."""

    group = GROUP
    topics: Sequence[str] = (LEDGER.name, retries(GROUP).name)
    outputs: Sequence[str] = (dead_letters(GROUP).name,)

    async def prepare(self) -> None:
        """Need nothing."""

    def read(self, record: Record) -> Sequence[Item[Earned]]:
        """Return what a rule gave or took back; nothing of what else is posted."""
        event = decode(record.value or b"")
        if not isinstance(event, Posted) or (is_own(event) and event.data.rule != BARRED):
            return ()
        data = event.data
        points, karma = data.applied or 0, data.karma or 0
        if not points and not karma:
            return ()
        taken_in = day_of(None, event.recordedtime)
        earned = Earned(
            event.brand, data.member, event.community or "", day_of(data.day, event.time), taken_in, points, karma
        )
        return (Item(f"{event.brand}/{data.member}", earned),)

    def evolve(self, state: Tally | None, event: Earned) -> Step[Tally]:
        """Add it up."""
        return Step(with_earned(state or Tally(event.brand, event.member), event))

    def encode(self, state: Tally) -> Document:
        """Return the state as a document."""
        return document_of(state)

    def decode(self, document: Document) -> Tally:
        """Return the state of a document."""
        return tally_in(document)
