"""Whatever goes wrong on the way: what is looked for before it is repeated, members see once."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Credential, Kind
from simulated import discord, discourse, slack, telegram, vk
from tests.unit.delivery.platforms.asking import Executor, Played, errand

EXAMPLES = 300
"""A fault has to meet the one kind of message that can't stand it."""

FAULTS = st.lists(st.sampled_from(["well", "lost", "never", "broken", "away", "stormy"]), max_size=24)
SAID = ["publish", "message", "reply"]
TEXTS = st.lists(st.sampled_from(["Спасибо!", "hello", "two\nlines"]), min_size=1, max_size=6)
"""The same text is said several times: it is one message each."""


@settings(max_examples=EXAMPLES)
@given(texts=TEXTS, faults=FAULTS, chatter=st.integers(0, 3), gone=st.integers(0, 3), knows_newest=st.booleans())
def test_telegram_sends_each_message_once(
    texts: list[str], faults: list[str], chatter: int, gone: int, *, knows_newest: bool
) -> None:
    world = telegram.Telegram(is_limited=False)
    question = world.write(-100123, "question")
    executor = Executor(PLATFORMS["telegram"], Played(PLATFORMS["telegram"], world, Credential("", telegram.TOKEN), faults))

    async def play() -> None:
        for number, text in enumerate(texts):
            before = world.chats[-100123].newest if knows_newest else question
            for _ in range(chatter):
                world.write(-100123, "chatter")
            for _ in range(gone):
                del world.chats[-100123].messages[world.write(-100123, "spam")]
            one = errand("reply", "telegram:-100123", f"{number}", content_id=f"telegram:-100123:{question}", text=text)
            await executor.settle(one, f"{before}")

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [done.content_id for done in executor.done.values()] == [f"telegram:-100123:{effect.id}" for effect in seen]


@settings(max_examples=EXAMPLES)
@given(texts=TEXTS, faults=FAULTS, chatter=st.integers(0, 3), is_forgotten=st.booleans())
def test_discord_sends_each_message_once(texts: list[str], faults: list[str], chatter: int, *, is_forgotten: bool) -> None:
    world = discord.Discord(is_limited=False)
    question = world.write("1", "2", "question")
    executor = Executor(PLATFORMS["discord"], Played(PLATFORMS["discord"], world, Credential("", discord.TOKEN), faults))

    async def play() -> None:
        for number, text in enumerate(texts):
            one = errand("reply", "discord:1", f"{number}", content_id=f"discord:1:2:{question}", text=text)
            await executor.settle(one)
            for _ in range(chatter):
                world.write("1", "2", text)
            if is_forgotten:
                world.forget_nonces()

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [done.content_id for done in executor.done.values()] == [f"discord:1:2:{effect.id}" for effect in seen]


@settings(max_examples=EXAMPLES)
@given(texts=TEXTS, faults=FAULTS, kinds=st.lists(st.sampled_from(SAID), min_size=6, max_size=6))
def test_vk_says_each_thing_once(texts: list[str], faults: list[str], kinds: list[Kind]) -> None:
    world = vk.Vk(is_limited=False)
    post = world.put("post", "-1", "news")
    executor = Executor(PLATFORMS["vk"], Played(PLATFORMS["vk"], world, Credential("", vk.TOKEN), faults))

    async def play() -> None:
        for number, (text, kind) in enumerate(zip(texts, kinds, strict=False)):
            content = f"vk:1:post-1_{post}" if kind == "reply" else None
            await executor.settle(errand(kind, "vk:1", f"{number}", content_id=content, member="vk:42", text=text))

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [f"{done.content_id}".rpartition("_")[2] for done in executor.done.values()] == [effect.id for effect in seen]


@settings(max_examples=EXAMPLES)
@given(texts=TEXTS, faults=FAULTS, kinds=st.lists(st.sampled_from(SAID), min_size=6, max_size=6), is_forgotten=st.booleans())
def test_discourse_says_each_thing_once(
    texts: list[str], faults: list[str], kinds: list[Kind], *, is_forgotten: bool
) -> None:
    world = discourse.Discourse(is_limited=False)
    topic = world.open("A topic", "question")
    forum = "discourse:forum.example"
    executor = Executor(
        PLATFORMS["discourse"], Played(PLATFORMS["discourse"], world, Credential("", discourse.TOKEN), faults)
    )

    async def play() -> None:
        for number, (text, kind) in enumerate(zip(texts, kinds, strict=False)):
            content = f"{forum}:{topic}/1" if kind == "reply" else None
            await executor.settle(errand(kind, forum, f"{number}", content_id=content, member=f"{forum}:42", text=text))
            world.write(topic, text)
            if is_forgotten:
                world.forget_memos()

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [done.content_id for done in executor.done.values()] == [f"{forum}:{effect.id}" for effect in seen]


@settings(max_examples=EXAMPLES)
@given(texts=TEXTS, faults=FAULTS, kinds=st.lists(st.sampled_from(SAID), min_size=6, max_size=6))
def test_slack_says_each_thing_once(texts: list[str], faults: list[str], kinds: list[Kind]) -> None:
    world = slack.Slack(is_limited=False)
    ts = world.write("C1", "question")
    executor = Executor(PLATFORMS["slack"], Played(PLATFORMS["slack"], world, Credential("", slack.TOKEN), faults))

    async def play() -> None:
        for number, (text, kind) in enumerate(zip(texts, kinds, strict=False)):
            content = f"slack:T1:C1:{ts}" if kind == "reply" else None
            act = {"content_id": content, "channel": "slack:T1:C1", "member": "slack:U1", "text": text}
            await executor.settle(errand(kind, "slack:T1", f"{number}", **act))
            world.write("C1", text, thread=ts)

    asyncio.run(play())

    seen = world.ground.effects.of("message")
    assert [effect.text for effect in seen] == texts
    assert [done.content_id for done in executor.done.values()] == [f"slack:T1:{effect.id}" for effect in seen]
