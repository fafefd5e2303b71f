"""Dead letters: what could not be processed, with its reason and its coordinates, as an output like others.

Kafka headers of a dead letter, beside the headers of the original (prefixed `original-`):

    reason       why, for a person; quotes no member's text
    coordinates  topic/partition@offset of the original
    group        who could not process it

A letter given back goes to `<group>.retry` with `retry-of: coordinates`, to the partition it came from, and with
`retry-epoch`: a life that begins anew folds the original in its place, and must not fold it here once more.
"""

from __future__ import annotations

from collections.abc import Iterator

from shared.bus.record import RECORD_BYTES_MAX, Outgoing, Record, header
from shared.fold.draft import Sent
from shared.fold.progress import ORIGIN, origin_of
from shared.topics import dead_letters

REASON = "reason"
COORDINATES = "coordinates"
GROUP = "group"
ORIGINAL = "original-"
RETRY_OF = "retry-of"
RETRY_EPOCH = "retry-epoch"
NOT_CARRIED = frozenset({ORIGIN, RETRY_OF, RETRY_EPOCH})

REASON_CHARS_MAX = 500
"""A reason is one sentence."""

HEADERS_BYTES_MAX = 64_000
"""Of the original, in the order they came; those beyond are left out, for a letter that cannot be sent would stop all."""

KEY_BYTES_MAX = 10_000
"""A letter names its partition, so a key that is cut sends nothing elsewhere."""


def coordinates(record: Record) -> str:
    """Return topic/partition@offset."""
    return f"{record.topic}/{record.partition}@{record.offset}"


def first_topic(record: Record) -> str:
    """Return the topic of the first try: a dead letter that is given back is what it was."""
    first = header(record, RETRY_OF)
    return record.topic if first is None else first.decode("utf-8", "replace").partition("/")[0]


def retried(record: Record) -> str | None:
    """Return the coordinates of the first try, for a dead letter that is given back."""
    first = header(record, RETRY_OF)
    return None if first is None else f"retry:{first.decode('utf-8', 'replace')}"


def epoch_of_retry(record: Record) -> str | None:
    """Return the life of the partition that could not process the record, for a dead letter that is given back."""
    epoch = header(record, RETRY_EPOCH)
    return None if epoch is None else epoch.decode("utf-8", "replace")


def dead_letter(group: str, q: int, record: Record, reason: str) -> Sent:
    """Return the dead letter of a record. Its coordinates stay those of the first try."""
    first = header(record, RETRY_OF)
    headers = [
        (REASON, reason[:REASON_CHARS_MAX].encode("utf-8", "replace")),
        (COORDINATES, (first or coordinates(record).encode())[:KEY_BYTES_MAX]),
        (GROUP, group.encode()),
        *_originals(record),
    ]
    value = (record.value or b"")[:RECORD_BYTES_MAX]
    return Sent(dead_letters(group).name, q, (record.key or b"")[:KEY_BYTES_MAX], value, tuple(headers))


def _originals(record: Record) -> Iterator[tuple[str, bytes]]:
    room = HEADERS_BYTES_MAX
    for key, value in record.headers:
        if key in NOT_CARRIED or value is None:
            continue
        room -= len(key.encode()) + len(value)
        if room < 0:
            return
        yield ORIGINAL + key, value


def retry(letter: Record) -> Outgoing:
    """Return the record that gives a dead letter back to its group."""
    headers = [(key.removeprefix(ORIGINAL), value) for key, value in letter.headers if key.startswith(ORIGINAL)]
    headers.append((RETRY_OF, header(letter, COORDINATES) or b""))
    origin = origin_of(letter)
    if origin is not None:
        headers.append((RETRY_EPOCH, origin.epoch.encode()))
    return Outgoing(letter.key or b"", letter.value or b"", tuple(headers))
