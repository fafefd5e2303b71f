"""What every page tells the browser to forbid."""

from __future__ import annotations

from types import MappingProxyType

from starlette.responses import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""No inline script and no inline style: what a member wrote never runs, even where a template would forget to escape it."""

GUARDS = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        # With `no-referrer` browsers send `Origin: null` with forms, and the check of the origin could not tell anything.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
)
PRIVATE = "no-store"
"""Pages hold personal data: nothing of them stays behind, not even for the button that goes back."""
HTTPS_ONLY = "max-age=31536000"
"""A year, of this host alone: what stands beside it is not ours to speak for."""


def guard(response: Response, *, is_secure: bool, cache: str = PRIVATE) -> Response:
    """Add the headers to an answer; `is_secure` says whether people reach us over https."""
    for name, value in GUARDS.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = cache
    if is_secure:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response
