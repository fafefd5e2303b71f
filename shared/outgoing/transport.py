"""What an HTTP client sends through where somebody else chose the address.

Whoever may name an address could make us ask for any: of this machine, of the own network, of a cloud's service that hands
out credentials. So the host is looked up here, what was found is judged, and the connection goes to the very address that
was judged: a name that means something else a moment later leads nowhere. TLS is still made with the host's name. Nothing is
followed: a redirection is an answer like others, and whoever goes after it comes by here again.
"""

from __future__ import annotations

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from typing_extensions import override

from shared.errors import Retryable, VecheError
from shared.outgoing.addresses import OWN_NETWORK, Names, Resolve, judged

ADDRESSES_MAX = 4
"""Addresses of one host that are tried: one of them is there, or the host is away."""


class Forbidden(VecheError):
    """That address is asked for by nobody; the text says what is wrong with it, never what it is: it may hold a token."""


class OwnNetwork(Forbidden):
    """It leads into the own network."""


class Guarded(httpx.AsyncBaseTransport):
    """Sends to addresses of the Internet alone. Raises Forbidden for all others, and Retryable where a host is not known."""

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        *,
        private: bool = False,
        schemes: frozenset[str] = frozenset({"https"}),
        resolve: Resolve,
    ) -> None:
        """`private` allows the own network, too; `inner` keeps no connection open, as that of `direct` does."""
        self._inner, self._private, self._schemes, self._resolve = inner, private, schemes, resolve

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the first address of the host that can be connected to."""
        error: httpx.HTTPError = httpx.ConnectError("the host has no address")
        for address in await self._addresses(request.url):
            try:
                return await self._inner.handle_async_request(_at(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as failed:
                error = failed
        raise error

    async def _addresses(self, url: httpx.URL) -> list[str]:
        if url.scheme not in self._schemes or not url.host or "%" in url.host:
            raise Forbidden(f"its address is none that is asked for: use {' or '.join(sorted(self._schemes))}")
        if url.userinfo:
            raise Forbidden("its address holds a name or a password; leave them out")
        found = list(await self._resolve(_ascii(url)))
        try:
            why = judged(found, private=self._private)
        except ValueError:
            raise Retryable("its host is not known") from None
        if why is not None:
            raise OwnNetwork(why) if why == OWN_NETWORK else Forbidden(why)
        return found[:ADDRESSES_MAX]

    @override
    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def _at(request: httpx.Request, address: str) -> httpx.Request:
    """Return the request as it goes to one address: who is meant stands in its `Host`, and in the name that TLS asks for."""
    extensions = {**request.extensions, "sni_hostname": _ascii(request.url)}
    url = request.url.copy_with(host=address)
    return httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)


def _ascii(url: httpx.URL) -> str:
    """Return the host as its `Host` has it: of letters beyond ASCII others would make another name."""
    return url.raw_host.decode("ascii")


def direct(verify: ssl.SSLContext | bool = True) -> httpx.AsyncHTTPTransport:  # noqa: FBT001, FBT002 - httpx's own
    """Return what connects anew for each request: a connection kept open for an address would serve other names, too."""
    return httpx.AsyncHTTPTransport(verify=verify, limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)


def guarded_client(*, timeout_s: float, private: bool = False, schemes: frozenset[str]) -> httpx.AsyncClient:
    """Return a client that asks addresses of the Internet alone, follows and keeps nothing, and takes no proxy unasked."""
    names = Names()
    transport = Guarded(direct(), private=private, schemes=schemes, resolve=names)
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))  # one receiver's would go to whoever shares its host
    return httpx.AsyncClient(
        transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False, cookies=cookies
    )
