"""A member's account with all that is known of it: the state of the ledger. Pure."""

from __future__ import annotations

import msgspec

from services.engagement.rules import accounts, wallets
from services.engagement.rules.accounts import Account
from services.engagement.rules.bars import Bars
from services.engagement.rules.wallets import Wallet


class Held(msgspec.Struct, frozen=True, gc=False):
    """A member's account, and whose it is."""

    brand: str
    member: str
    account: Account = accounts.EMPTY
    wallet: Wallet = wallets.EMPTY
    is_reached: bool = True
    """Whether direct messages arrive, as far as platforms told; by the last one."""
    answered: float = 0
    """When the member's question was last answered (seconds since 1970)."""
    bars: Bars = {}
    """Days on which nothing is earned."""
