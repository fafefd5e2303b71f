"""The platforms, by the first part of the ids of their communities."""

from __future__ import annotations

from collections.abc import Mapping

from services.delivery.platforms.discord import Discord
from services.delivery.platforms.discourse import Discourse
from services.delivery.platforms.platform import Platform
from services.delivery.platforms.slack import Slack
from services.delivery.platforms.telegram import Telegram
from services.delivery.platforms.vk import Vk

_ALL: tuple[Platform, ...] = (Telegram(), Discord(), Vk(), Discourse(), Slack())

PLATFORMS: Mapping[str, Platform] = {platform.id: platform for platform in _ALL}
"""A new platform is a new file, a simulated server, and a line above."""
