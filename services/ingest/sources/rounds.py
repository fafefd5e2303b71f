"""Going round what a connection follows, one after the other, then a pause: what is wrong with one stops no other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from services.ingest.sources.source import Busy, Page, Refused, packed, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable


class Found(NamedTuple):
    """What one look at one community gave, and where to go on there."""

    pieces: Sequence[Piece]
    place: str
    pause_s: float = 0.0


AGAIN_S = 300.0
"""Where something was missing, it is looked for again so soon, though a round may be a day."""

Look = Callable[[str, str], Awaitable[Found]]
"""Looks at a community from its place on. Raises Retryable and Refused for this community alone; Busy is for all."""


async def rounds(connection: Connected, place: str, look: Look, every_s: float) -> AsyncGenerator[Page]:
    """Yield what each of the connection's communities has that is new, for ever, every so many seconds.

    Raises Refused where the connection lists no community: there is nothing to ask for.
    """
    listed = [community.id for community in connection.spec.communities]
    if not listed:
        raise Refused("it lists no communities: what is polled must be named, see docs/samples/connection.yaml")
    places: Mapping[str, str] = unpacked(place, dict[str, str]) or {}
    places = {id_: told for id_, told in places.items() if id_ in listed}
    while True:
        missing: list[str] = []
        for number, id_ in enumerate(listed):
            found = Found((), places.get(id_, ""))
            try:
                found = await look(id_, found.place)
            except Busy:
                raise
            except (Retryable, Refused) as error:
                missing.append(f"{id_}: {error}")
            places = {**places, id_: found.place}
            last = number == len(listed) - 1
            whole_s = min(every_s, AGAIN_S) if missing else every_s
            pause_s = max(found.pause_s, whole_s) if last else found.pause_s
            yield Page(found.pieces, packed(places), pause_s, missing if last else None)
