"""What an errand needs, and the parts of its ids."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from services.delivery.platforms.platform import Errand, Impossible, Kind

SENDS: frozenset[Kind] = frozenset({"reply", "message", "publish"})
"""What members would see twice if it was done twice."""

NEEDS: Mapping[Kind, tuple[str, ...]] = {
    "delete": ("content_id",),
    "hide": ("content_id",),
    "restore": ("content_id",),
    "mute": ("member",),
    "unmute": ("member",),
    "ban": ("member",),
    "unban": ("member",),
    "reply": ("content_id",),
    "message": ("member",),
    "publish": (),
    "pin": ("content_id",),
    "slow_mode": ("delay_s",),
    "answer": ("press", "text"),
}
"""Parts of an act without which it means nothing anywhere."""


def unsupported(text: str) -> Impossible:
    """Return that a platform has no such thing; the text is a sentence for a person."""
    return Impossible("unsupported", text)


def refused(errand: Errand, unable: Callable[[Errand], Impossible | None]) -> Impossible | None:
    """Return why an errand can never be done: it lacks a part, or the platform is `unable`, which may raise it as well."""
    lacking = missing(errand)
    if lacking is not None:
        return lacking
    try:
        return unable(errand) or _foreign(errand)
    except Impossible as error:
        return error


def _foreign(errand: Errand) -> Impossible | None:
    """Return that the content is of another community: whoever acts in one must not reach into others."""
    if "content_id" not in NEEDS[errand.kind] or inside(errand, errand.act.content_id) is not None:
        return None
    return unsupported("the content is not one of the community that the act is for")


def missing(errand: Errand) -> Impossible | None:
    """Return what is missing, wherever the errand goes."""
    for name in NEEDS[errand.kind]:
        if getattr(errand.act, name) is None:
            return unsupported(f"the act names no {name}: a {errand.kind} needs one")
    if errand.act.buttons is not None and errand.kind not in SENDS:
        return unsupported(f"a {errand.kind} has no buttons: send them below a message")
    return _unsaid(errand) if errand.kind in SENDS else None


def _unsaid(errand: Errand) -> Impossible | None:
    act = errand.act
    if act.poll is not None and errand.kind != "publish":
        return unsupported("a poll can only be published: send it as publish, or leave it out")
    if act.poll is not None and act.buttons is not None:
        return unsupported("a poll has no buttons below it: publish them apart")
    if act.poll is not None and not act.text:
        return unsupported("a poll needs its question: send it as the text")
    if not act.text and not act.media:
        return unsupported("there is nothing to say: send a text or media")
    return None


def too_long(text: str, most: int, name: str) -> Impossible | None:
    """Return that a text does not fit, where it does not."""
    if len(text) <= most:
        return None
    return unsupported(f"the text has {len(text)} characters and {name} takes {most}: shorten it, or send it in parts")


def linked(errand: Errand) -> str:
    """Return the text with the addresses of its media below, which a platform shows by itself."""
    return "\n".join(part for part in (errand.act.text, *(errand.act.media or ())) if part)


def spelled(errand: Errand) -> str:
    """Return the same where no buttons can stand below it: what they would give is named, line by line, to be written."""
    lines = [f"{button.text}: /{button.command}" for row in errand.act.buttons or () for button in row]
    return "\n\n".join(part for part in (linked(errand), "\n".join(lines)) if part)


def shortened(text: str, most: int) -> str:
    """Return a text that fits: cut between words where that leaves most of it, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if 2 * len(words) > most else cut).rstrip()}…"


def inside(errand: Errand, id_: str | None) -> str | None:
    """Return an id as the platform has it, without the community before it; None where it is not of this community."""
    prefix = f"{errand.community}:"
    return id_.removeprefix(prefix) if id_ is not None and id_.startswith(prefix) and id_ != prefix else None


def digest(errand: Errand, chars: int) -> str:
    """Return a key of the errand in lower case letters and digits, the same whenever it is asked for."""
    return hashlib.sha256(f"veche/{errand.id}".encode()).hexdigest()[:chars]


def number(errand: Errand, bits: int) -> int:
    """Return a key of the errand that is a number from 1 to below 2 to the power of `bits`."""
    raw = int.from_bytes(hashlib.sha256(f"veche/{errand.id}".encode()).digest(), "big")
    return raw % ((1 << bits) - 1) + 1
