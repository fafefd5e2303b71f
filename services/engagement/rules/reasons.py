"""Why points changed, in words for a member."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, Mapping[str, str]] = {
    "written": {"en": "for a contribution", "ru": "за публикацию"},
    "reacted": {"en": "for a reaction to a contribution", "ru": "за реакцию на публикацию"},
    "withdrawn": {"en": "a reaction was taken back", "ru": "реакцию отозвали"},
    "deleted": {"en": "the contribution was deleted", "ru": "публикация удалена"},
    "undeleted": {"en": "the contribution is back", "ru": "публикация восстановлена"},
    "removed": {"en": "the contribution was removed by moderation", "ru": "публикация удалена модерацией"},
    "reinstated": {"en": "the removal was reversed", "ru": "удаление отменено модератором"},
}
"""By the code that an entry holds: English, Russian."""


def in_words(code: str | None) -> Mapping[str, str]:
    """Return the reason in every language; an unknown code speaks for itself."""
    return REASONS.get(code or "", {"en": code or "", "ru": code or ""})
