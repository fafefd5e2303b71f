"""The limits of the loop, each with its reason."""

from __future__ import annotations

RECORDS_MAX = 2_000
"""Records of a batch: larger ones gain under 5 % and delay the first record."""

AHEAD_MIN = 500
"""Records of a poll from which on the next batch is read and folded while this one is written: there is a backlog. Below,
what comes meanwhile goes into one batch, and is written sooner than in two that wait for each other."""

LINGER_S = 0.1
"""Rest between the small batches of a fold whose states only people look at: ten transactions a second, however few records
come, leave the processor to the folds that somebody waits for."""

ITEMS_MAX = 5_000
"""What the records of a batch tell, in all (the last one counts wholly): one record may tell several things, and each is an
output and an identity. Policies are read anew for each batch."""

STRIDE = 50
"""Items that are read or folded in one go, about 1 ms: then the batch before, which is being written, has its turn."""

BATCH_BYTES_MAX = 8_000_000
"""Input bytes of a batch: its writes must stay under MongoDB's 16 MB oplog entry."""

FOLD_S_MAX = 1.0
"""Folding holds the event loop, and heartbeats share it: a third of aiokafka's heartbeat interval."""

STATE_BYTES_MAX = 2_000_000
"""A state is rewritten whole; MongoDB's own end is 16 MB."""

CHUNK_BYTES_MAX = 700_000
"""An outbox document, and one produce request: below Kafka's 1 MiB with room for headers."""

DEAD_LETTERS_MAX = 1_000
"""Dead letters in one window of records: more is a bad deploy and not bad records."""

WINDOW_RECORDS = 100_000
"""Records over which dead letters are counted."""

CACHED_STATES = 15_000
"""States that a process keeps decoded for one group (up to twice that), shared out among all partitions of the topic.

An account takes 1 kB, and 2.4 kB more for a year of daily points by two rules: 100 MB where all have such a year, of
the 300 MB that a service may take.
"""

HALT_S = 30.0
"""Pause before a partition that stands still is tried again: its cause may be mended, or accepted by an operator."""

RETRY_S_FIRST = 0.1
RETRY_S_MAX = 5.0
"""Pause after a failed attempt: doubled from the first to the longest."""
