"""What every rule of a moderation policy has, built in or a brand's own."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from shared.documents.discipline import Duration, Then
from shared.documents.shape import Slug, Spec
from shared.events.moderation import Severity

Status = Literal["live", "shadow", "off"]
"""In shadow it is noted what would have followed, and nothing follows."""

Role = Literal["member", "staff", "admin", "community"]
"""What events tell of who acts (`shared.events.Actor`)."""

Exempt = Annotated[tuple[Role, ...], Meta(max_length=20)]
"""Roles that a rule leaves alone, beside those that no rule judges."""

Reason = Annotated[str, Meta(min_length=1, max_length=300)]


class Reasons(Spec, frozen=True, kw_only=True):
    """What the member is told."""

    en: Reason
    ru: Reason


class Rule(Spec, frozen=True, kw_only=True):
    """What every built-in rule has."""

    status: Status = "live"
    then: Then = "flag"
    lasts: Duration | None = field(name="for", default=None)
    """How long a label, a mute or a ban lasts."""
    label: Slug | None = None
    """For `then: label`: what the author is marked with."""
    severity: Severity = "medium"
    exempt: Exempt = ()
    reason: Reasons | None = None
    """Told to the member; absent: the rule's own words."""

    @property
    def is_on(self) -> bool:
        """Say whether contents are looked at by it."""
        return self.status != "off"
