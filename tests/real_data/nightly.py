"""`python -m tests.real_data.nightly` (`make nightly`): 20,000 changed payloads a connector, and docs/nightly.md about them.

Whatever is not handled, or breaks the contract, ends the run with the smallest payload that does it; nothing is written.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from shared.clock import SystemClock
from tests.real_data.fuzz import KINDS, Fuzzed, fuzz
from tests.real_data.platforms_page import table
from tests.real_data_gate import ROOT, RealDataSettings

PAGE = ROOT / "docs" / "nightly.md"
PROCESSES = 2

HEAD = """\
# The nightly run

Written by `make nightly`: real payloads, and our own cases, with values changed, moved, dropped or nested, and with bytes
changed, read as edge and normaliser read them. No case may end in an unhandled error, in an event that breaks the contract
or stands in another community than its part's key says, or in a refusal of a name that is not on the closed list. The normal
run changes 500 a connector.
"""


def page(found: Sequence[Fuzzed], commit: str, seconds: float) -> str:
    """Return the page."""
    said = (
        f"{SystemClock().now():%Y-%m-%d}, commit {commit}, {PROCESSES} processes, {seconds:.0f} s in all. No case failed.\n"
    )
    head = ("connector", "cases", "events", "answered 400", "dead letters", "refused", "seconds")
    return "\n".join((HEAD, said, table(head, map(_row, found))))


def _row(one: Fuzzed) -> Sequence[str]:
    rest = dict(one.outcomes)
    apart = [rest.pop("answered 400", 0), rest.pop("unprocessable", 0)]
    refused = ", ".join(f"{reason} {n:,}" for reason, n in sorted(rest.items()))
    return (one.platform, f"{one.cases:,}", f"{one.events:,}", *(f"{n:,}" for n in apart), refused, f"{one.seconds:.0f}")


def _git(*words: str) -> str:
    return subprocess.run(("git", *words), cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607


def main(data: Path) -> None:
    """Fuzz every connector and write the page."""
    commit = _git("rev-parse", "--short=12", "HEAD") + (" and changes" if _git("status", "--porcelain", "-uno") else "")
    began = time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = list(pool.map(partial(fuzz, data, profile="nightly"), KINDS))
    PAGE.write_text(page(found, commit, time.monotonic() - began), encoding="utf-8")


if __name__ == "__main__":
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        sys.exit(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    main(folder)
