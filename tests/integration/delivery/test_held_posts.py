"""Over real parts: in a crisis what is planned waits, what is said about it does not, and afterwards all goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.clock import SystemClock
from tests.builders import action_hold, action_publish
from tests.integration.delivery.carrying import BRAND, CHAT, delivering
from tests.integration.delivery.test_switches_and_modes import SEEN_S, codes, mode, over
from tests.integration.services import eventually
from tests.parts import StackFactory

PLACE = {"brand": BRAND, "community": CHAT}


@pytest.mark.timeout(120)
async def test_planned_posts_wait_in_a_crisis_and_go_out_when_it_is_over(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(own_stack, monkeypatch, connect=False) as delivery:
        await mode(delivery, "live")
        now = SystemClock().now()
        await delivery.ask(action_hold(**PLACE, id="hold", time=now, until=now + timedelta(hours=1)))
        states = delivery.service.client.get_database(delivery.service.database)["delivery.states"]
        await eventually(lambda: states.count_documents({"held_until": {"$gt": now}}), lambda count: count == 1)
        await asyncio.sleep(SEEN_S)
        planned = action_publish(**PLACE, id="planned", text="Win a prize", channel=None, priority="publishing")
        statement = action_publish(**PLACE, id="statement", text="We know about it", channel=None, priority="crisis")

        await delivery.ask(planned)
        await delivery.ask(statement)
        assert codes(await over(delivery, statement)) == ["done"]
        assert [entry["action"] for entry in await delivery.entries()] == ["statement"]

        later = SystemClock().now()
        await delivery.ask(action_hold(**PLACE, id="let go", time=later, until=later))
        assert codes(await over(delivery, planned)) == ["done"]
