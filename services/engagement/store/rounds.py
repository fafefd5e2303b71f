"""Asking drand for the rounds that draws wait for. Its answer is believed by the signature alone, which the fold checks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import msgspec
from pymongo.read_concern import ReadConcern

from services.engagement.rules.draws.chains import QUICKNET
from services.engagement.rules.participation.commands import Order, encoded
from services.engagement.rules.participation.doings import Drawn
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.cancelling import check_cancelled
from shared.clock import Clock
from shared.errors import Retryable
from shared.fold.mongo import MAJORITY, Client, translated
from shared.topics import PARTICIPATION

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""Between two looks: nobody waits long for a draw whose time has come."""

ASK_S = 10.0
ANSWER_BYTES_MAX = 10_000

BY = "drand"


class _Round(msgspec.Struct):
    round: int
    signature: str


class Rounds:
    """Looks which draws wait for a round that is there by now, asks for it, and passes it on."""

    def __init__(self, client: Client, database: str, bus: Publisher, clock: Clock, url: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._states, self._bus, self._clock = named["participation.states"], bus, clock
        self._url = f"{url.rstrip('/')}/{QUICKNET.hash}/public"
        self._http = httpx.AsyncClient(timeout=ASK_S, follow_redirects=False)

    async def run(self) -> None:
        """Look and ask until cancelled."""
        while True:
            try:
                await self.turn()
            except Retryable as error:
                log.warning("draws wait for their rounds: %s", error)
            check_cancelled()
            await asyncio.sleep(LOOK_S)

    async def turn(self) -> int:
        """Pass on the rounds that are there, each by itself; return how many. Raises Retryable."""
        passed = 0
        for one in await self._waiting():
            try:
                drawn = await self._asked(one["round"])
            except (httpx.HTTPError, msgspec.DecodeError) as error:
                about = one["brand"], one["thing"], one["round"], type(error).__name__
                log.warning("the draw of %s/%s waits for round %s: %s", *about)
                continue
            now, thing = self._clock.now(), one["thing"]
            id_ = f"round:{drawn.round}:{drawn.signature}"
            order = Order(id=id_, brand=one["brand"], thing=thing, at=now, by=BY, does=drawn)
            await self._bus.send(PARTICIPATION.name, Outgoing(f"{one['brand']}/{thing}".encode(), encoded(order), ()))
            passed += 1
        return passed

    async def _waiting(self) -> Sequence[Mapping[str, Any]]:
        query = {"awaits": {"$lte": self._clock.now().timestamp()}}
        async with translated():
            found = self._states.find(query, {"brand": 1, "thing": 1, "round": 1})
            return await found.sort("awaits", 1).limit(100).to_list()

    async def _asked(self, round_: int) -> Drawn:
        answer = await self._http.get(f"{self._url}/{round_}")
        answer.raise_for_status()
        told = msgspec.json.decode(answer.content[:ANSWER_BYTES_MAX], type=_Round)
        return msgspec.convert({"do": "drawn", "round": told.round, "signature": told.signature}, Drawn)

    async def close(self) -> None:
        """Disconnect."""
        await self._http.aclose()
