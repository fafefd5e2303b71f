"""What has to be known of posts and users before the first event: whose answer it is, who is called how.

It stays in memory, about 300 bytes a post and 100 a user: enough for every site of the network but its largest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from services.ingest.importers.importer import Broken
from services.ingest.importers.stackexchange.rows import Post, User, rows

QUESTION, ANSWER = 1, 2
"""Types of posts that are content."""


MOMENT = timedelta(microseconds=1)
"""What puts an answer behind its question where the clock does not."""


class Known(Struct, frozen=True, gc=False):
    """A post: when it was made, its question, which of a question is itself, and its owner, where the account is there."""

    at: datetime
    question: int
    owner: int | None


class Index(Struct, frozen=True):
    """All posts and names of a dump."""

    posts: dict[int, Known]
    names: dict[int, str]

    def since(self, post: int, at: datetime) -> datetime:
        """Return `at`, but never before the post or its question: a site's clock runs backwards for migrated ones."""
        known = self.posts.get(post)
        if known is None:
            return at
        question = self.posts.get(known.question, known)
        return max(at, known.at, question.at if known is question else question.at + MOMENT)


def index(path: Path) -> Index:
    """Read posts and users once; broken rows are told on the second reading."""
    posts = {}
    for post in rows(path / "Posts.xml", Post):
        if not isinstance(post, Broken) and post.post_type_id in {QUESTION, ANSWER}:
            posts[post.id] = Known(post.at, post.parent_id or post.id, post.owner_user_id)
    names = {}
    for user in rows(path / "Users.xml", User):
        if not isinstance(user, Broken) and user.display_name:
            names[user.id] = user.display_name
    return Index(posts, names)
