"""Asking for rounds over the real store and bus: a draw whose round is not to be had keeps no other one waiting."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typing_extensions import override

from services.engagement.rules.draws.chains import QUICKNET
from services.engagement.rules.participation.commands import Order, decoded
from services.engagement.rules.participation.doings import Drawn
from services.engagement.store.rounds import Rounds
from shared.bus import admin, past
from shared.bus.publisher import Publisher
from shared.clock import SystemClock
from shared.fold.mongo import new_client
from shared.topics import PARTICIPATION
from tests.parts import Addresses
from tests.unit.engagement.draws.rounds import SIGNATURES

BROKEN, GARBLED, LATER, EARLIER = 2, 3, 1_001, 1_000


class _Drand(BaseHTTPRequestHandler):
    """Breaks down over one round, answers another one with what is no round, and tells all others."""

    def do_GET(self) -> None:
        number = int(self.path.removeprefix(f"/{QUICKNET.hash}/public/"))
        told = f'{{"round":{number},"signature":"{SIGNATURES[number].hex()}"}}'
        self.send_response(500 if number == BROKEN else 200)
        self.end_headers()
        self.wfile.write(b"<html>" if number == GARBLED else told.encode())

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def drand() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Drand)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_each_draw_gets_its_round_by_itself_the_oldest_first(
    parts: Addresses, drand: str, caplog: pytest.LogCaptureFixture
) -> None:
    await admin.apply(parts.kafka, [PARTICIPATION])
    clock, brand, database = SystemClock(), f"b{secrets.token_hex(4)}", f"t{secrets.token_hex(4)}"
    client, bus = new_client(parts.mongo), Publisher(parts.kafka)
    await bus.start()
    rounds = Rounds(client, database, bus, clock, drand)
    now = clock.now().timestamp()
    waiting = [(LATER, now - 1), (EARLIER, now - 2), (GARBLED, now - 3), (BROKEN, now - 4), (657_413, now + 3_600)]
    try:
        await client[database]["participation.states"].insert_many(
            {"brand": brand, "thing": "contest/spring", "round": round_, "awaits": awaits} for round_, awaits in waiting
        )
        assert await rounds.turn() == 2
    finally:
        await rounds.close()
        await bus.stop()
        await client.drop_database(database)
        await client.close()

    told = [decoded(record.value or b"") async for record in past.records(parts.kafka, PARTICIPATION.name)]
    drawn = [one.does for one in told if isinstance(one, Order) and one.brand == brand]
    assert [one.round for one in drawn if isinstance(one, Drawn)] == [EARLIER, LATER]
    waits = [line for line in caplog.messages if brand in line]
    assert ["round 2:" in waits[0], "round 3:" in waits[1], len(waits)] == [True, True, 2]
