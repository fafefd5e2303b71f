"""An audit with entries that are withheld is verified as far as it is told."""

from __future__ import annotations

from typing import Any

import pytest

from services.moderation.cases.audit import Chain, linked, verified


def written(number: int = 3) -> tuple[list[dict[str, Any]], Chain]:
    chain, entries = Chain(), []
    for n in range(number):
        chain, entry = linked(chain, "acme", "c", n, "vera", {"case": f"c:{n}"})
        entries.append(entry)
    return entries, chain


def withheld(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("n", "prev", "hash")} | {"withheld": True}


def test_a_whole_record_is_as_written() -> None:
    assert verified(*written()) == (None, 0)


def test_a_withheld_entry_is_counted_and_breaks_nothing() -> None:
    entries, head = written()
    entries[1] = withheld(entries[1])

    assert verified(entries, head) == (None, 1)


@pytest.mark.parametrize("wrong", ["changed", "dropped", "after it changed", "cut off"])
def test_what_was_changed_dropped_or_cut_off_is_found_beside_it(wrong: str) -> None:
    entries, head = written()
    entries[1] = withheld(entries[1])
    match wrong:
        case "changed":
            entries[1]["hash"] = "0" * 64
        case "dropped":
            del entries[1]
        case "after it changed":
            entries[2]["by"] = "oleg"
        case _:
            entries.pop()

    broken, _ = verified(entries, head)

    assert broken is not None
