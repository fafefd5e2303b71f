"""A community's policy on its brand's: sections that it does not name are the brand's, own rules are merged by id. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.moderation.rules.policies import Lists, built
from shared.documents.moderation import RULES_MAX
from shared.errors import Unprocessable

Spec = Mapping[str, Any]
"""As it is stored."""


def merged(brand: Spec, community: Spec) -> Spec:
    """Return what is in force in the community. A section stands whole: of two that name it, the community's is taken."""
    rules = _rules(brand.get("rules", ()), community.get("rules", ()))
    return {**brand, **community, "rules": rules}


def _rules(brand: Sequence[Spec], community: Sequence[Spec]) -> Sequence[Spec]:
    """Return the brand's rules, each replaced by the community's of its id, then the others; none that is off."""
    by_id = {rule["id"]: rule for rule in (*brand, *community)}
    return [rule for rule in by_id.values() if rule.get("status") != "off"]


def check_merged(lists: Lists, spec: Spec) -> None:
    """Raise Unprocessable where both together are too much, or no policy."""
    count = len(spec["rules"])
    if count > RULES_MAX:
        said = f"the brand and the community have {count} rules together, {RULES_MAX} at most"
        raise Unprocessable(f"{said}: remove some, or turn off for the community what it does not need (`status: off`)")
    built(lists, 0, spec)
