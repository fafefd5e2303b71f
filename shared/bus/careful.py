"""Reading around a record that the Kafka client cannot decode.

aiokafka decodes the names of headers as UTF-8 before anybody sees the record, and raises out of `getmany` without saying
where. Read one record of each partition at a time, the culprit is the one at the position of the partition that raised.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.bus.record import Record, Unreadable

REASON = "the name of a header is not UTF-8, so the client cannot read the record; it stays in the log at its coordinates"


async def one_of_each(consumer: AIOKafkaConsumer) -> Sequence[Record]:
    """Return the next record of each partition that has one fetched; one that cannot be decoded as Unreadable."""
    found: list[Record] = []
    for place in sorted(consumer.assignment()):
        try:
            found += (await consumer.getmany(place, max_records=1)).get(place, ())
        except UnicodeDecodeError:
            offset = await consumer.position(place)
            consumer.seek(place, offset + 1)
            found.append(Unreadable(place.topic, place.partition, offset, REASON))
        except KafkaError:
            if not found:
                raise
            break  # what is in hand would be lost; the error comes again
    return found
