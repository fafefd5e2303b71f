"""What a button of ours carries on a platform: by it, ingest knows what delivery put there.

Platforms return what a button was made with: Telegram 64 bytes (`callback_data`), Discord 100 characters (`custom_id`), VK
a JSON object of 255 characters (`payload`). Another program's buttons do not begin as ours do.
"""

from __future__ import annotations

PREFIX = "v1:"
"""Stands before the command. With the longest command it fits Telegram's 64 bytes."""


VK_FIELD = "veche"
"""Of the object that a button of VK carries: what it carries elsewhere as it is."""


def carried(command: str) -> str:
    """Return what a button carries that gives the command."""
    return PREFIX + command


def command_in(carried: str | None) -> str | None:
    """Return the command of a button of ours; None for any other's."""
    return carried.removeprefix(PREFIX) if carried is not None and carried.startswith(PREFIX) else None
