"""What the API tells of a case, as pages and the terminal show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.http.pages.told import Told


def rules_of(case: Mapping[str, Any]) -> Sequence[str]:
    """Return the rules that found the content of a case: of one that nobody was asked about they say why it is there."""
    return list(dict.fromkeys(rule for held in case["decisions"] or () for rule in held["rules"] or ()))


def decided(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what was decided last of a closed case and by whom: by a person, else by rules; None where that is not told."""
    if case["outcome"]:
        return Told(case["outcome"])
    held = [one for one in case["decisions"] or () if not one["reversed"]]
    return Told(held[-1] | {"ruling": held[-1]["verdict"]}) if held and case["status"] == "closed" else None
