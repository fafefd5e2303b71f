"""Reddit: children of listings, one JSON object each, as `{"kind": "t1", "data": {...}}`.

Reddit sends nothing by itself: who polls its listings hands each child on. A subreddit is the community
(`reddit:<name>`, in lower case). The archives of Pushshift tell the same things under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from typing_extensions import override

from services.ingest.connectors.delivery import Delivery, Keys, read_or_none
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.reddit import modlog, things
from services.ingest.connectors.reddit.names import community_of
from services.ingest.connectors.reddit.wire import Action, Child, Placed, Thing
from shared.errors import Unprocessable
from shared.events.codec import reason

THINGS = frozenset({"t1", "t3"})
ACTION = "modaction"
PRIVATE = frozenset({"t4"})
NOT_FACTS = frozenset({"t2", "t5", "t6", "more", "Listing", "wikipage", "UserList"})
"""Accounts, subreddits, awards; places where a listing goes on; listings themselves."""


class _Outer(msgspec.Struct):
    data: Placed = Placed()


_outer = msgspec.json.Decoder(_Outer)
_child = msgspec.json.Decoder(Child)
_thing = msgspec.json.Decoder(Thing, strict=False)
_action = msgspec.json.Decoder(Action, strict=False)


class Reddit(Connector):
    """The connector; things.py and modlog.py say what each kind becomes."""

    platform = "reddit"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return that nothing is genuine that comes to an address of ours: Reddit sends nothing there."""
        del delivery, keys
        return False

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the subreddit that the thing names."""
        del headers
        outer = read_or_none(_outer, body)
        return community_of(outer.data.subreddit) if outer is not None and outer.data.subreddit else None

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the thing tells."""
        try:
            child = _child.decode(payload.body)
            if child.kind in THINGS:
                return Decoded(events=tuple(things.events_of(_thing.decode(child.data), payload)))
            if child.kind == ACTION:
                events = tuple(modlog.events_of(_action.decode(child.data), payload))
                return Decoded(events=events) if events else refused(Reason.NOT_A_FACT, ACTION)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
            raise Unprocessable(f"not a thing of Reddit: {reason(error)}") from error
        if child.kind in PRIVATE:
            return refused(Reason.PRIVATE_CHAT, child.kind)
        return refused(Reason.NOT_A_FACT, child.kind) if child.kind in NOT_FACTS else refused(Reason.UNKNOWN_KIND, "unknown")
