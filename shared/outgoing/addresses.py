"""What a host's name means, and which addresses are those of the Internet.

A name is never judged by how it is written (`127.1`, `2130706433` and `0x7f000001` are the same host): what the resolver
makes of it is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from shared.errors import Retryable

TRANSLATED = tuple(
    map(
        ipaddress.IPv6Network,
        ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"),
    )
)
"""Addresses behind which an address of the older kind may stand, perhaps one of the own network."""

CLOUDS_OWN = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192")))
"""Services of a cloud for its own machines at addresses that look public: Azure's and Oracle's. The others' are link-local
or private."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host. Raises Retryable where it is not known."""


async def resolved(host: str) -> Sequence[str]:
    """Return the addresses of a host, as the system knows them. Raises Retryable where it is not known."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retryable("its host is not known") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Return whether an address is one of the Internet: not of this machine, a private network, or a cloud's own service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found in CLOUDS_OWN or found.is_multicast:
        return False
    if isinstance(found, ipaddress.IPv6Address) and any(found in network for network in TRANSLATED):
        return False
    return found.is_global
