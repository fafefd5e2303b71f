"""Who may have a playbook say what."""

from __future__ import annotations

from msgspec import Struct

from shared.directory import Principal, Scope
from shared.documents.playbook import Playbook
from shared.errors import Misplaced


def permit(principal: Principal, brand: str, spec: Struct) -> None:
    """Raise Misplaced where somebody has something written into a chat that is not theirs."""
    assert isinstance(spec, Playbook), "a document of ours"
    for place, play in enumerate(spec.plays):
        for number, one in enumerate(play.statements):
            if one.to is not None and not principal.may(Scope.POLICIES_WRITE, brand, one.to.community):
                told = f"{one.to.community} is not one of yours: ask somebody who looks after the whole brand"
                raise Misplaced(told, f"$.spec.plays[{place}].statements[{number}].to.community")
