"""Under which address people reach us, and whether a request that changes something came from a page of ours."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from shared.http.problems import Problem


def own_origin(request: Request) -> str:
    """Return scheme, host and port under which people reach us, as browsers write it.

    It is VECHE_PAGES_URL; without, what the request says. Plain http is believed on the loopback alone: anywhere else TLS
    ends before us, or there is none, and then nobody shall get in.
    """
    told: str | None = request.app.state.pages_url
    if told is not None:
        return told.rstrip("/").lower()
    is_local = request.url.scheme == "http" and _is_loopback(request.url.hostname or "")
    return f"{'http' if is_local else 'https'}://{request.headers.get('host', '').lower()}"


def beside(request: Request, path: str) -> str | None:
    """Return the address of another service's page, where VECHE_PAGES_URL says under which one people reach all of them.

    Without it there is none, and on the loopback each service has a port of its own.
    """
    told: str | None = request.app.state.pages_url
    if told is None or _is_loopback(urlsplit(told).hostname or ""):
        return None
    return f"{told.rstrip('/')}{path}"


def is_secure(request: Request) -> bool:
    """Say whether people reach us over https."""
    return own_origin(request).startswith("https:")


def _loopback_origin(request: Request) -> str | None:
    """Return the origin of a page that this service itself serves on the loopback, whatever VECHE_PAGES_URL says.

    The host has to be written as the loopback's: a name that somebody else had led here (DNS rebinding) is no such host.
    """
    host = request.headers.get("host", "").lower()
    try:
        is_here = request.url.scheme == "http" and _is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return None
    return f"http://{host}" if is_here else None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_origin(request: Request) -> None:
    """Raise Problem 403 where a request was not sent by a page of ours; a browser always says where it comes from."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is None and site is None:
        raise Problem(403, "the browser does not say which page sent this (Origin); programs use a token")
    if origin is not None and origin.lower() not in {own_origin(request), _loopback_origin(request)}:
        raise Problem(403, "this was sent by a page of another address; behind a proxy VECHE_PAGES_URL says which is ours")
    if site is not None and site != "same-origin":
        raise Problem(403, "this was sent by a page of another site")


def address_of(request: Request) -> str:
    """Return who sends, by address: of as many proxies as VECHE_PROXIES says, the first; what stands before is hearsay."""
    proxies: int = request.app.state.proxies
    hops = [hop.strip() for told in request.headers.getlist("x-forwarded-for") for hop in told.split(",")]
    if 0 < proxies <= len(hops):
        return hops[-proxies]
    return "" if request.client is None else request.client.host
