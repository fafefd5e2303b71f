"""What the API tells, as templates read it: a field that is left out because it says nothing is None, and no mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Told(dict[str, Any]):
    """A document whose absent fields are None."""

    def __missing__(self, name: str) -> None:
        """Return what an absent field is."""


def told(value: Any) -> Any:  # noqa: ANN401 - a document
    """Return a document, and all documents within, with absent fields that are None."""
    if isinstance(value, Mapping):
        return Told({name: told(one) for name, one in value.items()})
    return [told(one) for one in value] if isinstance(value, list | tuple) else value


def rules_of(case: Mapping[str, Any]) -> Sequence[str]:
    """Return the rules that found the content of a case: of one that nobody was asked about they say why it is there."""
    return list(dict.fromkeys(rule for held in case["decisions"] or () for rule in held["rules"] or ()))


def decided(case: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what was decided last of a closed case and by whom: by a person, else by rules; None where that is not told."""
    if case["outcome"]:
        return Told(case["outcome"])
    held = [one for one in case["decisions"] or () if not one["reversed"]]
    return Told(held[-1] | {"ruling": held[-1]["verdict"]}) if held and case["status"] == "closed" else None
