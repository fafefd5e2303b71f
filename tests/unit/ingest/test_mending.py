from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typing_extensions import override

from services.ingest.cli.replaying import BATCH, MENDED, SETTLED, Mender, lines
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, key_of, to_record
from services.ingest.importers.importer import Broken, Importer, Where
from services.ingest.rules.mending import Now, Told, deletions, edits, is_missing
from shared.bus.partition import partition_for
from shared.bus.record import Outgoing
from shared.clock import SetClock
from shared.events import Actor, Envelope, decode, encode
from shared.events.community import ContentDeleted
from shared.topics import EVENTS, PARTITIONS, RAW
from tests.builders import (
    AT,
    CONTENT,
    PLACE,
    content_created,
    content_deleted,
    content_edited,
    content_restored,
    reaction_added,
)
from tests.fakes import FakeRecord


def told(*events: Envelope) -> Told:
    found = Told()
    for event in events:
        found.add(event)
    return found


def now(*events: Envelope) -> Now:
    found = Now()
    for event in events:
        found.add(event)
    return found


def test_a_content_that_reads_differently_now_is_told_as_an_edit() -> None:
    before, after = content_created(text="[id1|Анна], hi"), content_created(text="Анна, hi")

    (edit,) = edits(told(before), now(after))

    assert decode(encode(edit)) == edit
    assert (edit.data.text, edit.data.content_id, edit.imported) == ("Анна, hi", CONTENT, True)
    assert edit.data.edition == int(AT.timestamp()), "an edit of the member's own, later, is newer"


def test_what_the_normaliser_added_is_no_difference() -> None:
    sent = content_created(text="/rank")
    added = replace(
        sent, data=replace(sent.data, actor=Actor(id="telegram:42", name="Anna B.", role="staff"), command="rank")
    )

    assert list(edits(told(added), now(sent))) == []


def test_of_each_content_the_last_version_counts() -> None:
    first, second = content_created(text="one"), content_edited(text="two", edition=7)

    assert list(edits(told(first, second), now(content_created(text="uno"), second))) == []
    (edit,) = edits(told(first, second), now(first, content_edited(text="due", edition=7)))
    assert (edit.data.text, edit.data.edition) == ("due", 7)


def test_what_is_gone_stays_gone_unless_it_came_back() -> None:
    before, after = content_created(text="one"), content_created(text="uno")

    assert list(edits(told(before, content_deleted()), now(after))) == []
    assert len(list(edits(told(before, content_deleted(), content_restored()), now(after)))) == 1


def test_a_content_that_was_never_told_is_missing_and_no_edit() -> None:
    event = content_created()

    assert list(edits(told(), now(event))) == []
    assert is_missing(told(), [event])
    assert not is_missing(told(event), [event])
    assert is_missing(told(event), [event, reaction_added()])


TEXTS = st.lists(st.tuples(st.integers(0, 5), st.text(max_size=3)), max_size=12)


def versions(texts: Iterable[tuple[int, str]]) -> list[Envelope]:
    return [content_edited(content_id=f"{PLACE}:{n}", text=text or None) for n, text in texts]


@given(TEXTS, TEXTS)
def test_to_mend_twice_changes_nothing(before: list[tuple[int, str]], after: list[tuple[int, str]]) -> None:
    first = list(edits(told(*versions(before)), now(*versions(after))))

    assert list(edits(told(*versions(before), *first), now(*versions(after)))) == []
    assert len({edit.id for edit in first}) == len({edit.data.content_id for edit in first}) == len(first)


def written(number: int, hour: int, **fields: object) -> Envelope:
    return content_created(content_id=f"{PLACE}:{number}", time=AT + timedelta(hours=hour), channel="c", **fields)


def test_what_an_export_of_its_time_and_channel_does_not_hold_was_deleted() -> None:
    before = told(
        written(1, 1), written(2, 2), written(3, 3), written(0, -9), written(9, 9), content_deleted(content_id="x")
    )
    elsewhere = content_created(content_id=f"{PLACE}:8", time=AT + timedelta(hours=2), channel="another")
    before.add(elsewhere)
    export = now(written(1, 1), written(3, 3))

    (gone,) = deletions(before, export, written(1, 1))

    assert decode(encode(gone)) == gone
    assert (gone.data.content_id, gone.time) == (f"{PLACE}:2", AT + timedelta(hours=3))


def test_a_sweep_done_twice_deletes_once_and_an_export_of_nothing_deletes_nothing() -> None:
    before, export = told(written(1, 1), written(2, 2), written(3, 3)), now(written(1, 1), written(3, 3))
    for gone in deletions(before, export, written(1, 1)):
        before.add(gone)

    assert list(deletions(before, export, written(1, 1))) == []
    assert list(deletions(before, now(), written(1, 1))) == []


def test_an_edit_or_a_deletion_in_a_community_of_others_stays_one_of_others() -> None:
    theirs = replace(content_created(text="two"), purpose="competitor")
    before = told(replace(written(1, 1), purpose="competitor"), written(2, 2), replace(written(3, 3), purpose="competitor"))

    (edit,) = edits(told(content_created(text="one")), now(theirs))
    (gone,) = deletions(before, now(written(1, 1), written(3, 3)), theirs)

    assert (edit.purpose, gone.purpose, before.purpose) == ("competitor",) * 3


def test_a_content_whose_writing_is_not_known_is_not_said_to_be_deleted() -> None:
    edited = content_edited(content_id=f"{PLACE}:2", time=AT + timedelta(hours=2), channel="c")

    assert list(deletions(told(edited), now(written(1, 1), written(3, 3)), written(1, 1))) == []


def test_what_its_member_edited_since_is_newer_than_an_export() -> None:
    since = content_edited(text="new", edition=int(AT.timestamp()) + 60)

    assert list(edits(told(content_created(text="old"), since), now(content_created(text="old")))) == []


def test_a_change_there_and_back_again_is_told_each_time() -> None:
    a, b = content_created(text="a"), content_created(text="b")
    (first,) = edits(told(a), now(b))
    (back,) = edits(told(a, first), now(a))
    (again,) = edits(told(a, first, back), now(b))

    assert len({first.id, back.id, again.id}) == 3
    assert again.data.text == "b"


PARTITION = partition_for(key_of("acme", PLACE).encode(), PARTITIONS)
WHERE = Where(brand="acme", recordedtime=AT)


class Export(Importer):
    """An export that holds these events."""

    format = "events"

    def __init__(self, events: Sequence[Envelope]) -> None:
        self._events = events

    @override
    def count(self, path: Path) -> int:
        return len(self._events)

    @override
    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        return iter(self._events)


class Bus:
    """Topics in memory: what is in the community's partition, and what is sent."""

    def __init__(self, told: Iterable[Envelope] = (), raws: Iterable[Payload] = ()) -> None:
        sent = [to_record(Raw("events", payload)) for payload in raws]
        self._logs = {
            EVENTS.name: [FakeRecord(EVENTS.name, 0, n, 0, b"k", encode(event), ()) for n, event in enumerate(told)],
            RAW.name: [FakeRecord(RAW.name, 0, n, 0, one.key, one.value, one.headers) for n, one in enumerate(sent)],
        }
        self.sent: list[Outgoing] = []

    async def read(self, topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncIterator[FakeRecord]:
        del since_ms
        for record in self._logs[topic] if PARTITION in partitions else ():
            yield record

    async def send_all(self, topic: str, records: Sequence[Outgoing]) -> None:
        assert topic == RAW.name
        self.sent += records

    def mender(self) -> Mender:
        return Mender(self.read, SetClock(AT + timedelta(hours=1)), self)


def came(event: Envelope, **fields: Any) -> Payload:  # noqa: ANN401 - fields
    stamp: dict[str, Any] = {"brand": "acme", "connection": "hook", "community": PLACE, "recordedtime": AT}
    return Payload(body=encode(event), **(stamp | fields))


@pytest.mark.parametrize(
    ("fields", "read", "young"),
    [
        ({}, 1, 0),
        ({"connection": "another"}, 0, 0),
        ({"recordedtime": AT + timedelta(hours=1) - SETTLED}, 0, 1),
        ({"purpose": "unlisted"}, 0, 0),
        ({"headers": {MENDED: "1"}}, 0, 0),
    ],
)
async def test_a_replay_looks_at_what_the_normaliser_has_had_the_time_to_tell(
    fields: dict[str, Any], read: int, young: int
) -> None:
    bus = Bus(raws=[came(content_created(), **fields)])

    found = await bus.mender().replay("hook", None)

    assert (found.read, found.young, found.missing, len(bus.sent)) == (read, young, read, read)
    assert ("nothing was there" in " ".join(lines(found, dry=False))) is (not read and not young)


async def test_what_another_brand_was_told_of_the_same_community_is_not_what_this_one_was_told() -> None:
    event = content_created()
    bus = Bus(told=[replace(event, brand="another", purpose="competitor")], raws=[came(event)])

    found = await bus.mender().replay("hook", None)

    assert (found.missing, found.as_told) == (1, 0)


async def test_a_replay_takes_the_first_of_an_id_as_the_normaliser_did() -> None:
    first = content_created(text="as it was")
    again = replace(first, data=replace(first.data, text="sent once more, with another text"))
    bus = Bus(told=[first], raws=[came(first), came(again)])

    found = await bus.mender().replay("hook", None)

    assert (found.as_told, found.edited, bus.sent) == (2, 0, [])


async def test_however_much_was_never_told_it_is_given_back_in_order_as_history() -> None:
    events = [content_created(id=f"e{n}", content_id=f"{PLACE}:{n}") for n in range(2 * BATCH + 1)]
    bus = Bus(raws=[came(event) for event in events])

    await bus.mender().replay("hook", None)

    assert [record.value for record in bus.sent] == [encode(event) for event in events]
    assert all(dict(record.headers)["imported"] == b"1" for record in bus.sent)


async def test_a_sweep_tells_deletions_as_the_brand_was_told_the_community_is(tmp_path: Path) -> None:
    ours = [content_created(id=f"e{n}", content_id=f"{PLACE}:{n}", time=AT + timedelta(minutes=n)) for n in range(7)]
    theirs = [replace(event, brand="another", purpose="competitor") for event in ours]
    bus = Bus(told=[*ours, *theirs])

    found = await bus.mender().reconcile(Export([ours[0], *ours[2:]]), tmp_path, WHERE, whole=False)

    assert (found.deleted, found.edited) == (1, 0)
    (deletion,) = [decode(record.value) for record in bus.sent]
    assert isinstance(deletion, ContentDeleted)
    assert (deletion.subject, deletion.purpose) == (f"{PLACE}:1", None)
