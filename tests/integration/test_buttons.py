"""A button from the act that shows it to the answer of whoever pressed it: over the real bus, on three played platforms.

Engagement is played here, too: what is tested are the two ends.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from deploy.native.parts import CORE
from services.delivery import app as delivery
from services.ingest import app as ingest
from shared.clock import SystemClock
from shared.events import Envelope, decode
from shared.events.actions import ActionDone, Button
from shared.events.community import CommandGiven
from shared.topics import ACTIONS, EVENTS, RECEIPTS
from simulated import discord, telegram, vk
from simulated.server import playing
from simulated.world import Json, World
from tests.builders import action_answer, action_publish
from tests.integration.edge import SECRET, records_of
from tests.integration.services import eventually, publish, running, settings_for, with_brand
from tests.parts import Addresses, StackFactory

BRAND = "acme"
KEYS = ((Button(text="А", command="quiz spring 2 a"), Button(text="Б", command="quiz spring 2 b")),)
SIGNING = Ed25519PrivateKey.generate()
Body = bytes


class Place(NamedTuple):
    """A platform, and how a button of a message there is pressed and told to us."""

    platform: str
    community: str
    channel: str | None
    secret: str
    token: str
    press: Callable[[Any, str], Json]
    headers: Callable[[Body], Mapping[str, str]]


def signed(body: Body) -> Mapping[str, str]:
    """Return the headers by which Discord signs."""
    stamp = f"{int(SystemClock().now().timestamp())}"
    return {"x-signature-timestamp": stamp, "x-signature-ed25519": SIGNING.sign(stamp.encode() + body).hex()}


PLACES = (
    Place(
        "telegram",
        "telegram:-1001",
        None,
        SECRET,
        telegram.TOKEN,
        lambda world, id_: world.press(-1001, int(id_), 1, 42),
        lambda _: {"x-telegram-bot-api-secret-token": SECRET},
    ),
    Place(
        "vk",
        "vk:501",
        "vk:501:2000000005",
        SECRET,
        vk.TOKEN,
        lambda world, id_: world.press("2000000005", int(id_), 1, "42", group=501) | {"secret": SECRET},
        lambda _: {},
    ),
    Place(
        "discord",
        "discord:1",
        "discord:1:2",
        SIGNING.public_key().public_bytes_raw().hex(),
        discord.TOKEN,
        lambda world, id_: world.press("2", int(id_), 1, "42"),
        signed,
    ),
)


@pytest.mark.timeout(180)
async def test_what_is_published_with_buttons_is_pressed_heard_and_answered(own_stack: StackFactory, tmp_path: Path) -> None:
    stack = own_stack()
    await asyncio.to_thread(stack.start, *CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    server = discord.Discord()
    server.write("1", "2", "hello")
    worlds: dict[str, World] = {"telegram": telegram.Telegram(), "vk": vk.Vk(), "discord": server}
    async with AsyncExitStack() as ending:
        apis = {name: await ending.enter_async_context(playing(world)) for name, world in worlds.items()}
        settings = settings_for(parts).model_copy(update={"secrets": tmp_path, "platform_apis": apis})
        services = [ingest.create_app(settings), delivery.create_app(settings)]
        edge, _ = await ending.enter_async_context(running(*services, folds=True))
        await with_brand(services[0].directory, BRAND)
        for place in PLACES:
            await services[0].directory.put("Connection", BRAND, f"acme-{place.platform}", declared(tmp_path, place))

        given = {}
        for place in PLACES:
            message = await shown(parts.kafka, place, worlds[place.platform])
            given[place.platform] = await pressed(edge, parts.kafka, place, worlds[place.platform], message)
            await answered(parts.kafka, place, given[place.platform], worlds[place.platform])

        done = await eventually(lambda: told(parts.kafka, RECEIPTS.name, ActionDone), lambda all_: len(all_) == 6)

    assert {(event.data.name, event.data.text) for event in given.values()} == {("quiz", "spring 2 b")}
    assert sorted(receipt.data.kind or "" for receipt in done) == ["answer"] * 3 + ["publish"] * 3
    messages = {receipt.data.content_id for receipt in done if receipt.data.kind == "publish"}
    assert {event.data.message for event in given.values()} == messages
    for world in worlds.values():
        (effect,) = world.ground.effects.of("answer")
        assert (effect.target.rpartition(":")[2], effect.text) == ("42", "Верно!")


def declared(folder: Path, place: Place) -> Mapping[str, Any]:
    """Keep the credentials; return the connection's document."""
    own = folder / BRAND
    own.mkdir(exist_ok=True)
    for name, value in (("secret", place.secret), ("token", place.token)):
        (own / f"{place.platform}-{name}").write_text(value)
    return {
        "platform": place.platform,
        "mode": "webhook",
        "acts": "live",
        "secrets": [{"file": f"{place.platform}-secret"}],
        "token": {"file": f"{place.platform}-token"},
        "communities": [{"id": place.community}],
    }


async def shown(kafka: str, place: Place, world: World) -> str:
    """Have something published with buttons; return the platform's own number of it."""
    act = action_publish(
        brand=BRAND, community=place.community, channel=place.channel, text="Викторина", buttons=KEYS, cause="quiz-1"
    )
    await publish(kafka, replace(act, recordedtime=SystemClock().now()), topic=ACTIONS.name)
    (effect,) = await eventually(partial(effects, world, "message"), bool)
    return str(effect.id)


async def effects(world: World, kind: str) -> Sequence[Any]:
    return world.ground.effects.of(kind)


async def pressed(edge: httpx.AsyncClient, kafka: str, place: Place, world: World, message: str) -> CommandGiven:
    """Press the second button and have the platform tell it; return what comes of it on the bus."""
    tells = place.press(world, message)
    body = json.dumps(tells, ensure_ascii=False).encode()

    async def post() -> httpx.Response:
        return await edge.post(f"/v1/hooks/acme-{place.platform}", content=body, headers=dict(place.headers(body)))

    answer = await eventually(post, lambda found: found.status_code == httpx.codes.OK)
    if isinstance(world, discord.Discord):
        world.heard(tells["token"], answer.json())
    ask: Callable[[], Awaitable[Sequence[CommandGiven]]] = partial(told, kafka, EVENTS.name, CommandGiven)
    found = await eventually(ask, lambda all_: any(one.community == place.community for one in all_))
    (event,) = (one for one in found if one.community == place.community)
    return event


async def answered(kafka: str, place: Place, event: CommandGiven, world: World) -> None:
    """Answer as engagement would; wait until whoever pressed sees it."""
    member = event.data.actor.id if event.data.actor else None
    act = action_answer(
        brand=BRAND, community=event.community, press=event.data.press, member=member, text="Верно!", cause=event.id
    )
    assert member == f"{place.platform}:42"
    await publish(kafka, replace(act, recordedtime=SystemClock().now()), topic=ACTIONS.name)
    await eventually(partial(effects, world, "answer"), bool)


async def told(kafka: str, topic: str, kind: type[Any]) -> Sequence[Any]:
    """Return the events of a kind that a topic holds."""
    found: list[Envelope | None] = [decode(record.value or b"") for record in await records_of(kafka, topic)]
    return [event for event in found if isinstance(event, kind)]
