"""How many Telegram updates one core decodes into events a second: `python -m bench.telegram_decode`."""

from __future__ import annotations

import time

from services.ingest.connectors import CONNECTORS
from tests.unit.ingest.telegram_updates import CASES, payload

ROUNDS = 40_000

MIX = ("text", "text", "entities_after_an_emoji", "caption", "reaction_changed", "joined_by_link")
"""About what a busy group sends; each gives one event but the reactions, which give three."""


def main() -> None:
    """Print the rate over the mix."""
    decode = CONNECTORS["telegram"].decode
    payloads = [payload(CASES[name]) for name in MIX]
    began = time.perf_counter()
    events = sum(len(decode(one).events) for _ in range(ROUNDS) for one in payloads)
    elapsed_s = time.perf_counter() - began
    print(f"{ROUNDS * len(MIX) / elapsed_s:,.0f} payloads/s, {events / elapsed_s:,.0f} events/s on one core")


if __name__ == "__main__":
    main()
