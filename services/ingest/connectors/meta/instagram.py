"""What each change of an account of Instagram becomes. Times are those of the entry: Instagram tells no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from services.ingest.connectors.found import addresses, plain_format, some, tags
from services.ingest.connectors.meta.accounts import Account, Told, told
from services.ingest.connectors.meta.wire import Comment, Insights, Mentioned
from services.ingest.connectors.payload import Decoded, Reason, refused
from shared.events import event_id
from shared.events.community import Content, ContentCreated, ContentMeasured, Measures

NOT_FACTS = frozenset({"business_login_deauthorize", "delta", "share_to_feed"})
"""Known fields that become no event."""

_comment = msgspec.json.Decoder(Comment)
_mentioned = msgspec.json.Decoder(Mentioned)
_insights = msgspec.json.Decoder(Insights)


def comment(account: Account, raw: msgspec.Raw) -> Decoded:
    """Return a comment on a post, or in a live broadcast."""
    found = _comment.decode(raw)
    text = (found.text or "").strip() or None
    links = some(addresses(text or ""))
    thread = None if found.media is None else account.thing(found.media.id)
    subject = account.thing(found.id)
    content = Content(
        actor=None if found.from_ is None else account.actor(found.from_.id, found.from_.username or found.from_.name),
        content_id=subject,
        kind="comment",
        text=text,
        format=plain_format(text, links),
        links=links,
        tags=tags(text or ""),
        parent=thread if found.parent_id is None else account.thing(found.parent_id),
        thread=thread,
    )
    return Decoded(events=(told(account, ContentCreated, Told(subject, subject), content),))


def mentioned(account: Account, raw: msgspec.Raw) -> Decoded:
    """Return that the account was mentioned in somebody else's post, or in a comment on one: whose it is, is not told."""
    found = _mentioned.decode(raw)
    thread = account.thing(found.media_id)
    subject = thread if found.comment_id is None else account.thing(found.comment_id)
    content = Content(
        content_id=subject,
        kind="post" if found.comment_id is None else "comment",
        parent=None if found.comment_id is None else thread,
        thread=None if found.comment_id is None else thread,
        mentions=(account.community,),
    )
    return Decoded(events=(told(account, ContentCreated, Told(subject, subject), content),))


def measured(account: Account, raw: msgspec.Raw) -> Decoded:
    """Return a story's totals; other totals of the same story are another fact."""
    found = _insights.decode(raw)
    views = found.views if found.views is not None else found.impressions
    if views is None and found.reach is None and found.saved is None:
        return refused(Reason.NO_CONTENT, "story_insights")
    subject = account.thing(found.media_id)
    data = Measures(content_id=subject, views=views, reach=found.reach, saves=found.saved)
    totals = event_id(str(found.impressions), str(found.views), str(found.reach), str(found.saved))
    what = Told(f"measured/{subject}", subject, version=totals)
    return Decoded(events=(told(account, ContentMeasured, what, data),))


READ: Mapping[str, Callable[[Account, msgspec.Raw], Decoded]] = {
    "comments": comment,
    "live_comments": comment,
    "mentions": mentioned,
    "story_insights": measured,
}
"""Readers by field."""


def told_of(account: Account, field: str, raw: msgspec.Raw) -> Decoded:
    """Return what a change tells. Raises msgspec's errors where it is not of its field's shape."""
    read = READ.get(field)
    if read is not None:
        return read(account, raw)
    return refused(Reason.NOT_A_FACT, field) if field in NOT_FACTS else refused(Reason.UNKNOWN_KIND, "unknown")
