"""The brand's own people, as they are declared at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from shared.directory import ROLE_SCOPES, Principal, Role
from shared.documents.directory import Staff


class Documents(Protocol):
    """Where people are declared."""

    async def get(self, kind: str, brand: str, name: str) -> Mapping[str, Any] | None:
        """Return the spec of a document. Raises Retryable where the database is away."""


def principal_of(name: str, brand: str, staff: Staff) -> Principal:
    """Return what somebody who is declared as Staff may do."""
    role = Role(staff.role)
    communities = None if staff.communities is None else frozenset(staff.communities)
    return Principal(name, role, brand, ROLE_SCOPES[role], communities)


async def person(documents: Documents, brand: str, name: str) -> Principal | None:
    """Return what somebody may do as of now, never from memory; None where they are not declared."""
    found = await documents.get("Staff", brand, name)
    return None if found is None else principal_of(name, brand, msgspec.convert(found, Staff))
