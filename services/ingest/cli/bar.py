"""The progress bar of an import: how far, how fast, how long still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text
from typing_extensions import override


class Rate(ProgressColumn):
    """Events a second."""

    @override
    def render(self, task: Task) -> Text:
        """Return the rate of the last half minute."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} events/s")


class Bar:
    """How far an import is, measured in records, which are counted beforehand; a record may give several events."""

    def __init__(self, progress: Progress, title: str, total: int) -> None:
        self._progress, self._task = progress, progress.add_task(title, total=total)

    def skip(self, events: int) -> None:
        """Begin behind so many events: they do not count as speed."""
        self._progress.reset(self._task, completed=events)

    def advance(self, events: int) -> None:
        """Go on."""
        self._progress.advance(self._task, events)

    def end(self) -> None:
        """Show that all is done."""
        done = self._progress.tasks[self._task].completed
        self._progress.update(self._task, total=done, completed=done)


@contextmanager
def bar(title: str, total: int) -> Iterator[Bar]:
    """Show a bar until the block ends."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Bar(progress, title, total)
