"""How VK is asked, how often, and what its answers mean.

All is a POST of a form to a method's address, and refusals have the status 200. Source: https://dev.vk.com/api/api-requests,
https://dev.vk.com/reference/errors and https://github.com/VKCOM/vk-api-schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from services.delivery.platforms.asking import failed, read, said, unclear
from services.delivery.platforms.platform import Answer, Ask, Bucket, Busy, Call, Impossible, Lost, Pressure, unreachable
from services.delivery.platforms.rates import within
from shared.errors import VecheError
from shared.limits.bucket import Rate

T = TypeVar("T")
NAME = "VK"

COMMUNITY = Bucket("community", within(20, 1, 5))
"""With a community's token: 20 a second. It opens messages."""

USER = Bucket("user", Rate(2.0, 1))
"""With a user's token: 3 a second. Walls and black lists take no other."""

UNKNOWN, INTERNAL = 1, 10
AUTHORIZATION, VALIDATION, TOKEN_EXPIRED = 5, 17, 1_117
TOO_FAST, FLOOD, CAPTCHA, RATE_LIMIT = 6, 9, 14, 29
NOT_FOUND = 104
COMMUNITY_TOKEN = 27
"""The method can't be called with a community's token."""

PAUSES_S: Mapping[int, float] = {TOO_FAST: 1.0, FLOOD: 60.0, CAPTCHA: 600.0, RATE_LIMIT: 600.0}
"""VK does not say how long to wait. The first is a second by its name; the others are long enough not to make it worse."""

GONE = frozenset({18, NOT_FOUND, 113, 927, 1_017, 1_018})
"""A user, a content or a chat is not there any more."""

FORBIDDEN = frozenset(
    {7, 15, COMMUNITY_TOKEN, 28, 200, 203, 204, 210, 211, 212, 213, 214, 219, 222, 900, 912, 917, 924, 925, 983},
)
"""A right is missing."""

UNREACHABLE = frozenset({901, 902})
"""The member has not allowed messages, or their privacy settings do not."""


class Refusal(msgspec.Struct, frozen=True):
    """What VK says where it refuses."""

    error_code: int = 0
    error_msg: str = ""


class Said(msgspec.Struct, frozen=True):
    """Any answer."""

    response: msgspec.Raw = msgspec.Raw(b"")
    error: Refusal | None = None


def call(method: str, fields: Mapping[str, object], *, is_visible: bool = False) -> Call:
    """Return a call of a method."""
    kind = COMMUNITY if method.startswith("messages.") else USER
    buckets = (kind, Bucket(f"method/{method}", kind.rate))
    path = f"/method/{method}"
    return Call("POST", path, path, body=fields, buckets=buckets, is_visible=is_visible)


async def asked(one: Call, ask: Ask, shape: type[T]) -> T:
    """Ask, and return what came. Raises whatever the answer means otherwise."""
    answer = await ask(one)
    found = parsed(one, answer)
    if found.error is not None:
        raise meaning(one, found.error)
    try:
        return msgspec.json.decode(found.response, type=shape)
    except msgspec.DecodeError:
        raise unclear(one, f"VK answered {one.route} with something else than it documents") from None


def parsed(one: Call, answer: Answer) -> Said:
    """Return the answer; a refusal is for the caller."""
    trouble = failed(one, answer, NAME)
    if trouble is not None:
        raise trouble
    return read(one, answer, Said, NAME)


def meaning(one: Call, refused: Refusal) -> VecheError:
    """Return what a refusal means."""
    code, text = refused.error_code, f"VK refuses ({refused.error_code}): {said(refused.error_msg)}"
    if code in PAUSES_S:
        return Busy(f"{text}; it asks for a pause", PAUSES_S[code])
    if code in {AUTHORIZATION, VALIDATION, TOKEN_EXPIRED}:
        return Lost(f"{text}; make a new token of the community, or of an administrator, and put it in the connection")
    if code in {UNKNOWN, INTERNAL}:
        return unclear(one, text)
    return _no(code, text)


def _no(code: int, text: str) -> Impossible:
    if code == COMMUNITY_TOKEN:
        return Impossible("forbidden", f"{text}; VK takes an administrator's token for this: put one in the connection")
    if code in UNREACHABLE:
        return unreachable(text)
    if code in FORBIDDEN:
        return Impossible("forbidden", f"{text}; give the token's owner the right to do this")
    return Impossible("gone" if code in GONE else "refused", text)


def told(one: Call, answer: Answer) -> Sequence[Pressure]:
    """Return what is to rest: all of a token where it is about the second, else the method."""
    try:
        error = msgspec.json.decode(answer.body, type=Said).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    if error is None or error.error_code not in PAUSES_S or not one.buckets:
        return ()
    bucket = one.buckets[0] if error.error_code == TOO_FAST else one.buckets[-1]
    return (Pressure(bucket.key, PAUSES_S[error.error_code]),)
