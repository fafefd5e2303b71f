"""Slack at the door: its challenge is answered and kept nowhere, a callback is kept, a GET is no handshake of Slack's."""

from __future__ import annotations

from pathlib import Path

import httpx

from shared.clock import SystemClock
from tests.integration.edge import SECRET, Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.slack_callbacks import callback, digest_of, said

CHALLENGE = b'{"type": "url_verification", "challenge": "3eZ"}'


async def sent(asked: Edge, hook: str, body: bytes, secret: str = SECRET) -> httpx.Response:
    stamp = str(int(SystemClock().now().timestamp()))
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": digest_of(body, secret, stamp)}
    return await asked.http.post(f"/v1/hooks/{hook}", content=body, headers=headers)


async def test_a_challenge_is_answered_and_a_callback_is_kept(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        hook = f"slack-{asked.brand}"
        spec = {"platform": "slack", "secrets": [{"file": "secret"}]}
        await asked.service.directory.put("Connection", asked.brand, hook, spec)

        greeted = await eventually(  # a connection that was declared just now is known in a moment
            lambda: sent(asked, hook, CHALLENGE), lambda answer: answer.status_code != 404
        )
        forged = await sent(asked, hook, CHALLENGE, "guess")
        taken = await sent(asked, hook, callback(said()))
        got = await asked.http.get(f"/v1/hooks/{hook}")
        kept = [record for record in await asked.kept() if dict(record.headers).get("connection") == hook.encode()]

    assert (greeted.status_code, greeted.text) == (200, "3eZ")
    assert (forged.status_code, got.status_code) == (401, 405)
    assert (taken.status_code, taken.text) == (200, "ok")
    assert [(record.key, record.value) for record in kept] == [(f"{asked.brand}/slack:T1".encode(), callback(said()))]
