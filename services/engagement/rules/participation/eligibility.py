"""Who may take part in a thing. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from services.engagement.rules.participation.commands import Who
from services.engagement.rules.standing.standings import Rules
from shared.documents.things import Eligibility


def why_not(eligible: Eligibility, who: Who, at: datetime, standing: Rules) -> str | None:
    """Return the code of why a member may not take part, one of `words.REFUSED`; None where they may."""
    if who.sanctioned and not eligible.sanctioned:
        return "sanctioned"
    if eligible.vip and not who.vip:
        return "not_vip"
    if eligible.since_days is not None and not 0 < who.since <= at.astimezone(UTC).toordinal() - eligible.since_days:
        return "too_new"
    if eligible.level is not None and who.level < place_of(eligible.level, standing):
        return "level"
    return None


def place_of(level: str, standing: Rules) -> int:
    """Return the place of a level in the brand's list; past its end where there is no such level (any more)."""
    ids = [one.id for one in standing.spec.levels]
    return ids.index(level) if level in ids else len(ids)
