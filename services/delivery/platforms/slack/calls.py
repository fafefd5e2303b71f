"""How Slack is asked, how often, and what its answers mean.

Source: https://api.slack.com/web, https://api.slack.com/apis/rate-limits and the list of errors at each method's page,
for example https://api.slack.com/methods/chat.postMessage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from services.delivery.platforms.asking import failed, read, said, unclear, wait_of
from services.delivery.platforms.platform import Answer, Ask, Bucket, Busy, Call, Impossible, Lost, Pressure, unreachable
from services.delivery.platforms.rates import within
from shared.errors import VecheError
from shared.limits.bucket import Rate

T = TypeVar("T")
NAME = "Slack"

TIER_2, TIER_3 = within(20, 60, 4), within(50, 60, 8)
"""Of a method in a workspace: 20 and 50 a minute."""

METHODS: Mapping[str, Rate] = {"pins.add": TIER_2, "chat.postMessage": within(300, 60, 20)}
"""All others that are asked here are of tier 3. Of messages Slack says "several hundred a minute" for a workspace."""

CHANNEL = Rate(0.9, 1)
"""Messages to one channel: one a second."""

TOO_MANY = 429

LOST = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "org_login_required"},
)
GONE = frozenset(
    {"message_not_found", "thread_not_found", "user_not_found", "users_not_found", "user_disabled", "no_such_message"},
)
FORBIDDEN = frozenset(
    {
        "access_denied",
        "cant_delete_message",
        "cant_kick_from_general",
        "cant_kick_self",
        "channel_not_found",
        "compliance_exports_prevent_deletion",
        "ekm_access_denied",
        "is_archived",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_not_in_channel",
    },
)
UNREACHABLE = frozenset({"cannot_dm_bot", "user_not_visible"})
"""The member is a bot, or is not seen by the app."""
BROKEN = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
"""Slack has failed by itself: of `fatal_error` it says that some of it may have been done."""


class Said(msgspec.Struct, frozen=True):
    """What any answer says first."""

    ok: bool
    error: str = ""
    needed: str = ""
    """The scope that is missing."""


def post(method: str, body: Mapping[str, object]) -> Call:
    """Return a call of a method that does something; nobody sees it twice."""
    return Call("POST", f"/{method}", f"/{method}", body=body, buckets=(_bucket(method),))


def get(method: str, query: Mapping[str, str]) -> Call:
    """Return a call of a method that reads."""
    return Call("GET", f"/{method}", f"/{method}", query, buckets=(_bucket(method),))


def _bucket(method: str) -> Bucket:
    return Bucket(f"method/{method}", METHODS.get(method, TIER_3))


def send(channel: str, body: Mapping[str, object]) -> Call:
    """Return the call that members see."""
    method = "chat.postMessage"
    buckets = (_bucket(method), Bucket(f"channel/{channel}", CHANNEL))
    return Call("POST", f"/{method}", f"/{method}", body={"channel": channel, **body}, buckets=buckets, is_visible=True)


async def asked(one: Call, ask: Ask, shape: type[T]) -> T:
    """Ask, and return what came. Raises whatever the answer means otherwise."""
    answer = await ask(one)
    found = parsed(one, answer)
    if not found.ok:
        raise meaning(one, found)
    return read(one, answer, shape, NAME)


def parsed(one: Call, answer: Answer) -> Said:
    """Return what an answer says first; a refusal is for the caller."""
    trouble = failed(one, answer, NAME)
    if trouble is not None:
        raise trouble
    if answer.status == TOO_MANY:
        raise Busy("Slack asks for a pause", wait_of(answer.headers.get("retry-after")))
    return read(one, answer, Said, NAME)


def meaning(one: Call, found: Said) -> VecheError:
    """Return what a refusal means."""
    text = f"Slack refuses: {said(found.error) or 'no reason given'}"
    if found.error == "ratelimited":
        return Busy("Slack asks for a pause", wait_of(None))
    if found.error in LOST:
        return Lost(f"{text}; install the app in the workspace again, and put its new token in the connection")
    if found.error in BROKEN:
        return unclear(one, text)
    if found.error in UNREACHABLE:
        return unreachable(text)
    if found.error in FORBIDDEN:
        return Impossible("forbidden", f"{text}; {_remedy(found)}")
    return Impossible("gone" if found.error in GONE else "refused", text)


def _remedy(found: Said) -> str:
    if found.error == "cant_delete_message":
        return "a bot deletes its own messages alone: put a user token of a workspace administrator in the connection"
    if found.error == "missing_scope":
        return f"add the scope {said(found.needed) or 'that its page names'} to the app, and install it again"
    return "invite the app to the channel, and give its owner the right to do this"


def told(one: Call, answer: Answer) -> Sequence[Pressure]:
    """Return what is to rest: of a message its channel, of all else the method."""
    if answer.status != TOO_MANY or not one.buckets:
        return ()
    return (Pressure(one.buckets[-1].key, wait_of(answer.headers.get("retry-after"))),)
