"""`python -m tests.real_data.crisis_quality` (`make crisis`): docs/crisis-quality.md, in about a minute."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import NamedTuple

from services.reporting.rules.recent import FORGOTTEN_S, HOUR_S, NOBODY, heard
from services.reporting.rules.watch import PEOPLE_MIN
from tests.real_data.ideal_watch import ideal_delay_h
from tests.real_data.planting import (
    DAY_S,
    MONTH_S,
    Bar,
    Detector,
    History,
    Measured,
    Surge,
    Watching,
    false_a_month,
    fixed,
    history,
    measured,
    planted,
    usual,
    z_score,
)
from tests.real_data.platforms_page import table
from tests.real_data_gate import ROOT, RealDataSettings

PAGE = ROOT / "docs" / "crisis-quality.md"
MEASURED = "<!-- Measured: everything below is written by `make crisis`. -->\n"

SEED = 20261122
EXPORTS: Mapping[str, str] = {"stackexchange": "stackexchange_quantumcomputing", "slack": "slack_houstondatavis"}

SIZE, HOURS = 4.0, 3.0
"""Of the surge that is promised to be found."""
SURGES = 300
SIZES: Sequence[float] = (2, 3, 4, 8, 16, 32)
DURATIONS_H: Sequence[float] = (1, 3, 6, 12)
EACH = 50
"""Surges of each size and duration."""
FOUND_MIN, DELAY_H_MAX, FALSE_MAX = 0.9, 1.0, 1.0
"""What is promised."""
TIMES_OF_DAY = ((0, 6), (6, 12), (12, 18), (18, 24))


class Beside(NamedTuple):
    """A detector in the table, with its false alarms a month."""

    name: str
    false_even: float
    false_odd: float
    even: Measured
    odd: Measured


def stackexchange(real_data: Path, wanted: str = "") -> History:
    """Return the history that is measured on."""
    return history("stackexchange", real_data / "exports" / EXPORTS["stackexchange"], wanted)


def slack(real_data: Path) -> History:
    """Return the history of a quiet community."""
    return history("slack", real_data / "exports" / EXPORTS["slack"])


def surges(past: History, size: float, hours: float, n: int, *, even: bool, each: float = 1.0) -> Sequence[Surge]:
    """Return planted surges, always the same ones."""
    rnd = Random(f"{SEED} {size} {hours} {even} {each}")
    return [planted(past, rnd, size, hours, even=even, each=each) for _ in range(n)]


def beside(past: History) -> Sequence[Beside]:
    """Return the watch beside simple bars, each as low as it can be without more false alarms in the even weeks."""
    watching = Watching(past)
    allowed = false_a_month(watching, past, even=True)
    bars: Mapping[str, Iterable[Callable[[], Bar]]] = {
        "a fixed number of contents in an hour": [partial(fixed, 1, n) for n in range(1, 40)],
        "a fixed number of contents in 3 hours": [partial(fixed, 3, n) for n in range(1, 80)],
        "z-score of an hour's contents": [partial(z_score, past, 1, n / 4) for n in range(4, 60)],
        "z-score of 3 hours' contents": [partial(z_score, past, 3, n / 4) for n in range(4, 60)],
    }
    rows: list[tuple[str, Detector]] = [("the watch of reporting", watching)]
    for name, ways in bars.items():
        made = (way() for way in ways)
        rows.append((name, next(one for one in made if false_a_month(one, past, even=True) <= allowed)))
    return [_beside(name, one, past) for name, one in rows]


def _beside(name: str, one: Detector, past: History) -> Beside:
    even, odd = (measured(one, past, surges(past, SIZE, HOURS, SURGES, even=even)) for even in (True, False))
    return Beside(name, false_a_month(one, past, even=True), false_a_month(one, past, even=False), even, odd)


def _cells(one: Measured) -> tuple[str, str]:
    return f"{one.found:.0%}", "-" if one.delay_h is None else f"{one.delay_h:.2f}"


def compared(rows: Sequence[Beside]) -> str:
    """Return the table of detectors."""
    head = ("detector", "false alarms, even weeks", "odd weeks", "found, even", "delay, h", "found, odd", "delay, h")
    false = [(f"{one.false_even:.2f}", f"{one.false_odd:.2f}") for one in rows]
    cells = [(one.name, *two, *_cells(one.even), *_cells(one.odd)) for one, two in zip(rows, false, strict=True)]
    return table(head, cells)


def by_size(past: History, watching: Watching) -> str:
    """Return the table of sizes and durations: the share found, and the median delay in hours."""
    rows = []
    for size in SIZES:
        found = [measured(watching, past, surges(past, size, hours, EACH, even=False)) for hours in DURATIONS_H]
        rows.append((f"{size:g} times the usual", *(" after ".join(_cells(one)) for one in found)))
    strong = [
        one
        for size in SIZES
        for hours in DURATIONS_H
        if size >= SIZE and hours >= HOURS
        for one in surges(past, size, hours, EACH, even=False)
    ]
    share, delay = _cells(measured(watching, past, strong))
    together = f"\nThose of {SIZE:g} times and more over {HOURS:g} h and more together: {share} found, after {delay} h.\n"
    return table(("added", *(f"over {hours:g} h" for hours in DURATIONS_H)), rows) + together


def by_time(past: History, watching: Watching) -> str:
    """Return the table of times of day, and of members who write more than once."""
    planted = [*surges(past, SIZE, HOURS, SURGES, even=True), *surges(past, SIZE, HOURS, SURGES, even=False)]
    rows = []
    for since, until in TIMES_OF_DAY:
        some = [one for one in planted if since <= one.begin % DAY_S // HOUR_S < until]
        rows.append((f"{since:02}:00 to {until:02}:00 UTC", len(some), *_cells(measured(watching, past, some))))
    for each in (1.9, 3.0):
        talkative = surges(past, SIZE, HOURS, SURGES, even=False, each=each)
        rows.append((f"each member writes {each:g} times", SURGES, *_cells(measured(watching, past, talkative))))
    return table(("surges of four times the usual over 3 h", "planted", "found", "delay, h"), rows)


def by_stream(real_data: Path) -> str:
    """Return the table of streams of all kinds of rates: what is false, and whether the bar can be asked for at all."""
    streams = {
        "Stack Exchange, all contents": stackexchange(real_data),
        "Stack Exchange, questions and answers": stackexchange(real_data, "p"),
        "Stack Exchange, comments": stackexchange(real_data, "c"),
        "Slack, all contents": slack(real_data),
    }
    head = ("stream", "contents an hour", "months", "false alarms a month", "4 times: people", "found", "32 times: found")
    return table((*head, "months with enough"), [(name, *_stream(past)) for name, past in streams.items()])


def _stream(past: History) -> Sequence[str]:
    watching = Watching(past)
    hours = (past.signs[-1][0] - past.signs[0][0]) / HOUR_S
    an_hour = len(past.signs) / hours
    found = (measured(watching, past, surges(past, size, HOURS, SURGES // 2, even=False)).found for size in (SIZE, 32))
    months = [past.begin + MONTH_S * n for n in range(1, int(past.months()) + 1)]
    enough = sum(SIZE * HOURS * usual(past, month) >= PEOPLE_MIN for month in months)
    return (
        f"{an_hour:.2f}",
        f"{past.months():.1f}",
        f"{false_a_month(watching, past):.2f}",
        f"{SIZE * HOURS * an_hour:.1f}",
        *(f"{one:.0%}" for one in found),
        f"{enough} of {len(months)}",
    )


def ideal(past: History) -> str:
    """Return a sentence on what could be reached at best."""
    hours = (past.signs[-1][0] - past.signs[0][0]) / HOUR_S
    recent = NOBODY
    people = 0
    for second, member in past.signs:
        recent, is_new = heard(recent, member, second)
        people += is_new
    delay = ideal_delay_h(people / hours, SIZE * len(past.signs) / hours, HOURS, 1.0, Random(SEED))
    return (
        f"At best: were people independent of each other ({people / hours:.2f} of them an hour, each once in "
        f"{FORGOTTEN_S // HOUR_S} hours), and all known but when the surge begins, the median delay at one false alarm a "
        f"month would be {delay:.2f} h.\n"
    )


def pace(past: History) -> str:
    """Return a sentence on what a sign costs."""
    began = perf_counter()
    Watching(past)
    took = perf_counter() - began
    sign_us = took / len(past.signs) * 1e6
    return f"Watching cost {sign_us:.0f} µs a sign on the machine this was written on, idle hours included.\n"


def page(real_data: Path) -> str:
    """Return what is measured, as the second half of the page."""
    past = stackexchange(real_data)
    watching = Watching(past)
    rows = beside(past)
    return "\n".join(
        (
            f"## Surges of four times the usual over three hours, {SURGES} in the even weeks and {SURGES} in the odd ones\n",
            compared(rows),
            f"Promised: {FOUND_MIN:.0%} found, {FALSE_MAX:g} false alarm a month, {DELAY_H_MAX:g} h.\n",
            ideal(past),
            f"## By size and duration, {EACH} surges each, in the odd weeks\n",
            by_size(past, watching),
            "## By time of day, and when members write more than once\n",
            by_time(past, watching),
            "## Other streams: how many people four times the usual are, and whether that can be seen\n",
            by_stream(real_data),
            pace(past),
        )
    )


def rows_of(name: str) -> Sequence[str]:
    """Return the cells after the first of a row of the committed page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|"))
    return next(row for first, *row in cells if first == name)


def main(real_data: Path) -> None:
    """Measure everything and write it below what people wrote."""
    written, _, _ = PAGE.read_text(encoding="utf-8").partition(MEASURED)
    PAGE.write_text(written + MEASURED + "\n" + page(real_data), encoding="utf-8")


if __name__ == "__main__":
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        sys.exit(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    main(folder)
