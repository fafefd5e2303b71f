"""What members are written to, in English and Russian: what became of a content, of a complaint, of themselves."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

Lang = Literal["en", "ru"]

LINK_CHARS = 32
"""Of the code in a link: 128 bits, so nobody guesses another's."""

_SAID: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "hold": (
            "Your message is not shown before a moderator has looked at it.",
            "Ваше сообщение не показывается, пока его не посмотрит модератор.",
        ),
        "hide": ("Your message was hidden.", "Ваше сообщение скрыто."),
        "remove": ("Your message was removed.", "Ваше сообщение удалено."),
        "warn": ("This is a warning.", "Это предупреждение."),
        "mute": ("You cannot write here until {until} UTC.", "Вы не можете писать здесь до {until} UTC."),
        "ban": ("You were banned here.", "Вы здесь заблокированы."),
        "ban_until": ("You are banned here until {until} UTC.", "Вы здесь заблокированы до {until} UTC."),
        "lifted": ("You may write here again.", "Вы снова можете писать здесь."),
        "restored": (
            "The decision about your message was taken back; it is shown again.",
            "Решение о вашем сообщении отменено, оно снова показывается.",
        ),
        "rejected": (
            "A second moderator looked at your appeal: the decision stands.",
            "Другой модератор рассмотрел ваше обращение: решение остаётся в силе.",
        ),
        "acted": (
            "Thank you for your report: the message broke the rules and was acted upon.",
            "Спасибо за жалобу: сообщение нарушало правила, мы приняли меры.",
        ),
        "kept": (
            "Thank you for your report: we looked at the message, and it does not break the rules.",
            "Спасибо за жалобу: мы посмотрели сообщение, оно не нарушает правил.",
        ),
        "appeal": ("You can ask for another look: {link}", "Вы можете попросить о пересмотре: {link}"),
    }
)
"""English, Russian."""


def said(what: str, language: str | None, **values: str) -> str:
    """Return a sentence in the member's language; English where it is not Russian."""
    en, ru = _SAID[what]
    return (ru if language == "ru" else en).format(**values)


def code(secret: bytes, decision: str) -> str:
    """Return what makes a link to a decision its author's alone: an HMAC-SHA256 of its id (RFC 2104)."""
    return hmac.new(secret, decision.encode(), hashlib.sha256).hexdigest()[:LINK_CHARS]


def is_code(secret: bytes, decision: str, told: str) -> bool:
    """Say whether that is the code of a decision, in a time that tells nothing."""
    return hmac.compare_digest(code(secret, decision).encode(), told.encode("utf-8", "surrogatepass"))


class Links:
    """Makes the links by which members appeal and read the rules; none where the installation has no public address."""

    def __init__(self, url: str | None = None, secret: bytes = b"") -> None:
        """`url` is where members reach moderation's pages."""
        self._url, self._secret = url, secret

    def appeal(self, decision: str) -> str | None:
        """Return where the author of what was decided on may ask for another look."""
        if self._url is None or not self._secret:
            return None
        return f"{self._url.rstrip('/')}/appeals/{decision}/{code(self._secret, decision)}"

    def rules(self, brand: str, community: str) -> str | None:
        """Return where the rules of a community are read, by everybody."""
        return None if self._url is None else f"{self._url.rstrip('/')}/rules/{brand}/{quote(community, safe=':')}"
