"""A member asks the bot how they stand: over the real bus the answer comes as an act, and its receipt is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
from msgspec.structs import replace

from deploy.native.parts import CORE
from services.engagement import app as engagement
from shared.directory import Scope
from shared.events import Envelope, decode
from shared.events.actions import ActionMessage, ActionReply
from shared.topics import ACTIONS, RECEIPTS
from tests.builders import AT, MEMBER, action_failed, content_created, question_asked
from tests.integration.edge import records_of
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.parts import Addresses, StackFactory


async def test_a_member_is_answered_and_whom_messages_do_not_reach_is_known(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    service = engagement.create_app(settings_for(parts))
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", Scope.MEMBERS_READ))

        await publish(parts.kafka, content_created())
        await eventually(lambda: account(points), lambda told: told["balance"] == 5)
        await publish(parts.kafka, question_asked(message=None))
        (first,) = await eventually(lambda: acts(parts.kafka), bool)
        refused = action_failed(action=first.id, kind="message", member=MEMBER, code="refused", unreachable=True)
        await publish(parts.kafka, refused, topic=RECEIPTS.name)
        await eventually(lambda: account(points), lambda told: not told["reached"])
        later = AT + timedelta(hours=1)
        await publish(
            parts.kafka,
            replace(question_asked(message=None), id="again", time=later),
            replace(question_asked(), id="in-the-chat", time=later),
        )
        _, second = await eventually(lambda: acts(parts.kafka), lambda told: len(told) > 1)

        assert await account(points) == {"member": MEMBER, "balance": 5, "reached": False}
        assert await account(points, "telegram:nobody") == {"member": "telegram:nobody", "balance": 0, "reached": True}
    assert isinstance(first, ActionMessage)
    assert first.data.text == "You have 5 points."
    assert isinstance(second, ActionReply), "what can be said in the chat is still said there"


async def account(points: httpx.AsyncClient, member: str = MEMBER) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (await points.get(f"/v1/members/{member}")).json()
    return told


async def acts(kafka: str) -> Sequence[Envelope]:
    found = [decode(record.value or b"") for record in await records_of(kafka, ACTIONS.name)]
    return [act for act in found if act is not None]
