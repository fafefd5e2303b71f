"""The fold of `community.actions.v1`: what is open for each target, and what became of it.

It keeps acts until they are over; carrying them out is the carrier's part, which tells the fold by a command. So an act has
one receipt, whoever carried it out and however often that was told. States are kept by target
(`brand/community/content/telegram:-1:5`) and by connection (`brand/@connection`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from services.delivery.handlers.act_items import Asked, Told, Undone, items_of
from services.delivery.handlers.act_steps import finished, forgotten, kept, line_changed, spread, taken_back
from services.delivery.rules import works
from services.delivery.rules.commands import Finished, Forget, LineChanged
from services.delivery.rules.holds import Hold, HoldState, held
from services.delivery.rules.states import GROUP, LineState, State, decoded, encoded
from services.delivery.rules.works import WORKS_MAX, Target
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.fold.definition import Document, Item, Output, Step
from shared.topics import ACTIONS, DECISIONS, DELIVERY_COMMANDS, RECEIPTS, dead_letters, retries

INPUTS = (ACTIONS.name, DECISIONS.name, DELIVERY_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (RECEIPTS.name, ACTIONS.name, DELIVERY_COMMANDS.name, dead_letters(GROUP).name)

EVERYWHERE_MAX = 10_000
"""Communities that one act is spread over: as many as a connection may list."""


class Places(Protocol):
    """Knows the brand's own communities."""

    async def refresh(self) -> None:
        """Have them up to date. Raises Retryable where that fails."""

    def beside(self, brand: str, community: str) -> Sequence[str]:
        """Return the brand's other communities on the same platform."""


class Acts:
    """The fold of what is to be done into what was done."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, places: Places, skipped: Callable[[str], None] = lambda _: None) -> None:
        """`skipped` hears why an act is not even kept: `imported`, `elsewhere`."""
        self._places, self._skipped = places, skipped

    async def prepare(self) -> None:
        """Have the brand's communities up to date."""
        await self._places.refresh()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return what is to be done, what is taken back, or what became of an act."""
        return items_of(record, self._skipped)

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Keep what is open; tell what is over."""
        if isinstance(event, LineChanged):
            assert state is None or isinstance(state, LineState), "a connection's key is nothing else's"
            return line_changed(state, event)
        if isinstance(event, Hold):
            assert state is None or isinstance(state, HoldState), "a hold's key is nothing else's"
            return Step(held(state, event))
        assert state is None or isinstance(state, Target), "a target's key is nothing else's"
        target = state or Target(event.brand, event.community)
        match event:
            case Asked():
                return self._asked(target, event)
            case Undone():
                return taken_back(target, event)
            case Finished():
                return finished(target, event)
            case Forget():
                return forgotten(target, event)

    def _asked(self, target: Target, asked: Asked) -> Step[State]:
        if len(target.works) >= WORKS_MAX:
            raise Unprocessable(f"there are {WORKS_MAX} open acts for this target already")
        return kept(works.added(target, asked.work), self._everywhere(asked))

    def _everywhere(self, asked: Asked) -> Sequence[Output]:
        """Return the same act for the brand's other communities on the platform, where it holds in all of them."""
        if not asked.work.act.everywhere:
            return ()
        others = self._places.beside(asked.brand, asked.community)
        return [spread(asked, community) for community in others[:EVERYWHERE_MAX]]

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return encoded(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return decoded(document)
