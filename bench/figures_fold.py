"""How many events one core folds into figures a second, without broker and database: `python -m bench.figures_fold`.

Two days of a few busy communities in the order of time, folded in batches as the loop does: read, evolve, and each changed
state encoded once a batch.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import Any

from services.reporting.handlers import Figures
from shared.bus.record import Record
from shared.events import Envelope
from shared.fold.draft import encoded_states
from shared.fold.limits import RECORDS_MAX
from tests import builders
from tests.unit.reporting.folding import record

EVENTS = 200_000
MEMBERS = 20_000
COMMUNITIES = 5
PARTITIONS = 2
EVERY = timedelta(seconds=1)


def records() -> list[Record]:
    """Return content and reactions of members by a Zipf-like law."""
    chance = random.Random(7)
    made: list[Record] = []
    for number in range(EVENTS):
        member = int(MEMBERS ** chance.random())
        community = chance.randrange(COMMUNITIES)
        place: dict[str, Any] = {"community": f"telegram:-{community}", "id": f"e{number}"}
        place |= {"actor": f"telegram:{member}", "time": builders.AT + number * EVERY}
        event: Envelope
        if chance.random() < 0.6:
            text = "Does anybody know?" if chance.random() < 0.1 else "Good morning"
            event = builders.content_created(**place, text=text, content_id=f"telegram:-{community}:{number}")
        else:
            event = builders.reaction_added(**place)
        made.append(record(event, community % PARTITIONS))
    return made


def main() -> None:
    """Print the rate."""
    told, fold, states = records(), Figures(), dict[str, Any]()
    written = 0
    began = time.perf_counter()
    for first in range(0, EVENTS, RECORDS_MAX):
        changed: dict[str, Any] = {}
        for one in told[first : first + RECORDS_MAX]:
            for key, event, *_ in fold.read(one):
                before = states.get(key)
                after = fold.evolve(before, event).state
                if after is not before:
                    states[key] = changed[key] = after
        written += len(encoded_states(fold, 0, changed))
    elapsed_s = time.perf_counter() - began
    print(f"{EVENTS / elapsed_s:,.0f} events/s on one core; {written / EVENTS:.2f} states written an event")


if __name__ == "__main__":
    main()
