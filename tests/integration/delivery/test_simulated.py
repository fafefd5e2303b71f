from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import Any

import httpx
import pytest

from simulated.discord import Discord
from simulated.faults import Faults, Shares
from simulated.server import playing
from simulated.telegram import TOKEN, Telegram
from simulated.world import Ground

CALL = {"chat_id": -100123, "text": "hello"}


async def test_a_bot_polls_or_has_a_webhook_and_a_seed_that_cannot_be_read_says_how() -> None:
    async with playing(Telegram()) as api, httpx.AsyncClient(base_url=f"{api}/bot{TOKEN}") as http:
        polled = (await http.post("/getUpdates", json={"timeout": 0})).json()
        without = (await http.get("/getWebhookInfo")).json()["result"]
        await http.post("/setWebhook", json={"url": "https://a.example/v1/hooks/a", "allowed_updates": ["message"]})
        with_one = (await http.get("/getWebhookInfo")).json()["result"]
        unread = await http.post(f"{api}/_simulated/seed", json={"text": "hi"})

    assert polled == {"ok": True, "result": []}
    assert (without["url"], with_one["url"]) == ("", "https://a.example/v1/hooks/a")
    assert with_one["allowed_updates"] == ["message"]
    assert (unread.status_code, "chat" in unread.json()["help"]) == (422, True)


async def test_the_process_tells_its_addresses_and_can_be_looked_at() -> None:
    command = [sys.executable, "-m", "simulated", "telegram", "slack"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    told: list[dict[str, Any]] = [json.loads(await process.stdout.readline()) for _ in range(2)]

    async with httpx.AsyncClient() as http:
        api = told[0]["api"]
        written = await http.post(f"{api}/_simulated/seed", json={"chat": -100123, "text": "hi"})
        answer = await http.post(f"{api}/bot{told[0]['token']}/sendMessage", json=CALL)
        effects = (await http.get(f"{api}/_simulated/effects")).json()
        counts = (await http.get(f"{api}/_simulated/counts")).json()
    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
    assert [one["platform"] for one in told] == ["telegram", "slack"]
    assert written.json() == {"id": 1}
    assert answer.json()["result"]["message_id"] == 2
    assert [(one["kind"], one["target"], one["text"]) for one in effects] == [("message", "-100123", "hello")]
    assert (counts["asked"], counts["refused"]) == (1, 0)


async def test_what_goes_wrong_is_switched_at_run_time() -> None:
    world = Telegram(is_limited=False)
    async with playing(world) as api, httpx.AsyncClient() as http:
        send = f"{api}/bot{TOKEN}/sendMessage"
        await http.post(f"{api}/_simulated/storm", json={"place": "-100123", "seconds": 60})
        stormy = await http.post(send, json=CALL)
        elsewhere = await http.post(send, json={**CALL, "chat_id": -100777})
        await http.post(f"{api}/_simulated/calm")
        await http.post(f"{api}/_simulated/next", json={"fault": "lost", "word": "sendMessage"})
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post(send, json=CALL)
        await http.post(f"{api}/_simulated/faults", json={"broken": 1.0})
        broken = await http.post(send, json=CALL)

    assert (stormy.status_code, elsewhere.status_code, broken.status_code) == (429, 200, 502)
    assert [effect.target for effect in world.ground.effects.all] == ["-100777", "-100123"]


async def test_a_limit_that_is_broken_is_counted() -> None:
    world = Discord()
    world.write("1", "2", "hello")
    headers = {"Authorization": "Bot simulated-bot-token"}

    async with playing(world) as api, httpx.AsyncClient(headers=headers) as http:
        answers = [await http.post(f"{api}/channels/2/messages", json={"content": "hi"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[4].headers["x-ratelimit-remaining"] == "0"
    assert 0 < answers[5].json()["retry_after"] <= 5
    assert world.ground.windows.refused == 1


def test_the_same_seed_lets_the_same_go_wrong() -> None:
    shares = Shares(lost=0.1, cut=0.1, broken=0.1, storm=0.05)

    first, second, other = (Faults(seed, shares) for seed in (1, 1, 2))
    told = [[(one.next("/x"), one.storm("a", n)) for n in range(500)] for one in (first, second, other)]

    assert told[0] == told[1] != told[2]
    assert {"lost", "cut", "broken", None} == {fault for fault, _ in told[0]}


async def test_ten_thousand_acts_take_seconds() -> None:
    world = Telegram(Ground(), is_limited=False)
    body = json.dumps(CALL).encode()
    request = b"POST /bot%b/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (
        TOKEN.encode(),
        len(body),
        body,
    )

    async with playing(world) as api, asyncio.timeout(60):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(api.rpartition(":")[2]))
        for _ in range(100):
            writer.write(request * 100)
            for _ in range(100):
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
                await reader.readexactly(int(length.split(b":")[1]))
        writer.close()
        await writer.wait_closed()

    assert world.ground.effects.counts() == {"message": 10_000}
