"""What tests over real parts share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.staff import Office, office
from tests.parts import Addresses


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    """A brand of whose staff vera has a password."""
    async with office(parts) as found:
        await found.member()
        yield found
