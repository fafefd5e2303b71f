"""Second looks: whoever may give one is told nowhere what the first decided. One rule, for all that tells of decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.moderation.cases.case import Case
from services.moderation.cases.states import url_key
from services.moderation.rules.sanctions import Sanction
from services.moderation.rules.strikes import Strike
from services.moderation.store.cases import Cases
from shared.directory import Principal, Scope

Entry = Mapping[str, Any]

LINKS = ("n", "prev", "hash")
"""What is told of an entry of the audit that is withheld: by these it is seen that none is missing."""


def may_look_again(case: Case, principal: Principal) -> bool:
    """Say whether a second look is open that this person may give: whoever decides there, but the first one."""
    if not case.is_blind or case.review is None or case.review.first.by == principal.name:
        return False
    return principal.may(Scope.DECISIONS_WRITE, case.brand, case.community)


def case_of(decision: Entry) -> str:
    """Return the id of the case of a decision: its content, or its own id where it concerns none."""
    return str(decision.get("content") or decision["_id"])


class SecondLooks:
    """Leaves out of what is told about decisions what somebody who may look again must not know."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def decisions(self, found: Sequence[Entry], principal: Principal) -> Sequence[Entry]:
        """Return decisions without those of the first one; those of rules as if none was taken back since."""
        keys = [url_key(one["brand"], one["community"], case_of(one)) for one in found]
        closed = await self._closed(keys, principal)
        told = [(one, key in closed) for one, key in zip(found, keys, strict=True)]
        return [_untouched(one) if is_closed else one for one, is_closed in told if not (is_closed and "by" in one)]

    async def audited(self, entries: Sequence[Entry], principal: Principal) -> Sequence[Entry]:
        """Return entries of an audit; of those about such a case only by what they are chained."""
        keys = [url_key(one["brand"], one["community"], str(one["what"].get("case"))) for one in entries]
        closed = await self._closed(keys, principal)
        return [_chained(one) if key in closed else one for one, key in zip(entries, keys, strict=True)]

    async def record(
        self, strikes: Sequence[Strike], sanctions: Sequence[Sanction], principal: Principal
    ) -> tuple[Sequence[Strike], Sequence[Sanction]]:
        """Return strikes and sanctions without those of such cases, whoever gave them: one that is gone would tell, too."""
        closed = await self._closed(map(struck, (*strikes, *(one.strike for one in sanctions))), principal)
        return (
            [one for one in strikes if struck(one) not in closed],
            [one for one in sanctions if struck(one.strike) not in closed],
        )

    async def _closed(self, keys: Iterable[str], principal: Principal) -> frozenset[str]:
        """Return those of the cases whose first decision this person must not know."""
        found = await self._cases.second_looks(frozenset(keys))
        return frozenset(key for key, case in found.items() if may_look_again(case, principal))


def _untouched(decision: Entry) -> Entry:
    return {**decision, "reversal": None} if "reversal" in decision else decision


def _chained(entry: Entry) -> Entry:
    return {name: entry[name] for name in LINKS} | {"withheld": True}


def struck(strike: Strike) -> str:
    """Return the key of the case of a strike."""
    return url_key(strike.brand, strike.community, strike.content or strike.id)
