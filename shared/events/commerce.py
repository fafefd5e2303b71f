"""What members pay, and what the brand's own systems tell: published by ingest to `community.events.v1`, too."""

from __future__ import annotations

from shared.events.community import Names
from shared.events.envelope import Common, Envelope, Instant, Int, Name


class Subscription(Common, frozen=True, kw_only=True):
    """A paid subscription; the amount in minor units of the currency."""

    member: Name
    amount: Int | None = None
    currency: Name | None = None
    level: Name | None = None
    until: Instant | None = None


class Purchase(Common, frozen=True, kw_only=True):
    """A purchase in the brand's own portal or shop; the amount in minor units of the currency."""

    member: Name
    order: Name
    amount: Int
    currency: Name
    goods: Names | None = None


class Kpi(Common, frozen=True, kw_only=True):
    """A value that the brand's own systems observed."""

    name: Name
    value: float


class SubscriptionStarted(Envelope, frozen=True, kw_only=True, tag="community.subscription.started"):
    """A paid subscription began."""

    data: Subscription


class SubscriptionRenewed(Envelope, frozen=True, kw_only=True, tag="community.subscription.renewed"):
    """A paid subscription goes on."""

    data: Subscription


class SubscriptionEnded(Envelope, frozen=True, kw_only=True, tag="community.subscription.ended"):
    """A paid subscription ended."""

    data: Subscription


class PurchaseMade(Envelope, frozen=True, kw_only=True, tag="commerce.purchase.made"):
    """A member bought something."""

    data: Purchase


class PurchaseRefunded(Envelope, frozen=True, kw_only=True, tag="commerce.purchase.refunded"):
    """A purchase was paid back."""

    data: Purchase


class KpiObserved(Envelope, frozen=True, kw_only=True, tag="kpi.observed"):
    """A value from the brand's own systems."""

    data: Kpi
