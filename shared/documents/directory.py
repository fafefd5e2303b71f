"""Brands, the connections through which their communities are reached, and their people."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Spec

Title = Annotated[str, Meta(max_length=200)]
Account = Annotated[
    str, Meta(pattern=r"^[a-z]+:.{1,200}\Z", description="an account or community is platform:id, like telegram:12345")
]
"""`platform:account`, for example `telegram:12345`."""


Platform = Literal[
    "telegram", "discord", "slack", "vk", "facebook", "instagram", "discourse", "youtube", "reddit", "feed", "events"
]


class Brand(Spec, frozen=True, kw_only=True):
    """A tenant."""

    title: Title
    timezone: str = "UTC"
    """IANA name, for example `Europe/Moscow`: days and months of reports and daily caps are the brand's own."""
    languages: Annotated[tuple[Literal["en", "ru"], ...], Meta(min_length=1)] = ("en",)


class SecretRef(Spec, frozen=True, kw_only=True):
    """Where a credential is read: an environment variable or a file of the ingest service. Never the credential itself.

    Either is bound to the brand (shared/secrets.py).
    """

    env: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]{0,99}\Z")] | None = None
    """Begins with the brand's name in capitals, `ACME_` for `acme`."""
    file: Annotated[str, Meta(max_length=500)] | None = None
    """Its path inside the brand's folder of the secrets directory (`VECHE_SECRETS`)."""


Purpose = Literal["owned", "partner", "watched", "competitor"]
"""Whose a community is. Only owned ones are moderated and rewarded, and only they stand in a brand's totals."""


class Community(Spec, frozen=True, kw_only=True):
    """A community as people call it."""

    id: Account
    title: Title | None = None
    purpose: Purpose | None = None
    """Absent: the connection's."""


class Connection(Spec, frozen=True, kw_only=True):
    """A credential through which communities are reached. Its name is part of the webhook's address."""

    platform: Platform
    mode: Literal["webhook", "poll", "gateway"] = "webhook"
    """`poll` asks the platform for updates: for people without a public address. `gateway` is Discord's own way."""
    secrets: Annotated[tuple[SecretRef, ...], Meta(max_length=2)] = ()
    """Of the webhook (Discord: the application's public key); two while one is being replaced."""
    token: SecretRef | None = None
    """Of the bot; needed for `poll` and `gateway`, and for carrying acts out: VK's community token, Discourse's API key."""
    handshake: SecretRef | None = None
    """What makes sure that the address is ours: VK's confirmation string, the verify token of Meta or of YouTube's hub."""
    communities: Annotated[tuple[Community, ...], Meta(max_length=10_000)] = ()
    """Titles for reports. Those that are not listed are found as they speak, where the connection's are owned."""
    purpose: Purpose = "owned"
    """Whose its communities are, where they do not say themselves. Others than owned ones are listed."""
    acts: Literal["off", "dry_run", "live"] = "dry_run"
    """Whether what is decided is carried out through it: `dry_run` shows what would be done, and does nothing."""
    carries: (
        tuple[
            Literal[
                "delete", "hide", "restore", "mute", "unmute", "ban", "unban",
                "reply", "message", "publish", "pin", "slow_mode", "answer",
            ],
            ...,
        ]
        | None
    ) = None  # fmt: skip
    """Which acts it carries out; absent: all. VK, for one, deletes with one kind of token and writes with another."""
    account: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    """As whom it acts, where the platform asks for it: the user name at Discourse, the group at VK, the bot at Discord."""

    bot: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    """How members mention the bot: `@acme_bot` on Telegram, else its account, `slack:U123`, `vk:-501`, `discord:7`."""

    def purpose_of(self, community: str) -> Purpose | None:
        """Return whose a community is that is listed here; None where it is not."""
        return next((listed.purpose or self.purpose for listed in self.communities if listed.id == community), None)


class Staff(Spec, frozen=True, kw_only=True):
    """One of the brand's own people: what they may do here, and their accounts on the platforms."""

    title: Title
    role: Literal["owner", "community_manager", "moderator", "analyst"]
    communities: Annotated[tuple[Account, ...], Meta(max_length=10_000)] | None = None
    """Absent: all of the brand."""
    accounts: Annotated[tuple[Account, ...], Meta(max_length=100)] = ()
    """Exempt from rules, and their replies count as the brand's answers."""
