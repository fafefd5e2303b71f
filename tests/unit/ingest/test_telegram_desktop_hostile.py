"""Exports of Telegram Desktop that are broken, large, or none: what can be read is, and the rest is told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from services.ingest.importers.telegram_desktop.mended import Mended, mended
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated
from tests.unit.ingest import histories
from tests.unit.ingest.histories import WHERE, Json, broken, events
from tests.unit.ingest.telegram_desktop import ENTITIES, FORMAT, chat, export, noticed, read, said


def test_private_talks_alone_are_refused_and_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="no community"):
        read(tmp_path, said(text="a secret"), type="personal_chat")


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="choose JSON"):
        list(IMPORTERS[FORMAT].read(tmp_path, WHERE))


def test_rows_that_cannot_be_imported_are_set_aside_with_what_they_say(tmp_path: Path) -> None:
    bad = [
        {"id": 1, "type": "unsupported"},
        said(2, text=""),
        said(3, from_id="nobody"),
        said(4, date_unixtime="999999999999"),
        noticed("invite_members", 5, members=["Ivan", None]),
        said(6, date_unixtime=None, date="2026-02-30T00:00:00"),
    ]
    found = read(tmp_path, said(), *bad, said(8))

    assert [item.at for item in broken(found)] == [1, 2, 3, 4, 5, 6]
    assert [json.loads(item.raw) for item in broken(found)] == bad
    assert len(events(found)) == 2


def test_a_file_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    whole = json.dumps(chat(*(said(n) for n in range(100)))).encode()
    found = histories.read(FORMAT, export(tmp_path, whole[: len(whole) // 2]))

    assert 20 < len(events(found)) < 60
    assert "breaks off" in broken(found)[0].reason


def test_control_characters_are_read_as_telegram_desktop_writes_them(tmp_path: Path) -> None:
    whole = json.dumps(chat(said(text="a-b"))).replace("a-b", r"a\x0Bb \\x0B \u000b \\\x1F\n\x00").encode()
    (event,) = histories.read(FORMAT, export(tmp_path, whole))

    assert isinstance(event, ContentCreated)
    assert event.data.text == "a\x0bb \\x0B \x0b \\\x1f\n\x00"


@given(text=st.text(alphabet='\\x0Ba1"u\n', max_size=40), sizes=st.integers(1, 7))
def test_wherever_a_chunk_ends_a_stream_is_mended_as_a_whole(text: str, sizes: int) -> None:
    data = text.encode()
    stream = Mended(io.BytesIO(data))

    pieces = iter(lambda: stream.read(sizes), b"")

    assert b"".join(pieces) == mended(data)


@given(st.text(max_size=40))
def test_whatever_telegram_desktop_escapes_is_read_as_it_was(text: str) -> None:
    written = "".join(f"\\x{ord(c):02X}" if ord(c) < 32 and c not in "\n\r\t" else json.dumps(c)[1:-1] for c in text)

    assert json.loads(mended(f'"{written}"'.encode())) == text


def test_a_long_run_of_backslashes_takes_no_time() -> None:
    stream = Mended(io.BytesIO(b"\\" * 2_000_001 + b"x0B"))

    assert len(b"".join(iter(lambda: stream.read(1 << 16), b""))) == 2_000_001 + 5


WHOLE = {
    "chats": {
        "list": [
            chat(
                said(1, text=ENTITIES, edited="2026-01-01T04:00:00", reply_to_message_id=3),
                noticed("invite_members", 2, members=["Анна К."]),
                noticed("topic_created", 3),
                said(4, poll={"question": "a", "answers": [{"text": ["b", {"type": "bold", "text": "c"}]}]}),
                said(5, photo="a.jpg", photo_file_size=7, reactions=[{"type": "emoji", "count": 3, "emoji": "👍"}]),
            )
        ]
    }
}


@settings(deadline=None)
@given(histories.spoiled(WHOLE))
def test_a_spoiled_export_gives_events_and_broken_rows_and_never_raises(
    tmp_path_factory: pytest.TempPathFactory, whole: Json
) -> None:
    path = export(tmp_path_factory.mktemp("spoiled"), whole)

    try:
        found = list(IMPORTERS[FORMAT].read(path, WHERE))
    except Unprocessable:
        return

    assert all(isinstance(item, Broken | Envelope) for item in found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (2_000, 20_000):
        path = export(tmp_path, chat(*(said(n) for n in range(size))))
        peaks.append(histories.peak_mb(IMPORTERS[FORMAT].read(path, WHERE)))

    assert peaks[1] < 1.5 * peaks[0] + 1
