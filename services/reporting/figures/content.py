"""What members wrote, in all and by kind; bots and staff included, for it fills the community all the same."""

from __future__ import annotations

from services.reporting.figures.figure import CONTENTS, Count, Figure, Sums, counted
from shared.events.community import ContentCreated
from shared.said import Said

OTHER = "other"
"""The kind of what the platform does not tell the kind of."""

KINDS: dict[str, Said] = {
    "post": Said("Posts", "Посты"),
    "comment": Said("Comments", "Комментарии"),
    "message": Said("Messages", "Сообщения"),
    "question": Said("Questions", "Вопросы"),
    "answer": Said("Answers", "Ответы"),
    "review": Said("Reviews", "Отзывы"),
    OTHER: Said("Other", "Прочее"),
}

_COUNTS = {kind: Count(f"content_{kind}") for kind in KINDS}
NAMES = tuple(count.name for count in _COUNTS.values())


def count(event: ContentCreated) -> Count:
    """Count a content by its kind."""
    return _COUNTS[event.data.kind or OTHER]


def _all(sums: Sums) -> int:
    return sum(sums.counts.get(name, 0) for name in NAMES)


CONTENT = Figure(
    id="content",
    name=Said("Content", "Публикации"),
    definition=Said(
        "Everything that was written: posts, comments, messages, questions, answers, reviews. Edits do not count again.",
        "Всё написанное: посты, комментарии, сообщения, вопросы, ответы, отзывы. Правки не считаются заново.",
    ),
    unit=CONTENTS,
    compute=_all,
)


def _of_kind(kind: str, name: Said) -> Figure:
    return Figure(
        id=f"content_{kind}",
        name=name,
        definition=Said(f"Content of this kind: {name.en.lower()}.", f"Публикации вида «{name.ru.lower()}»."),
        unit=CONTENTS,
        compute=counted(f"content_{kind}"),
    )


BY_KIND = tuple(_of_kind(kind, name) for kind, name in KINDS.items())
