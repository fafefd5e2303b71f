"""One way back in time: what a mended connector reads in raw records, and what an export no longer holds, is told once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from services.ingest import handlers
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.connectors.vk import Vk
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.events import decode
from shared.topics import EVENTS, RAW
from tests import builders
from tests.integration.edge import records_of
from tests.integration.services import eventually
from tests.integration.test_bad_input import own_parts, running, veche
from tests.parts import Addresses, StackFactory
from tests.unit.ingest import vk_callbacks

GROUP = f"vk:{vk_callbacks.GROUP}"
CHAT = "telegram:-1001234567890"


class BrokenVk(Vk):
    """A connector with two bugs: it loses what posts say, and does not know comments."""

    @override
    def decode(self, payload: Payload) -> Decoded:
        if b"wall_reply_new" in payload.body:
            return refused(Reason.UNKNOWN_KIND, "unknown")
        return super().decode(Payload(**fields(payload) | {"body": payload.body.replace("Новинка".encode(), b"?")}))


def fields(payload: Payload) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in payload.__struct_fields__}


def raw(platform: str, community: str, body: object, connection: str = "hook") -> Outgoing:
    payload = Payload(
        body=json.dumps(body, ensure_ascii=False).encode(),
        brand="acme",
        connection=connection,
        community=community,
        recordedtime=builders.RECORDED,
    )
    return to_record(Raw(platform, payload))


async def send(parts: Addresses, *records: Outgoing) -> None:
    publisher = Publisher(parts.kafka)
    await publisher.start()
    await publisher.send_all(RAW.name, records)
    await publisher.stop()


async def events(parts: Addresses) -> list[Any]:
    return [decode(record.value or b"") for record in await records_of(parts.kafka, EVENTS.name)]


def types(found: list[Any]) -> list[str]:
    return [type(event).__name__ for event in found]


@pytest.mark.timeout(150)
async def test_what_a_mended_connector_reads_is_told_as_edits_and_as_history(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = await own_parts(own_stack)
    broken: dict[str, Connector] = {**CONNECTORS, "vk": BrokenVk()}
    with monkeypatch.context() as patched:
        patched.setattr(handlers, "CONNECTORS", broken)
        async with running(parts):
            comment = vk_callbacks.told("wall_reply_new", vk_callbacks.comment(**vk_callbacks.ON_WALL))
            post = vk_callbacks.told("wall_post_new", vk_callbacks.post())
            like = vk_callbacks.told("like_add", vk_callbacks.liked())
            await send(parts, *(raw("vk", GROUP, body) for body in (post, comment, like)))
            await send(parts, raw("vk", GROUP, comment, "another"))
            before = await eventually(lambda: events(parts), lambda found: len(found) == 2)

    counted = await veche(parts, "ingest", "replay", "--connection", "hook", "--dry-run")
    async with running(parts):
        untouched = await events(parts)
        said = await veche(parts, "ingest", "replay", "--connection", "hook", "--since", "2026-03-01")
        after = await eventually(lambda: events(parts), lambda found: len(found) == 4)
        again = await veche(parts, "ingest", "replay", "--connection", "hook")
        later = await veche(parts, "ingest", "replay", "--connection", "hook", "--since", "2999-01-01")

    assert types(before) == types(untouched) == ["ContentCreated", "ReactionAdded"]
    assert before[0].data.text == "?"
    assert "1 tell what was never told: they would be given" in counted
    assert "1 contents read differently now" in said
    mended = {type(event).__name__: event for event in after[2:]}
    assert mended["ContentEdited"].data.text == "Новинка"
    assert mended["ContentEdited"].data.content_id == before[0].data.content_id
    assert mended["ContentCreated"].data.kind == "comment"
    assert all(event.imported for event in after[2:]), "nobody is punished for what was said days ago"
    assert "0 tell what was never told" in again
    assert "0 contents read differently now" in again
    assert "0 read" in later


def message(number: int, text: str) -> dict[str, Any]:
    who = {"id": 42, "first_name": "Анна", "is_bot": False}
    chat = {"id": -1001234567890, "type": "supergroup", "title": "Склад"}
    said = {"message_id": number, "date": 1_767_225_600 + number * 60, "chat": chat, "from": who, "text": text}
    return {"update_id": number, "message": said}


def exported(number: int, text: str) -> dict[str, Any]:
    at = str(1_767_225_600 + number * 60)
    return {"id": number, "type": "message", "date_unixtime": at, "from": "Анна", "from_id": "user42", "text": text}


@pytest.mark.timeout(150)
async def test_a_sweep_over_an_export_finds_what_telegram_does_not_tell(own_stack: StackFactory, tmp_path: Path) -> None:
    parts = await own_parts(own_stack)
    rows = [exported(number, f"text {number}" if number != 3 else "text three") for number in range(1, 11) if number != 5]
    chat = {"name": "Склад", "type": "private_supergroup", "id": 1234567890, "messages": rows}
    (tmp_path / "result.json").write_text(json.dumps(chat, ensure_ascii=False))
    few = tmp_path / "few" / "result.json"
    few.parent.mkdir()
    few.write_text(json.dumps(chat | {"messages": [rows[0], rows[-1]]}, ensure_ascii=False))
    words = ("ingest", "reconcile", "--brand", "acme", "--from", "telegram-desktop")

    async with running(parts):
        await send(parts, *(raw("telegram", CHAT, message(number, f"text {number}")) for number in range(1, 12)))
        await eventually(lambda: events(parts), lambda found: len(found) == 11)
        said = await veche(parts, *words, str(tmp_path))
        found = await eventually(lambda: events(parts), lambda found: len(found) == 13)
        again = await veche(parts, *words, str(tmp_path))
        with pytest.raises(AssertionError, match="--whole"):
            await veche(parts, *words, str(few.parent))

    assert "1 contents read differently" in said
    assert "1 contents are gone" in said
    edit, deletion = sorted(found[11:], key=lambda event: type(event).__name__, reverse=True)
    assert (edit.data.text, edit.data.content_id) == ("text three", f"{CHAT}:3")
    assert deletion.data.content_id == f"{CHAT}:5"
    assert deletion.data.content_author == "telegram:42"
    assert "0 contents read differently" in again
    assert "0 contents are gone" in again
