"""What ends with a person, with what they were, or with their brand: tokens, passwords, invitations, sessions."""

from __future__ import annotations

from shared.directory import Directory, Principal
from shared.staff.access import Access


async def forget(directory: Directory, access: Access, brand: str, name: str) -> None:
    """End all by which a person gets in."""
    await directory.revoke(f"staff/{name}", brand)
    await access.end(brand, name)


async def forget_unlike(directory: Directory, access: Access, person: Principal) -> None:
    """End what a person got while they had another role or other communities."""
    await directory.revoke_unlike(f"staff/{person.name}", person)
    await access.end_unlike(person)


async def forget_brand(directory: Directory, access: Access, brand: str) -> None:
    """End all by which anybody of a brand gets in, keys included."""
    await directory.revoke_brand(brand)
    await access.end_brand(brand)
