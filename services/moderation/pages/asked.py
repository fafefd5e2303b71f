"""What a member is answered who asks for the rules: where they stand, or the rules themselves."""

from __future__ import annotations

from services.moderation.pages.conduct import Conduct
from services.moderation.pages.conduct_words import CONDUCT
from shared.said import Language, Said

TEXT_CHARS_MAX = 1_500
"""Of the rules in a chat: below what Discord takes in one message."""

LINE = "\n"

NONE = Said("No rules were written down here.", "Правила здесь не записаны.")


def answer(made: Conduct, link: str | None, code: str | None) -> str:
    """Return the answer to a member of that language; where it is not known a link in both, all else in English."""
    language, head = Language.RU if code == "ru" else Language.EN, CONDUCT["rules"]
    if link is not None:
        return f"{f'{head.en} · {head.ru}' if code is None else head.by(language)}: {link}"
    lines = [f"— {article.about.by(language)} {article.follows.by(language)}" for article in made.articles]
    if not lines:
        return NONE.by(language)
    text = "\n".join((f"{head.by(language)}:", *lines))
    return text if len(text) <= TEXT_CHARS_MAX else f"{text[: TEXT_CHARS_MAX - 2].rpartition(LINE)[0]}\n…"
