"""Acts over real parts, from the topic to what members of a played Telegram see, and the receipt."""

from __future__ import annotations

import pytest

from tests.builders import action_ban, action_delete, action_message
from tests.integration.delivery.carrying import BRAND, CHAT, delivering
from tests.parts import StackFactory

PLACE = {"brand": BRAND, "community": CHAT}


async def test_spam_is_deleted_its_author_banned_and_told_and_each_has_a_receipt(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(own_stack, monkeypatch) as delivery:
        spam = delivery.telegram.write(-1001, "casino")
        delivery.telegram.started.add(7)

        await delivery.ask(
            action_delete(**PLACE, content_id=f"{CHAT}:{spam}", cause="decision-1"),
            action_ban(**PLACE, member="telegram:7", cause="sanction-1"),
            action_message(**PLACE, member="telegram:7", text="Your message was removed.", cause="decision-1"),
        )

        entries = {entry["kind"]: entry for entry in await delivery.done(3)}
        assert delivery.telegram.ground.effects.counts() == {"delete": 1, "ban": 1, "message": 1}
        assert [entry.get("code") for entry in entries.values()] == [None, None, None]
        assert entries["delete"]["answer"] == "deleted"
        assert entries["delete"]["connection"] == "acme-telegram"
        assert entries["message"]["made"] == "telegram:7:1"
        assert delivery.telegram.ground.windows.refused == 0
