"""How Reddit's communities, members and contents are called.

A community is its subreddit's name, in lower case: every year of the archives and every listing tell it, it cannot be
changed, and it is what people type; the id (`t5_...`) is missing from old archives. An account is its name as well: the
moderators' log tells no id. Fullnames are unique over all of Reddit, so a content is `reddit:<fullname>`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from shared.events import Actor

NOBODY = frozenset({"[deleted]", "[removed]", ""})
"""Stands for an author or a text that is gone."""

BOTS = frozenset({"automoderator"})
"""Reddit's own; of others it does not say."""

COMMENT, SUBMISSION = "t1", "t3"


def community_of(subreddit: str) -> str:
    """Return the community that the subreddit is."""
    return f"reddit:{subreddit.lower()}"


def member_of(account: str) -> str:
    """Return the member that the account is."""
    return f"reddit:{account.lower()}"


def content_of(fullname: str) -> str:
    """Return the content that the thing is."""
    return f"reddit:{fullname}"


def actor(account: str | None, distinguished: str | None = None) -> Actor | None:
    """Return who acted; None where the account is gone."""
    if account is None or account in NOBODY:
        return None
    bot = account.lower() in BOTS
    return Actor(id=member_of(account), name=account, role="admin" if distinguished == "moderator" else None, bot=bot)


def instant(second: float) -> datetime:
    """Return the instant of a Unix time; Reddit tells whole seconds, as floats or not."""
    return datetime.fromtimestamp(int(second), UTC)
