"""One delivery of a webhook: signed, to an address of the Internet, within a time; its answer is a status and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from services.delivery.rules.webhooks import signing
from services.delivery.sending.unsent import Unsent
from shared.documents.directory import SecretRef
from shared.errors import VecheError
from shared.outgoing.transport import Forbidden, OwnNetwork, guarded_client
from shared.secrets import Credentials

WHOLE_S = 20.0
"""From looking the host up to its answer's headers: the specification recommends 15 to 30 s. The body is not read at all."""

SCHEMES, SCHEMES_PRIVATE = frozenset({"https"}), frozenset({"http", "https"})

AGENT = "veche/1 (webhooks)"

ABOUT_THIS_ONE = frozenset({400, 413, 414, 415, 422, 431})
"""Statuses by which a receiver says that this very delivery is wrong; of others the endpoint is to be mended."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where deliveries go, and the keys by which they are signed."""

    url: str = field(repr=False)
    keys: Sequence[bytes] = field(repr=False)


def hook_of(url: str, secrets: Sequence[SecretRef], credentials: Credentials, brand: str, brands: Collection[str]) -> Hook:
    """Return an endpoint with its keys. Raises Unsent, with what a person has to do, where they cannot be read."""
    try:
        return Hook(url, [signing.key_of(credentials.resolve(ref, brand, brands)) for ref in secrets])
    except VecheError as error:
        raise Unsent(str(error)) from None


def webhook_client(*, private: bool) -> httpx.AsyncClient:
    """Return what deliveries are sent through: to addresses of the Internet, by https; `private` allows others."""
    return guarded_client(timeout_s=WHOLE_S, private=private, schemes=SCHEMES_PRIVATE if private else SCHEMES)


async def deliver(
    http: httpx.AsyncClient, hook: Hook, id_: str, body: bytes, now: datetime, content_type: str = "application/json"
) -> None:
    """Deliver; return when the receiver has said that it took it. Raises Unsent in all other cases."""
    headers = {"content-type": content_type, "user-agent": AGENT, **signing.headers(hook.keys, id_, now, body)}
    try:
        async with asyncio.timeout(WHOLE_S):
            request = http.build_request("POST", hook.url, headers=headers, content=body)
            answer = await http.send(request, stream=True)
            await answer.aclose()
    except OwnNetwork as error:
        raise Unsent(f"{error}; VECHE_PRIVATE_WEBHOOKS=true allows that") from None
    except (Forbidden, httpx.InvalidURL) as error:
        raise Unsent(str(error) if isinstance(error, Forbidden) else "its address is none") from None
    except VecheError as error:
        raise Unsent(str(error)) from None
    except (httpx.HTTPError, UnicodeError, TimeoutError, OSError) as error:
        raise Unsent(f"no answer: {type(error).__name__}") from None
    if not answer.is_success:
        raise _refusal(answer, now)


def _refusal(answer: httpx.Response, now: datetime) -> Unsent:
    status = answer.status_code
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    told = f"it answered {status} {phrase}".strip()
    if answer.is_redirect:
        told += "; redirections are not followed: give the address that it leads to"
    wait_s = _asked_s(answer.headers.get("retry-after", ""), now)
    is_gone = status == HTTPStatus.GONE
    return Unsent(told, wait_s=wait_s, is_gone=is_gone, is_refused=status in ABOUT_THIS_ONE)


def _asked_s(retry_after: str, now: datetime) -> float:
    """Return how long a receiver wants to be left alone: it says so in seconds, or by a date; nonsense is no wish."""
    if retry_after.isdecimal() and len(retry_after) <= len("999999"):
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds())
