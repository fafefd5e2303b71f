"""A schedule as its document says it: what is wrong with one, and since when it runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, convert

from shared.documents.schedules import ReportSchedule
from shared.errors import Misplaced
from shared.policy import Version

KIND = "ReportSchedule"

NO_FOLDER = "no folder is set up for files: the operator names one by VECHE_REPORTS, or leave `folder` out"


def built(spec: Mapping[str, Any]) -> ReportSchedule:
    """Return the schedule of a stored version."""
    return convert(dict(spec), ReportSchedule)


def check(spec: Struct, *, has_folder: bool) -> None:
    """Raise Misplaced with all that the shape cannot tell, each with what to do."""
    assert isinstance(spec, ReportSchedule), "a document of ours"
    found = list(_wrong(spec, has_folder=has_folder))
    if found:
        raise Misplaced(str(found[0]), found[0].at, found[1:])


def _wrong(spec: ReportSchedule, *, has_folder: bool) -> Iterator[Misplaced]:
    if spec.weekday is not None and spec.every != "week":
        told = f"a report of every {spec.every} has no weekday: leave it out, or say `every: week`"
        yield Misplaced(told, "$.spec.weekday")
    if spec.day is not None and spec.every != "month":
        yield Misplaced(f"a report of every {spec.every} has no day: leave it out, or say `every: month`", "$.spec.day")
    if spec.folder and not has_folder:
        yield Misplaced(NO_FOLDER, "$.spec.folder")
    if not spec.folder and not spec.routes:
        yield Misplaced("say where it goes: `folder: true`, or `routes` of your Notify", "$.spec.routes")
    for name in ("communities", "languages", "formats", "routes"):
        yield from _twice(name, getattr(spec, name))


def _twice(name: str, told: Sequence[str]) -> Iterator[Misplaced]:
    for place, one in enumerate(told):
        if one in told[:place]:
            yield Misplaced(f"{one} is named twice", f"$.spec.{name}[{place}]")


def running_since(versions: Iterable[Version]) -> datetime | None:
    """Return since when a schedule has been there, and of the same periods; None where it was deleted.

    What was due before that is not made. Another hour, or another day of the week, begins nothing anew.
    """
    since, every = None, None
    for one in sorted(versions, key=lambda version: version.version):
        told = None if one.deleted else one.spec["every"]
        if told != every:
            since, every = one.effective, told
    return None if every is None else since
