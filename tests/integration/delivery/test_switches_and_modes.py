"""Over real parts: nothing happens until somebody says so, nothing while it is stopped, and what is not done says why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shared.clock import SystemClock
from shared.events import Envelope, decode
from shared.events.actions import ActionDone, ActionFailed, ConnectionLost, ConnectionRestored
from shared.topics import DECISIONS, RECEIPTS
from simulated.telegram import TOKEN
from tests.builders import (
    action_ban,
    action_delete,
    action_message,
    action_publish,
    action_restore,
    action_unban,
    decision_reversed,
)
from tests.integration.delivery.carrying import BRAND, CHAT, Delivery, Entry, delivering, publish
from tests.integration.edge import records_of
from tests.integration.services import eventually
from tests.parts import StackFactory

PLACE = {"brand": BRAND, "community": CHAT}
SECOND, PARTNER = "telegram:-1002", "telegram:-1003"
LISTED = [{"id": CHAT}, {"id": SECOND}, {"id": PARTNER, "purpose": "partner"}]
SEEN_S = 2.5
"""Connections and switches are looked at every second or two."""


async def receipts(delivery: Delivery) -> list[Envelope]:
    """Return what was published, each once."""
    events = [decode(record.value or b"") for record in await records_of(delivery.settings.kafka, RECEIPTS.name)]
    return list({event.id: event for event in events if isinstance(event, Envelope)}.values())


async def over(delivery: Delivery, *acts: Envelope) -> list[Entry]:
    """Wait until these acts are over; return what became of them, in their order."""

    async def find() -> list[Entry | None]:
        entries = {entry["action"]: entry for entry in await delivery.entries()}
        return [entries.get(act.id) for act in acts]

    found = await eventually(find, lambda entries: None not in entries, 30.0)
    return [entry for entry in found if entry is not None]


def codes(entries: Sequence[Entry]) -> list[str]:
    return [entry.get("code", "done") for entry in entries]


async def status(delivery: Delivery) -> Any:  # noqa: ANN401 - JSON
    return (await delivery.api.get("/v1/delivery/status")).json()


async def mode(delivery: Delivery, acts: str) -> None:
    """Declare how the connection acts, and wait until it does."""
    await delivery.connect("acme-telegram", acts=acts, communities=LISTED)
    await asyncio.sleep(SEEN_S)
    (one,) = (await status(delivery))["connections"]
    assert one["acts"] == acts


@pytest.mark.timeout(90)
async def test_what_is_not_to_be_done_is_not_done_and_says_why(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(own_stack, monkeypatch, connect=False) as delivery:
        telegram = delivery.telegram
        spam = telegram.write(-1001, "casino")
        target = f"{CHAT}:{spam}"

        without = action_delete(**PLACE, content_id=target, cause="decision-0")
        await delivery.ask(without, action_delete(**PLACE, content_id=target, imported=True))
        assert codes(await over(delivery, without)) == ["unconnected"]

        await mode(delivery, "dry_run")
        shown = [action_delete(**PLACE, content_id=target), action_ban(**PLACE, member="telegram:7", cause="sanction-1")]
        await delivery.ask(*shown)
        assert codes(await over(delivery, *shown)) == ["dry_run", "dry_run"]
        assert telegram.ground.asked == 0

        await mode(delivery, "live")
        late = action_ban(**PLACE, member="telegram:8", deadline=SystemClock().now() - timedelta(seconds=1))
        foreign = action_ban(brand=BRAND, community=PARTNER, member="telegram:9")
        nowhere = action_ban(brand=BRAND, community="vk:5", member="vk:9")
        unable = action_restore(**PLACE, content_id=f"{CHAT}:999")
        await delivery.ask(late, foreign, nowhere, unable)
        found = await over(delivery, late, foreign, nowhere, unable)
        assert codes(found) == ["late", "unconnected", "unconnected", "unsupported"]
        assert telegram.ground.effects.counts() == {}

        wide = action_ban(**PLACE, member="telegram:10", everywhere=True, cause="sanction-2")
        await delivery.ask(wide)
        await over(delivery, wide)
        banned = await eventually(lambda: _effects(delivery), lambda effects: len(effects) >= 2)
        await asyncio.sleep(0.5)
        assert sorted(banned) == [("ban", "-1001:10"), ("ban", "-1002:10")]
        assert telegram.shows(-1001, spam)

        told = [event for event in await receipts(delivery) if isinstance(event, ActionDone | ActionFailed)]
        assert len({event.data.action for event in told}) == len(told) == 9
        by_action = {event.data.action: event for event in told}
        assert isinstance(by_action[without.id], ActionFailed)
        assert by_action[without.id].data.code == "unconnected"
        assert (by_action[wide.id].data.kind, by_action[wide.id].data.cause) == ("ban", "sanction-2")


async def _effects(delivery: Delivery) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in delivery.telegram.ground.effects.all]


@pytest.mark.timeout(90)
async def test_what_waits_for_a_token_or_a_switch_is_done_afterwards_but_for_what_was_taken_back(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(own_stack, monkeypatch, connect=False) as delivery:
        telegram = delivery.telegram
        spam, other = telegram.write(-1001, "casino"), telegram.write(-1001, "lottery")
        monkeypatch.setenv("ACME_TELEGRAM_TOKEN", "1000:refused")
        await mode(delivery, "live")

        first = action_ban(**PLACE, member="telegram:1", cause="sanction-1")
        await delivery.ask(first)
        await eventually(lambda: status(delivery), lambda found: bool(found["connections"][0]["problem"]))
        await eventually(lambda: receipts(delivery), lambda events: any(isinstance(one, ConnectionLost) for one in events))
        monkeypatch.setenv("ACME_TELEGRAM_TOKEN", TOKEN)  # somebody mends it, while the act rests
        assert codes(await over(delivery, first)) == ["done"]
        await eventually(
            lambda: receipts(delivery), lambda events: any(isinstance(one, ConnectionRestored) for one in events)
        )
        assert (await status(delivery))["connections"][0]["problem"] is None

        assert (await delivery.api.put("/v1/delivery/stop")).json() == {"stopped": f"brand/{BRAND}"}
        taken_back = action_delete(**PLACE, content_id=f"{CHAT}:{spam}", cause="decision-1")
        kept = action_delete(**PLACE, content_id=f"{CHAT}:{other}", cause="decision-2")
        ban, unban = (action(**PLACE, member="telegram:7") for action in (action_ban, action_unban))
        telegram.started.add(5)
        messages = [action_message(**PLACE, member="telegram:5", text=f"message {n}", cause=f"d{n}") for n in range(3)]
        short = action_publish(**PLACE, text="gone by then", deadline=SystemClock().now() + timedelta(seconds=1))
        waiting = [taken_back, kept, ban, unban, *messages]
        await delivery.ask(*waiting, short)
        await eventually(lambda: status(delivery), lambda found: found["open"] >= len(waiting))
        reversal = decision_reversed(**PLACE, content_id=f"{CHAT}:{spam}", decision="decision-1")
        back = action_restore(**PLACE, content_id=f"{CHAT}:{spam}", cause="reversal-1")
        reversal = replace(reversal, recordedtime=SystemClock().now())  # it is forgotten a day later
        await publish(delivery.settings.kafka, DECISIONS.name, reversal)
        await delivery.ask(back)
        await asyncio.sleep(1.5)
        assert telegram.ground.effects.counts() == {"ban": 1}, "nothing is done while it is stopped"

        assert (await delivery.api.delete("/v1/delivery/stop")).json() == {"started": f"brand/{BRAND}"}
        found = await over(delivery, *waiting, back, short)
        assert codes(found) == ["reversed", "done", "replaced", "done", "done", "done", "done", "done", "late"]
        assert found[-2]["answer"] == "it was never taken away"
        assert (telegram.shows(-1001, spam), telegram.shows(-1001, other)) == (True, False)
        said = [effect.text for effect in telegram.ground.effects.all if effect.kind == "message"]
        assert said == ["message 0", "message 1", "message 2"]
        lines = [event for event in await receipts(delivery) if isinstance(event, ConnectionLost | ConnectionRestored)]
        assert [type(event) for event in lines] == [ConnectionLost, ConnectionRestored]
        assert "1000:refused" not in str(lines[0])
        assert (await delivery.api.delete("/v1/delivery/stop")).status_code == 404
