"""What was written, in all, by kind, by format; bots and staff included, for it fills the community all the same."""

from __future__ import annotations

from functools import cache

from services.reporting.figures.figure import CONTENTS, Counts, Figure, counted
from shared.events.community import Content
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
FORMATS: dict[str, Said] = {
    "text": Said("Texts", "Тексты"),
    "photo": Said("Photos", "Фото"),
    "video": Said("Videos", "Видео"),
    "audio": Said("Audio", "Аудио"),
    "link": Said("Links", "Ссылки"),
    "poll": Said("Polls", "Опросы"),
    "file": Said("Files", "Файлы"),
}

POSTS_COUNT = "posts"
"""The brand's own; read of their states, not counted by the hour, for one may go and come back."""

BY_KIND_NAMES = tuple(f"content_{kind}" for kind in KINDS)
BY_FORMAT_NAMES = tuple(f"format_{format_}" for format_ in FORMATS)
REPLIES_COUNT, STAFF_COUNT = "replies", "content_staff"
NAMES = (*BY_KIND_NAMES, *BY_FORMAT_NAMES, REPLIES_COUNT, STAFF_COUNT)


def counts(content: Content, language: str | None = None) -> Counts:
    """Return what a content counts for; `language` is that of a member's."""
    is_reply = (content.parent or content.question) is not None
    is_staff = content.actor is not None and content.actor.role in {"staff", "community"}
    return _counts(content.kind or OTHER, content.format, language, is_reply, is_staff)


@cache
def _counts(kind: str, format_: str | None, language: str | None, is_reply: bool, is_staff: bool) -> Counts:  # noqa: FBT001 - so it is quicker
    names = [f"content_{kind}"]
    names += [f"format_{format_}"] if format_ is not None else []
    names += [f"language_{language}"] if language is not None else []
    names += [REPLIES_COUNT] * is_reply + [STAFF_COUNT] * is_staff
    return tuple((name, 1) for name in names)


CONTENT = Figure(
    id="content",
    name=Said("Content", "Публикации"),
    definition=Said(
        "Everything that was written: posts, comments, messages, questions, answers, reviews. Edits do not count again.",
        "Всё написанное: посты, комментарии, сообщения, вопросы, ответы, отзывы. Правки не считаются заново.",
    ),
    unit=CONTENTS,
    compute=counted(*BY_KIND_NAMES),
)
REPLIES = Figure(
    id=REPLIES_COUNT,
    name=Said("Replies", "Отклики"),
    definition=Said(
        "Content that answers another one: comments, answers, messages in reply or in a thread.",
        "Публикации в ответ на другие: комментарии, ответы, сообщения-ответы и сообщения в ветках.",
    ),
    unit=CONTENTS,
    compute=counted(REPLIES_COUNT),
)
BY_STAFF = Figure(
    id=STAFF_COUNT,
    name=Said("Content of the brand", "Публикации бренда"),
    definition=Said(
        "Content of the brand's own people (kind Staff) and of the communities themselves.",
        "Публикации сотрудников бренда (документ Staff) и от имени самих сообществ.",
    ),
    unit=CONTENTS,
    compute=counted(STAFF_COUNT),
)


POSTS = Figure(
    id=POSTS_COUNT,
    name=Said("Posts of the brand's own", "Посты бренда"),
    definition=Said(
        "Posts and messages of the brand's own people (kind Staff) and of the communities themselves that answer nobody, in "
        "the brand's own communities. Those that are deleted or were taken away do not count.",
        "Посты и сообщения сотрудников бренда (документ Staff) и от имени самих сообществ, которые никому не отвечают, в "
        "собственных сообществах бренда. Удалённые и снятые не считаются.",
    ),
    unit=CONTENTS,
    compute=counted(POSTS_COUNT),
)


def category_count(category: str) -> str:
    """Return the name under which posts of a category of the plan are counted; it is the figure's id as well."""
    return f"{POSTS_COUNT}:{category}"


def of_category(category: str) -> Figure:
    """Return the figure of the posts of one category of the plan."""
    return Figure(
        id=category_count(category),
        name=Said(f"Posts: {category}", f"Посты: {category}"),
        definition=Said(
            f"Posts of the brand's own with a hashtag of the category {category} (document ContentPlan), as it is now.",
            f"Посты бренда с хештегом категории {category} (документ ContentPlan) в его нынешнем виде.",
        ),
        unit=CONTENTS,
        compute=counted(category_count(category)),
    )


def _of_kind(kind: str, name: Said) -> Figure:
    return Figure(
        id=f"content_{kind}",
        name=name,
        definition=Said(f"Content of this kind: {name.en.lower()}.", f"Публикации вида «{name.ru.lower()}»."),
        unit=CONTENTS,
        compute=counted(f"content_{kind}"),
    )


def _of_format(format_: str, name: Said) -> Figure:
    return Figure(
        id=f"format_{format_}",
        name=name,
        definition=Said(
            f"Content of this format, as far as the platform tells formats: {name.en.lower()}.",
            f"Публикации формата «{name.ru.lower()}», если платформа сообщает формат.",
        ),
        unit=CONTENTS,
        compute=counted(f"format_{format_}"),
    )


BY_KIND = tuple(_of_kind(kind, name) for kind, name in KINDS.items())
BY_FORMAT = tuple(_of_format(format_, name) for format_, name in FORMATS.items())
