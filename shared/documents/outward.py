"""What staff are told and by which route (`Notify`), and what other services are sent (`Subscription`)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from shared.documents.directory import Account, SecretRef
from shared.documents.shape import Slug, Spec
from shared.events.envelope import Instant
from shared.events.moderation import Severity

ROUTES_MAX = 50
"""Of a brand: each is asked about everything that happens to be told."""

Occasion = Literal["incident", "brake", "appeal_deadline", "connection_lost", "goal_at_risk", "report"]

TopicName = Literal[
    "community.events.v1",
    "moderation.decisions.v1",
    "moderation.sanctions.v1",
    "engagement.grants.v1",
    "engagement.ledger.v1",
    "reporting.alerts.v1",
    "community.actions.v1",
    "community.receipts.v1",
]
"""The topics that other services may read (`shared.topics.PUBLIC`; a test holds the two together)."""

Communities = Annotated[tuple[Account, ...], Meta(max_length=10_000, min_length=1)]

Url = Annotated[
    str,
    Meta(
        max_length=2_000,
        pattern=r"^https?://[^\s/?#@\\]+([/?][^\s#]*)?\Z",
        description="an address is https://host/path, without a name or password in it",
    ),
]
"""Plain http is for `VECHE_PRIVATE_WEBHOOKS` alone."""

Clock = (
    Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="a time of day is 00:00 to 23:59")]
    | Annotated[int, Meta(ge=0, le=1_439)]
)
"""A time of day; a number counts minutes from midnight, for that is what YAML makes of 22:00 without quotes."""

Mailbox = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[!#-'*+\-./0-9=A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\Z",
        description="a mail address is name@host, in Latin letters",
    ),
]

Secrets = Annotated[tuple[SecretRef, ...], Meta(min_length=1, max_length=2)]
"""`whsec_…`; two while one is being replaced: everything is signed by both."""


class Chat(Spec, frozen=True, kw_only=True):
    """A chat of the staff, where one of the brand's connections may write."""

    community: Account
    channel: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    """The room in it, where it has some."""


class Email(Spec, frozen=True, kw_only=True):
    """Mail, through the server that the operator has set (`VECHE_SMTP`)."""

    to: Annotated[tuple[Mailbox, ...], Meta(min_length=1, max_length=20)]


class Webhook(Spec, frozen=True, kw_only=True):
    """A signed webhook, as of Standard Webhooks."""

    url: Url
    secrets: Secrets


class Quiet(Spec, frozen=True, kw_only=True):
    """Hours in which only what is critical is told; the rest waits for their end, and is told together then."""

    from_: Clock = field(name="from")
    to: Clock
    timezone: Annotated[str, Meta(max_length=64)] | None = None
    """IANA name; absent: the brand's."""


class Route(Spec, frozen=True, kw_only=True):
    """Who is told what, and how: by one of `chat`, `email`, `webhook`."""

    id: Slug
    occasions: Annotated[tuple[Occasion, ...], Meta(min_length=1)] | None = None
    """Absent: all. Reports are told by those routes alone that their schedules name."""
    severity: Severity = "low"
    """The least that is told."""
    communities: Communities | None = None
    """Absent: all of the brand, and what concerns none."""
    chat: Chat | None = None
    email: Email | None = None
    webhook: Webhook | None = None
    quiet: Quiet | None = None
    group_s: Annotated[int, Meta(ge=0, le=86_400)] = 300
    """The first of a kind is told at once, what follows within this time together; 0: each by itself."""


class Notify(Spec, frozen=True, kw_only=True):
    """What staff are told. Of a community: what stands in the place of the brand's there."""

    language: Literal["en", "ru"] = "en"
    routes: Annotated[tuple[Route, ...], Meta(max_length=ROUTES_MAX)] = ()


class Subscription(Spec, frozen=True, kw_only=True):
    """Another service that is sent the brand's events by signed webhook, each as it stands on its topic."""

    url: Url
    secrets: Secrets
    topics: Annotated[tuple[TopicName, ...], Meta(min_length=1)]
    types: Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(min_length=1, max_length=200)] | None = None
    """Absent: all of the topics."""
    communities: Communities | None = None
    """Absent: all of the brand, and what concerns none."""
    from_: Instant | None = field(name="from", default=None)
    """What was published from then on, as far as the topics still hold it; absent: from when it is declared."""
