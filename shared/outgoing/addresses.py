"""What a host's name means, and which addresses are those of the Internet.

A name is never judged by how it is written (`127.1`, `2130706433` and `0x7f000001` are the same host): what the resolver
makes of it is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from shared.errors import Retryable

TRANSLATED = tuple(
    map(
        ipaddress.IPv6Network,
        ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"),
    )
)
"""Addresses behind which an address of the older kind may stand, perhaps one of the own network."""

CLOUDS_OWN = frozenset(
    map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192", "100.100.100.200", "169.254.169.254", "fd00:ec2::254"))
)
"""Services of a cloud for its own machines: they hand out credentials, and some are at addresses that look public."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host. Raises Retryable where it is not known."""

Ask = Callable[[str], Sequence[str]]
"""As `Resolve`, and whoever calls it waits. Raises OSError or UnicodeError."""

ASKED_AT_ONCE_MAX = 32
"""Hosts that are looked up at once. The system gives a name server that is silent up to half a minute; then a thread waits,
and nobody can end that. Pauses between tries grow to minutes, so some hundred such hosts leave threads for the others."""

ASK_S = 10.0
"""How long a delivery waits for it: half of what it has."""


def _asked(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Names:
    """What the system makes of hosts, asked in threads of their own, one a host: one that is silent holds up no other."""

    def __init__(self, ask: Ask = _asked, wait_s: float = ASK_S) -> None:
        self._ask, self._wait_s = ask, wait_s
        self._threads = ThreadPoolExecutor(ASKED_AT_ONCE_MAX, thread_name_prefix="names")
        self._asking: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def __call__(self, host: str) -> Sequence[str]:
        """Return the addresses of a host. Raises Retryable where it is not known, or nobody says so in time."""
        if host not in self._asking:
            asking = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, host)
            self._asking[host] = asking
            asking.add_done_callback(lambda done: self._done(host, done))
        try:
            async with asyncio.timeout(self._wait_s):
                return await asyncio.shield(self._asking[host])
        except TimeoutError:
            raise Retryable("the name server of its host does not answer in time") from None
        except (OSError, UnicodeError):
            raise Retryable("its host is not known") from None

    def _done(self, host: str, done: asyncio.Future[Sequence[str]]) -> None:
        del self._asking[host]
        if not done.cancelled():
            done.exception()  # whoever asked may not wait for it any more


def is_public(address: str) -> bool:
    """Return whether an address is one of the Internet: not of this machine, a private network, or a cloud's own service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found in CLOUDS_OWN or found.is_multicast or _is_translated(found):
        return False
    return found.is_global


def is_own(address: str) -> bool:
    """Return whether an address may be asked where the own network is allowed: not of the link, and no cloud's service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found in CLOUDS_OWN or found.is_multicast or found.is_link_local:
        return False
    return found.is_loopback or not _is_translated(found)


OWN_NETWORK = "its address leads into the own network"
OF_NOBODY = "its address is of this link alone, or a cloud's own service; nobody asks these"


def judged(addresses: Sequence[str], *, private: bool) -> str | None:
    """Return why a host with these addresses is asked by nobody, OWN_NETWORK or OF_NOBODY; None where it is asked.

    `private` allows the own network. Raises ValueError for what is no address.
    """
    if all(is_public(address) for address in addresses):
        return None
    if not private:
        return OWN_NETWORK
    return None if all(is_public(address) or is_own(address) for address in addresses) else OF_NOBODY


def literal(url: str) -> str | None:
    """Return the address that a URL names without a name, in whatever spelling; None where its host has to be looked up."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return "127.0.0.1"
        if ":" in host:
            return str(ipaddress.IPv6Address(host.partition("%")[0]))
        return socket.inet_ntoa(socket.inet_aton(host))  # takes 127.1, 0x7f000001 and 2130706433, as resolvers do
    except (OSError, ValueError):
        return None


def _is_translated(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and any(address in network for network in TRANSLATED)
