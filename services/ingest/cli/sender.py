"""Batches of events to the edge: patient with one that is busy or restarts, and counting what it says of them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import httpx

from services.ingest.cli.aside import Sound
from shared.cli.client import Api, fail, pause_s, problem_of

BATCH_EVENTS = 1_000
"""What the edge takes at once: its two questions to the stores cost as much for few events as for many."""
BATCH_BYTES_MAX = 5_000_000
YIELD = 429
"""The edge has taken nothing, because live events come first."""
BUSY = frozenset({YIELD, 503})
PATIENCE_S = 600.0
"""How long an import waits for live events to be caught up before it gives up; it can be run again."""
PATIENCE_AWAY_S = 120.0
"""How long an import waits for an edge that does not answer at all: more than a restart takes."""
AWAY_PAUSE_S = 2.0


class Batch(NamedTuple):
    """Events that are sent at once, as bytes, and the id of the last."""

    events: list[bytes]
    last: str


def batches(events: Iterable[Sound]) -> Iterator[Batch]:
    """Cut events into batches by number and bytes."""
    batch: list[bytes] = []
    size, last = 0, ""
    for event, raw in events:
        if batch and (len(batch) >= BATCH_EVENTS or size + len(raw) > BATCH_BYTES_MAX):
            yield Batch(batch, last)
            batch, size = [], 0
        batch.append(raw)
        size += len(raw)
        last = event.id
    if batch:
        yield Batch(batch, last)


class Sender:
    """Sends batches to the edge and waits where it is told to."""

    def __init__(
        self,
        api: Api,
        brand: str,
        *,
        backfill_points: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._api, self._clock = api, clock
        self._given_up = threading.Event()
        self._sleep = sleep or self._given_up.wait
        self._query = {"brand": brand, "imported": "true"} | ({"backfill_points": "true"} if backfill_points else {})
        self.sent = self.known = self.repeated = self.unsure = 0
        """Events sent; of them those that were there already, those that a batch told before, and those of which nobody
        knows: see `send`. All others are new.
        """
        self.waiting: int | None = None
        """Records that waited to be taken in when the first batch came: they may hold events that count as new here."""

    @property
    def new(self) -> int:
        """How many events were not there when they were sent."""
        return self.sent - self.known - self.repeated - self.unsure

    def give_up(self) -> None:
        """Have whoever sends stop waiting: a person wants to end."""
        self._given_up.set()

    def send(self, batch: list[bytes]) -> None:
        """Send one batch, waiting while the edge is busy or away.

        Where an earlier try may have come through, its own events are there already: then nobody knows since when.
        """
        response, once = self._answered(b"[" + b",".join(batch) + b"]")
        if not response.is_success:
            fail(problem_of(response, "ingest"))
        told = response.json()
        self.sent += len(batch)
        self.known += told["known"] if once else 0
        self.repeated += told["repeated"]
        self.unsure += 0 if once else told["known"]
        self.waiting = told["waiting"] if self.waiting is None else self.waiting

    def _answered(self, body: bytes) -> tuple[httpx.Response, bool]:
        """Return the last answer, and whether no try before it can have come through; ends the command after too long."""
        deadline = self._clock() + PATIENCE_S
        gone_at, once = math.inf, True
        while True:
            found = self._posted(body)
            now = self._clock()
            if isinstance(found, httpx.Response):
                gone_at = math.inf
                if found.status_code not in BUSY or now > deadline or self._given_up.is_set():
                    return found, once
                once = once and found.status_code == YIELD
                self._sleep(pause_s(found))
            else:
                gone_at, once = min(gone_at, now), False
                if now - gone_at > PATIENCE_AWAY_S or self._given_up.is_set():
                    fail(_away(self._api.http.base_url, found))
                self._sleep(AWAY_PAUSE_S)

    def _posted(self, body: bytes) -> httpx.Response | httpx.HTTPError:
        try:
            return self._api.http.post("/v1/events", params=self._query, content=body)
        except httpx.UnsupportedProtocol as error:
            fail(f"VECHE_INGEST_URL is not an address: {error}")
        except httpx.HTTPError as error:
            return error


def _away(url: httpx.URL, error: httpx.HTTPError) -> str:
    return (
        f"ingest has not answered at {url} for {PATIENCE_AWAY_S:.0f} s ({type(error).__name__}); start it with "
        "`veche ingest serve` and import again: what it has already is not counted twice"
    )


def outcome(sender: Sender, broken: int) -> Iterator[str]:
    """Yield what became of the events, as far as the edge could tell when it took them."""
    yield f"{sender.new} new"
    yield f"{sender.known} there already"
    if sender.repeated:
        yield f"{sender.repeated} told more than once by the export"
    if sender.unsure:
        yield f"{sender.unsure} sent twice because an answer was lost, so either"
    yield f"{broken} records set aside"
