"""What is shown around a content: its neighbours, however long and often its author edited it."""

from __future__ import annotations

from services.moderation.store.conversation import AFTER, BEFORE, VERSIONS_MAX, Line, near

OTHERS = 2_000


def said(n: int, content: str | None = None, *, is_edit: bool = False) -> Line:
    return Line(content or f"c{n}", "telegram:1", None, f"text {n}", n, is_edit, event=f"e{n}")


def test_the_neighbours_of_a_content_are_shown() -> None:
    lines = [said(n) for n in range(100)]

    assert near(lines, "c50") == lines[50 - BEFORE : 50 + AFTER + 1]
    assert near(lines, "c2") == lines[: 2 + AFTER + 1]
    assert near(lines, "nowhere") == []


def test_an_edit_long_after_brings_its_neighbours_along_but_not_all_between() -> None:
    lines = [said(0, "mine"), *[said(n) for n in range(1, OTHERS)], said(OTHERS, "mine", is_edit=True)]

    assert near(lines, "mine") == [*lines[: AFTER + 1], *lines[-BEFORE - 1 :]]


def test_of_many_edits_the_last_ones_are_shown() -> None:
    lines = [line for n in range(OTHERS) for line in (said(2 * n, "mine", is_edit=n > 0), said(2 * n + 1))]

    shown = near(lines, "mine")

    assert len(shown) <= 2 * (BEFORE + 1 + AFTER) + VERSIONS_MAX
    assert shown[0] == lines[0]
    assert [line for line in shown if line.content == "mine"][-VERSIONS_MAX:] == lines[::2][-VERSIONS_MAX:]
