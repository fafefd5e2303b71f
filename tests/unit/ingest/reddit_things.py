"""One thing of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.reddit_things` writes the golden file anew; read the difference before committing it: an `id`
may not change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file
from tests.unit.ingest.histories import RECORDED

GOLDEN = Path(__file__).parent / "golden" / "reddit.json"
Json = dict[str, Any]
AT = 1_767_225_600

COMMENT: Json = {
    "id": "abc1",
    "name": "t1_abc1",
    "subreddit": "WoodShop",
    "subreddit_id": "t5_9",
    "created_utc": float(AT),
    "author": "Anna_K",
    "body": "see https://a.example/?x=1&amp;y=2, u/ivan-p &gt; me",
    "link_id": "t3_zz9",
    "parent_id": "t1_abc0",
    "edited": False,
    "score": 1,
    "mod_reports": [],
    "user_reports": [],
}
SUBMISSION: Json = {
    "id": "zz9",
    "name": "t3_zz9",
    "subreddit": "WoodShop",
    "created_utc": float(AT),
    "author": "Anna_K",
    "title": "Which glue?",
    "selftext": "for oak",
    "is_self": True,
    "url": "https://www.reddit.com/r/WoodShop/comments/zz9/",
    "edited": False,
    "score": 1,
    "num_comments": 4,
}
ACTION: Json = {
    "id": "ModAction_1",
    "subreddit": "WoodShop",
    "created_utc": float(AT),
    "mod": "Boss",
    "details": None,
    "description": None,
    "target_author": "Anna_K",
    "target_fullname": None,
}


def comment(**fields: object) -> Json:
    return {"kind": "t1", "data": COMMENT | fields}


def submission(**fields: object) -> Json:
    return {"kind": "t3", "data": SUBMISSION | fields}


def action(name: str, **fields: object) -> Json:
    return {"kind": "modaction", "data": ACTION | {"action": name} | fields}


CASES: dict[str, Json] = {
    "comment": comment(),
    "comment_edited": comment(edited=AT + 60.0),
    "comment_edited_nobody_knows_when": comment(edited=True),
    "comment_of_a_moderator": comment(distinguished="moderator"),
    "comment_of_automoderator": comment(author="AutoModerator"),
    "comment_deleted_by_its_author": comment(author="[deleted]", body="[deleted]"),
    "comment_removed": comment(body="[removed]"),
    "comment_removed_as_moderators_see_it": comment(banned_by="Boss", banned_at_utc=AT + 30),
    "comment_voted": comment(score=-4),
    "comment_with_a_hidden_score": comment(score=9, score_hidden=True),
    "comment_reported": comment(mod_reports=[["spam", "Boss"]], user_reports=[["rude", 2, False, True], [None, 1]]),
    "text": submission(),
    "text_with_flair": submission(link_flair_text="Question", score=12),
    "link": submission(is_self=False, url="https://b.example/a?b=1&amp;c=2", selftext=""),
    "image": submission(is_self=False, url="https://i.example/a.png", selftext="", post_hint="image"),
    "video": submission(is_self=False, url="https://v.example/a", selftext="", is_video=True),
    "gallery": submission(is_self=False, url="https://g.example/a", selftext="", is_gallery=True),
    "poll": submission(poll_data={"options": []}),
    "submission_removed": submission(selftext="[removed]", removed_by_category="moderator"),
    "banned": action("banuser", details="7 days", description="spam"),
    "banned_for_good": action("banuser", details="permanent"),
    "unbanned": action("unbanuser"),
    "removed": action("removecomment", target_fullname="t1_abc1", details="remove"),
    "removed_as_spam": action("spamlink", target_fullname="t3_zz9"),
    "approved": action("approvelink", target_fullname="t3_zz9", details="unspam"),
    "approved_without_a_removal": action("approvelink", target_fullname="t3_zz9", details="confirm_ham"),
    "a_setting": action("editsettings", target_author=""),
    "a_talk": {"kind": "t4", "data": {"body": "hi"}},
    "a_subreddit": {"kind": "t5", "data": {}},
    "more": {"kind": "more", "data": {}},
    "unknown": {"kind": "t9", "data": {}},
}


def decode(body: object, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    payload = Payload(body=raw, brand="acme", connection="poller", recordedtime=RECORDED)
    return CONNECTORS["reddit"].decode(msgspec.structs.replace(payload, **stamp))


def told(name: str, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    return decode(CASES[name], **stamp)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: decode(case) for name, case in CASES.items()})
