"""A site's whole history earns what it earns with nothing killed, and the ledger is whole, while every process is killed in
turn, MongoDB's primary is killed, and Redis comes back empty.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from pathlib import Path

import pytest

from demo.processes import DemoError
from deploy.native.stack import Stack
from services.engagement.handlers.ledger import Ledger
from services.engagement.rules.balances import Held
from services.engagement.rules.standing.members import LEVEL, Member, held
from services.engagement.rules.standing.packing import unpacked
from services.engagement.rules.standing.record import Record
from services.engagement.rules.standing.standings import level_of
from shared.documents.standing import Standing
from shared.fold.mongo import new_client
from tests.journey.fleet import PROCESSES, Fleet, fleet
from tests.parts import StackFactory
from tests.real_data.test_reputation import folded

SAMPLE = Path("docs/samples/rewards-stack-exchange.yaml")
BRAND = "apiVersion: veche/v1\nkind: Brand\nmetadata: {name: acme}\nspec: {title: Acme}\n"
EFFECTIVE_S = 16
"""After which a policy that was stored is in force."""
KILLED = PROCESSES[1:]
"""The edge lives on: killing it would end the import, and a person starts that again."""
ORDERS = 5
PLACES = 300


@pytest.mark.timeout(400)
def test_points_come_to_what_they_come_to_whatever_is_killed(
    own_stack: StackFactory, real_data: Path, tmp_path: Path
) -> None:
    expected = {key: held.account for key, held in asyncio.run(folded(real_data)).items()}
    best = max(expected, key=lambda key: expected[key].balance).partition("/")[2]
    stack = own_stack()
    stack.start()
    with fleet(stack.settings(), tmp_path) as ships:
        (tmp_path / "brand.yaml").write_text(BRAND)
        ships.veche("apply", "-f", str(tmp_path / "brand.yaml"), "-f", str(SAMPLE))
        time.sleep(EFFECTIVE_S)
        imported(ships, stack, real_data / "exports" / "stackexchange_quantumcomputing")
        ships.caught_up()
        found, standing = asyncio.run(stored(ships))
        told = json.loads(ships.veche("engagement", "verify", "--brand", "acme", "--output", "json"))
        board = ranked(ships)
        spent(ships, best)
        ships.caught_up()
        after = json.loads(ships.veche("engagement", "verify", "--brand", "acme", "--output", "json"))
        top = json.loads(ships.veche("engagement", "top", "--brand", "acme", "--output", "json"))

    points = {key.partition("/")[2]: account.balance for key, account in expected.items()}
    assert {member: one.record.earned for member, one in standing.items()} == points
    assert {member: len(held(one, LEVEL)) for member, one in standing.items()} == {
        member: level_of(Standing().levels, Record(earned=earned)) for member, earned in points.items()
    }
    assert board == dict(sorted(points.items(), key=lambda one: (-one[1], one[0]))[:PLACES])
    assert {key: held.account.balance for key, held in found.items()} == {
        key: account.balance for key, account in expected.items()
    }
    assert told["wrong"] == after["wrong"] == {}
    assert (told["accounts"], told["entries"]) == (len(expected), sum(account.entries for account in expected.values()))
    assert after["entries"] == told["entries"] + ORDERS
    assert (top[0]["member"], top[0]["balance"]) == (best, expected[f"acme/{best}"].balance - ORDERS)


def imported(ships: Fleet, stack: Stack, export: Path) -> None:
    """Import, killing and starting everything in turn until it is over and each was killed twice."""
    words = ("ingest", "import", str(export), "--brand", "acme", "--from", "stackexchange", "--backfill-points")
    importing = threading.Thread(target=ships.veche, args=words)
    importing.start()
    for part in ("redis", "mongo"):
        for name in KILLED:
            time.sleep(1.0)
            ships.kill(name)
            ships.start(name)
        stack.stop(part, hard=True)
        stack.start(part)
        for name in KILLED:  # those that the part took along: a supervisor would start them
            if ships.running[name].poll() is not None:
                ships.start(name)
    importing.join(timeout=200)
    assert not importing.is_alive()
    for name in PROCESSES:
        if ships.running[name].poll() is not None:
            ships.start(name)


def spent(ships: Fleet, member: str) -> None:
    """Spend a point some times, while the ledger is killed: each order is done once."""
    for number in range(ORDERS):
        words = ("engagement", "spend", member, "1", "--note", "a sticker", "--key", f"order-{number}", "--brand", "acme")
        ships.veche(*words)
        if number % 2:
            ships.kill("engagement")
            ships.start("engagement")
            until_up(ships)
        ships.veche(*words)


def until_up(ships: Fleet) -> None:
    for _ in range(60):
        try:
            ships.veche("engagement", "top", "--brand", "acme")
        except DemoError:
            time.sleep(0.5)
        else:
            return


def ranked(ships: Fleet) -> dict[str, int]:
    """Return the first of the leaderboard, once Redis, which came back empty, has all of it again."""
    words = ("engagement", "board", "--brand", "acme", "--limit", str(PLACES), "--output", "json")
    told = json.loads(ships.veche(*words))
    return {place["member"]: place["value"] for place in told["places"]}


async def stored(ships: Fleet) -> tuple[dict[str, Held], dict[str, Member]]:
    """Return accounts by key, and standing by member."""
    client = new_client(ships.env["VECHE_MONGO"])
    try:
        documents = await client["veche_engagement"]["ledger.states"].find().to_list()
        standing = await client["veche_engagement"]["standing.states"].find().to_list()
    finally:
        await client.close()
    held_ = {document["_id"]: Ledger().decode(document) for document in documents}
    return held_, {document["member"]: unpacked(document) for document in standing}
