"""The links of a message: their hosts, and whether they hide where they lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.terms.text import Text

INVITING = frozenset(["t.me", "telegram.me", "telegram.dog", "discord.gg", "chat.whatsapp.com", "wa.me", "joinchat"])
SHORTENED = frozenset(
    [
        "bit.ly",
        "tinyurl.com",
        "goo.gl",
        "is.gd",
        "cutt.ly",
        "clck.ru",
        "urlz.fr",
        "rb.gy",
        "t.co",
        "ow.ly",
        "vk.cc",
        "u.to",
        "shorturl.at",
    ]
)
RISKY_ENDINGS = frozenset(
    [
        "xyz",
        "top",
        "click",
        "link",
        "live",
        "ltd",
        "vip",
        "win",
        "bet",
        "casino",
        "loan",
        "icu",
        "buzz",
        "site",
        "online",
        "club",
        "fun",
        "space",
        "website",
        "work",
        "monster",
        "cfd",
        "sbs",
        "rest",
        "quest",
        "tk",
        "ml",
        "ga",
        "cf",
        "gq",
    ]
)
"""Top-level domains that cost next to nothing: spam prefers them."""

_ENDINGS = [
    "com",
    "ru",
    "org",
    "net",
    "io",
    "me",
    "su",
    "рф",
    "ua",
    "by",
    "kz",
    "info",
    "biz",
    "app",
    "dev",
    "gg",
    "co",
    "uk",
    "de",
    "fr",
    "eu",
    "us",
    "ai",
    "in",
    "tv",
    "cc",
]
_BARE = r"(?<![\w-])(?<!\w\.)(?:[\w-]+\.)+(?:" + "|".join([*_ENDINGS, *sorted(RISKY_ENDINGS)]) + r")\b"
_LINK = re.compile(rf"(?:https?://(?P<host>[^\s/:?#]+)|(?P<bare>{_BARE}))(?::\d+)?(?P<path>/\S*)?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z]+://)?(?:[^/\s@]*@)?([^/\s:?#]+)(?::\d+)?(/\S*)?", re.IGNORECASE)


class Link(NamedTuple):
    """A link of a message: its host, whether it leads into a group or hides where it leads, and its place in the text."""

    host: str
    risky: bool
    span: tuple[int, int] | None = None


def links_of(text: Text, told: Sequence[str] | None) -> Sequence[Link]:
    """Return the links in the text, and those that the platform told beside it."""
    if not told and "." not in text.plain:
        return ()
    found = [_link(m["host"] or m["bare"], m["path"], text.span(*m.span())) for m in _LINK.finditer(text.plain)]
    hosts = {link.host for link in found}
    for address in () if text.mixed else told or ():
        match = _ADDRESS.match(address)
        if match and _host(match.group(1)) not in hosts:
            found.append(_link(match.group(1), match.group(2), None))
    return found


def hosts_in(told: str) -> Sequence[str]:
    """Return the hosts of the links in a text as it was written."""
    return [_host(found["host"] or found["bare"]) for found in _LINK.finditer(told)]


def host_of(address: str) -> str:
    """Return the host of an address, with a scheme or without; empty where it has none."""
    match = _ADDRESS.match(address)
    return _host(match.group(1)) if match else ""


def _link(host: str, path: str | None, span: tuple[int, int] | None) -> Link:
    name = _host(host)
    inviting = name in INVITING and path not in {None, "/"}
    return Link(name, inviting or name in SHORTENED or name.rpartition(".")[2] in RISKY_ENDINGS, span)


def _host(name: str) -> str:
    return name.lower().removeprefix("www.").rstrip(".")
