"""Every payload of Discord that others collected becomes events or is refused with a reason."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.discord import SIGNATURE, STAMP
from services.ingest.connectors.payload import Decoded, Payload
from shared.events import decode, encode

DISCORD = CONNECTORS["discord"]
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)

FACTS = {
    "GuildBanAdd": "community.member.banned",
    "GuildBanRemove": "community.member.unbanned",
    "GuildMemberAdd": "community.member.joined",
    "GuildMemberRemove": "community.member.left",
    "MessageCreate.Type0": "community.content.created",
    "MessageCreate.Type19": "community.content.created",
    "MessageCreate.Type6": "community.content.created",
    "MessageDelete": "community.content.deleted",
    "MessageReactionAdd": "community.reaction.added",
    "MessageReactionRemove": "community.reaction.removed",
}
"""Files that tell a fact which the contract has a type for."""

REFUSED = {"not_a_fact": 82, "nothing_changed": 3, "unknown_kind": 2}
"""How often each reason is given for all others. The unknown one is the documentation's GATEWAY_EVENT_NAME."""


def decoded(body: bytes) -> Decoded:
    return DISCORD.decode(Payload(body=body, brand="acme", connection="bot", recordedtime=RECORDED))


def test_every_payload_is_told_or_refused(real_data: Path) -> None:
    folder = real_data / "payloads" / "discord"
    told: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    for file in (*sorted(folder.glob("*.json")), *sorted((folder / "docs").glob("*.json"))):
        found = decoded(file.read_bytes())
        for event in found.told:
            assert decode(encode(event)) == event
            told[file.stem] = str(event.__struct_config__.tag)
        reasons.update(refusal.reason for refusal in found.refused)

    assert told == FACTS
    assert reasons == REFUSED


def test_real_signed_interactions_are_told_from_the_bad_ones_that_discord_sends_on_purpose(real_data: Path) -> None:
    file = real_data / "payloads" / "signature_vectors" / "discord_ed25519.json"
    for vector in json.loads(file.read_bytes())["vectors"].values():
        stamp = vector["X-Signature-Timestamp"]
        headers = {SIGNATURE: vector["X-Signature-Ed25519"], STAMP: stamp}
        at = datetime.fromtimestamp(int(stamp), UTC)
        delivery, keys = Delivery(headers, vector["body"].encode(), at), Keys((vector["public_key_hex"],))

        assert DISCORD.verify(delivery, keys) == vector["expected_valid"]
        assert not DISCORD.verify(delivery._replace(at=at + timedelta(hours=1)), keys)
