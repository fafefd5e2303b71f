"""What is decided of several findings: the strictest acts, unless a person let it stand before, or the brake is open."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from services.moderation.rules.brakes import is_new, is_open, limit
from services.moderation.rules.case import Found, Member, Policy
from services.moderation.rules.community import HOUR_MINUTES, Community, counted, within
from services.moderation.rules.judging import STRICTNESS, Judged, Judgement, strictest
from services.moderation.rules.members import milliseconds
from shared.events.community import ContentEdited
from shared.events.moderation import TAKES_AWAY, Verdict

BRAKED = TAKES_AWAY | {"warn"}
"""What the brake holds back: all that members would feel."""


class Ruling(NamedTuple):
    """What is to happen, and why not what rules wanted."""

    verdict: Verdict
    worst: Found
    parked: Verdict | None = None
    reach: int = 0
    """Messages in the community in the hour before."""
    opened_at: int | None = None
    """How many acts the brake let through, where it was not open before."""

    @property
    def acts(self) -> bool:
        """Say whether members will feel it."""
        return self.parked is None and self.verdict in BRAKED


def ruled(event: Judged, member: Member, judgement: Judgement, policy: Policy) -> Ruling:
    """Decide. History is only noted: no brake holds it back."""
    worst, at_ms = strictest(judgement.findings), milliseconds(event.time)
    reach = within(judgement.community, at_ms, HOUR_MINUTES).messages
    if _stands(event, member) and STRICTNESS[worst.then] > STRICTNESS["flag"]:
        return Ruling("flag", worst, reach=reach)
    if event.imported or worst.then not in BRAKED or not is_open(judgement.community, at_ms, policy.spec.brakes):
        return Ruling(worst.then, worst, reach=reach)
    is_first = is_new(judgement.community, at_ms, policy.spec.brakes)
    opened_at = limit(judgement.community, at_ms, policy.spec.brakes) if is_first else None
    return Ruling("hold", worst, worst.then, reach, opened_at)


def _stands(event: Judged, member: Member) -> bool:
    """Say whether a person let the content stand: rules only ask for another look at its edits."""
    return isinstance(event, ContentEdited) and event.data.content_id in member.settled


def after(community: Community, event: Judged, ruling: Ruling) -> Community:
    """Return the community with the act, or the opened brake, remembered."""
    at_ms = milliseconds(event.time)
    if ruling.opened_at is not None:
        return replace(community, braked_ms=at_ms)
    return counted(community, at_ms, acts=1) if ruling.acts and not event.imported else community
