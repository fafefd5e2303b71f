"""Going round what a connection follows, one after the other, then a pause: what is wrong with one stops no other.

A round that was broken off is not begun again where it began: the one that was looked at longest ago comes first. Else those
at the end would never be looked at where the platform's limit of requests allows fewer looks than there are communities.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import NamedTuple

from services.ingest.sources.source import Busy, Page, Refused, packed, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

log = logging.getLogger(__name__)


class Found(NamedTuple):
    """What one look at one community gave, and where to go on there."""

    pieces: Sequence[Piece]
    place: str
    pause_s: float = 0.0


AGAIN_S = 300.0
"""Where something was missing, it is looked for again so soon, though a round may be a day."""

LOOK_S = 120.0
"""How long one look at one community may take: forty questions to a platform that answers in seconds, as YouTube's replies
may need. Whoever is slower holds up no other, and is looked at again in the next round."""

Look = Callable[[str, str], Awaitable[Found]]
"""Looks at a community from its place on. Raises Retryable and Refused for this community alone; Busy is for all."""


async def rounds(connection: Connected, place: str, look: Look, every_s: float) -> AsyncGenerator[Page]:
    """Yield what each of the connection's communities has that is new, for ever, every so many seconds.

    Raises Refused where the connection lists no community: there is nothing to ask for.
    """
    listed = [community.id for community in connection.spec.communities]
    if not listed:
        raise Refused("it lists no communities: what is polled must be named, see docs/samples/connection.yaml")
    places = _places(place, listed)
    order = [*(id_ for id_ in listed if id_ not in places), *places]
    while True:
        missing: list[str] = []
        for number, id_ in enumerate(order):
            found = Found((), places.pop(id_, ""))
            try:
                found = await _looked(look, id_, found.place)
            except Busy:
                raise
            except (Retryable, Refused) as error:
                missing.append(f"{id_}: {error}")
            except Exception as error:  # noqa: BLE001 - a bug that one community brings to light stops no other
                # The text of an error that is not ours may hold the token.
                missing.append(f"{id_}: a bug: {type(error).__name__}")
                log.error("%s: %s", connection.name, missing[-1])  # noqa: TRY400 - for the same reason
            places[id_] = found.place
            last = number == len(order) - 1
            whole_s = min(every_s, AGAIN_S) if missing else every_s
            pause_s = max(found.pause_s, whole_s) if last else found.pause_s
            yield Page(found.pieces, packed(places), pause_s, missing if last else None)


def _places(place: str, listed: Sequence[str]) -> dict[str, str]:
    """Return the places of communities that are still listed, in the order in which they were looked at."""
    places = unpacked(place, dict[str, str]) or {}
    return {id_: told for id_, told in places.items() if id_ in listed}


async def _looked(look: Look, id_: str, place: str) -> Found:
    try:
        async with asyncio.timeout(LOOK_S):
            return await look(id_, place)
    except TimeoutError:
        raise Retryable(f"a look at it took longer than {LOOK_S:.0f} s") from None
