"""Whatever goes wrong on the way: what is looked for before it is repeated, members see once."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Credential
from simulated import telegram
from tests.unit.delivery.platforms.asking import Executor, Played, errand

FAULTS = st.lists(st.sampled_from(["well", "lost", "never", "broken", "away", "stormy"]), max_size=24)
TEXTS = st.lists(st.sampled_from(["Спасибо!", "hello", "two\nlines"]), min_size=1, max_size=6)
"""The same text is said several times: it is one message each."""


@given(texts=TEXTS, faults=FAULTS, chatter=st.integers(0, 3))
def test_telegram_sends_each_message_once(texts: list[str], faults: list[str], chatter: int) -> None:
    world = telegram.Telegram(is_limited=False)
    question = world.write(-100123, "question")
    executor = Executor(PLATFORMS["telegram"], Played(PLATFORMS["telegram"], world, Credential("", telegram.TOKEN), faults))

    async def play() -> None:
        for number, text in enumerate(texts):
            before = world.chats[-100123].newest
            one = errand("reply", "telegram:-100123", f"{number}", content_id=f"telegram:-100123:{question}", text=text)
            await executor.settle(one, f"{before}")
            for _ in range(chatter):
                world.write(-100123, "chatter")

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [done.content_id for done in executor.done.values()] == [f"telegram:-100123:{effect.id}" for effect in seen]
