from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.ingest.cli.replaying import MENDED, SETTLED, Mender
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.rules.mending import Now, Told, deletions, edits, is_missing
from shared.clock import SetClock
from shared.events import Actor, Envelope, decode, encode
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


@pytest.mark.parametrize(
    ("fields", "is_looked_at"),
    [
        ({}, True),
        ({"connection": "another"}, False),
        ({"recordedtime": AT + timedelta(hours=1) - SETTLED + timedelta(seconds=1)}, False),
        ({"purpose": "unlisted"}, False),
        ({"headers": {MENDED: "1"}}, False),
    ],
)
def test_a_replay_looks_at_what_the_normaliser_has_had_the_time_to_tell(fields: dict[str, Any], is_looked_at: bool) -> None:  # noqa: FBT001 - a table
    mender = Mender("nowhere:1", SetClock(AT + timedelta(hours=1)), None)
    told_once: dict[str, Any] = {
        "body": b"{}",
        "brand": "acme",
        "connection": "hook",
        "community": PLACE,
        "recordedtime": AT,
    }
    record = to_record(Raw("vk", Payload(**(told_once | fields))))

    assert mender._is_of(FakeRecord("raw", 0, 0, 0, *record), "hook") is is_looked_at  # noqa: SLF001 - its one filter
