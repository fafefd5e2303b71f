"""What of a delivery is kept: no e-mail address or other personal data that no purpose needs, no talk between a few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from services.ingest.connectors.delivery import Unreadable, anything
from services.ingest.connectors.discourse.contents import DIRECT, is_private

PERSONAL = frozenset(
    {
        "allowed_pm_usernames",
        "associated_accounts",
        "bio",
        "bio_cooked",
        "bio_excerpt",
        "bio_raw",
        "birthdate",
        "custom_fields",
        "date_of_birth",
        "email",
        "email_password",
        "email_username",
        "emails",
        "external_id",
        "external_ids",
        "ignored_usernames",
        "incoming_email",
        "ip",
        "ip_address",
        "location",
        "muted_usernames",
        "raw_email",
        "registration_ip_address",
        "secondary_emails",
        "single_sign_on_record",
        "smtp_server",
        "unconfirmed_emails",
        "user_api_keys",
        "user_auth_token_logs",
        "user_auth_tokens",
        "user_custom_fields",
        "user_fields",
        "user_notification_schedule",
        "user_option",
        "website",
        "website_name",
    }
)
"""Fields that are dropped wherever they stand."""

WHOLE: Mapping[str, frozenset[str]] = {
    "user": frozenset(
        {"admin", "created_at", "id", "moderator", "staged", "suspend_reason", "suspended_till", "trust_level", "username"}
    ),
    "notification": frozenset({"created_at", "id", "notification_type"}),
    "reviewable": frozenset({"category_id", "created_at", "created_by_id", "id", "status", "target_url", "type", "version"}),
}
"""All that is kept of objects that are about a person, or that the staff alone sees, by the name they stand under."""

PLACE = frozenset({"created_at", "id", "post_number", "post_type", "topic_archetype", "topic_id"})
"""All that is kept of a post between a few."""

TOPIC = frozenset({"archetype", "id"})
CHANNEL = frozenset({"chatable_type", "id"})
"""All that is kept of such a topic, and of a chat channel and a message in it."""


def kept(body: bytes) -> bytes:
    """Return the delivery as it is kept; as it came where there is nothing to drop. Raises Unreadable."""
    found = anything(body)
    try:
        clean = _without_names(_whole(found))
        return body if clean == found else msgspec.json.encode(clean)
    except RecursionError as error:
        raise Unreadable("the body is nested too deeply to be searched for personal data") from error


def _whole(found: object) -> object:
    """Reduce the objects that are not kept as they are."""
    if not isinstance(found, dict):
        return found
    return {name: _reduced(name, inner) for name, inner in found.items()}


def _reduced(name: str, inner: object) -> object:
    if not isinstance(inner, dict):
        return inner
    if name in WHOLE:
        return _only(inner, WHOLE[name])
    if name == "like":
        return inner | {key: _reduced(key, inner[key]) for key in ("post", "user") if key in inner}
    if name == "topic" and is_private(inner.get("archetype"), None):
        return _only(inner, TOPIC)
    if name == "chat_message":
        return _chat(inner)
    return _only(inner, PLACE) if is_private(inner.get("topic_archetype"), inner.get("post_type")) else inner


def _chat(inner: dict[str, Any]) -> dict[str, Any]:
    channel = inner.get("channel")
    if not isinstance(channel, dict) or channel.get("chatable_type") != DIRECT:
        return inner
    return {name: _only(part, CHANNEL) for name, part in inner.items() if isinstance(part, dict)}


def _only(inner: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in inner.items() if name in names}


def _without_names(value: object) -> object:
    match value:
        case dict():
            return {name: _without_names(inner) for name, inner in value.items() if name not in PERSONAL}
        case list():
            return [_without_names(inner) for inner in value]
        case _:
            return value
