"""Slack's Web API, played.

Channels come into being when they are first named. Source: https://api.slack.com/methods and
https://api.slack.com/apis/rate-limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from simulated.limits import Limit
from simulated.world import Ground, Json, Reply, Request

TOKEN = "xoxb-simulated"  # noqa: S105 - of nothing
BOT = "U0BOT"

TIERS = {"pins.add": 20, "chat.postMessage": 300}
"""A minute; all others have 50."""

BURST_S = 1.5
"""Of two messages to a channel: one a second is documented, and that short bursts are let through."""


@dataclass
class Message:
    """A message."""

    user: str
    text: str
    thread: str | None = None
    metadata: Json | None = None


@dataclass
class Channel:
    """A channel."""

    messages: dict[str, Message] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    pinned: set[str] = field(default_factory=set)


class Refused(Exception):
    """An answer that is no."""


class Slack:
    """The world of one workspace."""

    def __init__(
        self,
        ground: Ground | None = None,
        *,
        token: str = TOKEN,
        kind: Literal["bot", "admin"] = "admin",
        is_limited: bool = True,
    ) -> None:
        self.ground = ground or Ground()
        self.channels: dict[str, Channel] = {}
        self.users = {"U1", "U2"}
        self.general = "C0GENERAL"
        self._token, self._kind, self._is_limited, self._number = token, kind, is_limited, 0
        self._methods: dict[str, Callable[[Json], Json]] = {
            "chat.postMessage": self._post,
            "chat.delete": self._delete,
            "conversations.open": self._open,
            "conversations.kick": self._kick,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "pins.add": self._pin,
        }

    def place(self, request: Request) -> str:
        """Return the channel."""
        return f"{self._fields(request).get('channel', '')}"

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        method, fields = request.path.removeprefix("/"), self._fields(request)
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return Reply(200, {"ok": False, "error": "invalid_auth"})
        if method not in self._methods:
            return Reply(200, {"ok": False, "error": "unknown_method"})
        wait_s = self._count(method, fields)
        if wait_s is not None:
            return self.stormy(wait_s)
        try:
            return Reply(200, {"ok": True, **self._methods[method](fields)})
        except Refused as refused:
            return Reply(200, {"ok": False, "error": f"{refused}"})

    def stormy(self, wait_s: float) -> Reply:
        """Ask for a pause, in whole seconds."""
        return Reply(429, {"ok": False, "error": "ratelimited"}, {"retry-after": f"{int(wait_s) + 1}"})

    def broken(self) -> Reply:
        """Fail."""
        return Reply(503, {"ok": False, "error": "service_unavailable"})

    def seed(self, what: Json) -> Json:
        """Let a member write: `{"channel": "C1", "text": "…"}`, or answer: `"thread"` names the message."""
        thread = what.get("thread")
        ts = self.write(str(what["channel"]), str(what.get("text", "")), thread=None if thread is None else str(thread))
        return {"id": ts}

    def write(self, channel: str, text: str, user: str = "U1", *, thread: str | None = None) -> str:
        """Let a message appear in a channel; return its stamp."""
        return self._written(channel, Message(user, text, thread))

    def channel(self, id_: str) -> Channel:
        """Return a channel."""
        return self.channels.setdefault(id_, Channel(members=set(self.users)))

    def _fields(self, request: Request) -> Json:
        return dict(request.query) if request.method == "GET" else request.json

    def _count(self, method: str, fields: Json) -> float | None:
        if not self._is_limited:
            return None
        limits = [Limit(method, TIERS.get(method, 50), 60.0)]
        if method == "chat.postMessage":
            limits.append(Limit(f"channel {fields.get('channel')}", 2, BURST_S))
        return self.ground.windows.take(limits, self.ground.now_s())

    def _written(self, channel: str, message: Message) -> str:
        self._number += 1
        ts = f"{int(self.ground.now().timestamp())}.{self._number:06d}"
        self.channel(channel).messages[ts] = message
        return ts

    def _message(self, fields: Json, name: str = "ts") -> Message:
        found = self._known(fields).messages.get(f"{fields.get(name)}")
        if found is None:
            raise Refused("message_not_found")
        return found

    def _known(self, fields: Json) -> Channel:
        if fields.get("channel") not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[fields["channel"]]

    def _post(self, fields: Json) -> Json:
        channel, thread = fields["channel"], fields.get("thread_ts")
        messages = self._known(fields).messages
        if thread is not None and (thread not in messages or messages[thread].thread not in {None, thread}):
            raise Refused("thread_not_found")
        ts = self._written(channel, Message(BOT, fields["text"], thread, fields.get("metadata")))
        self.ground.effects.add("message", f"{channel}:{thread}" if thread else channel, fields["text"], f"{channel}:{ts}")
        return {"channel": channel, "ts": ts, "message": {"text": fields["text"]}}

    def _delete(self, fields: Json) -> Json:
        if self._message(fields).user != BOT and self._kind == "bot":
            raise Refused("cant_delete_message")
        del self.channels[fields["channel"]].messages[fields["ts"]]
        self.ground.effects.add("delete", f"{fields['channel']}:{fields['ts']}")
        return {"channel": fields["channel"], "ts": fields["ts"]}

    def _open(self, fields: Json) -> Json:
        if fields["users"] not in self.users:
            raise Refused("user_not_found")
        self.channel(f"D{fields['users']}")
        return {"channel": {"id": f"D{fields['users']}"}}

    def _kick(self, fields: Json) -> Json:
        if fields["channel"] == self.general:
            raise Refused("cant_kick_from_general")
        members = self._known(fields).members
        if fields["user"] not in members:
            raise Refused("not_in_channel")
        members.remove(fields["user"])
        self.ground.effects.add("ban", f"{fields['channel']}:{fields['user']}")
        return {}

    def _told(self, ts: str, message: Message, fields: Json) -> Json:
        told: Json = {"type": "message", "ts": ts, "user": message.user, "text": message.text}
        if message.thread is not None:
            told["thread_ts"] = message.thread
        if message.metadata is not None and fields.get("include_all_metadata") == "true":
            told["metadata"] = message.metadata
        return told

    def _page(self, found: list[tuple[str, Message]], fields: Json) -> Json:
        begin, limit = int(fields.get("cursor") or "0"), min(int(fields.get("limit", "100")), 200)
        shown = [self._told(ts, message, fields) for ts, message in found[begin : begin + limit]]
        more = f"{begin + limit}" if len(found) > begin + limit else ""
        return {"messages": shown, "has_more": bool(more), "response_metadata": {"next_cursor": more}}

    def _history(self, fields: Json) -> Json:
        messages, oldest = self._known(fields).messages, float(fields.get("oldest", "0"))
        found = [(ts, one) for ts, one in messages.items() if one.thread in {None, ts} and float(ts) > oldest]
        return self._page(found[::-1], fields)

    def _replies(self, fields: Json) -> Json:
        messages, ts = self._known(fields).messages, fields["ts"]
        if ts not in messages:
            raise Refused("thread_not_found")
        if messages[ts].thread not in {None, ts}:
            return self._page([(ts, messages[ts])], fields)
        oldest = float(fields.get("oldest", "0"))
        answers = [(one, message) for one, message in messages.items() if message.thread == ts and float(one) > oldest]
        return self._page([(ts, messages[ts]), *answers], fields)

    def _pin(self, fields: Json) -> Json:
        self._message(fields, "timestamp")
        pinned = self.channels[fields["channel"]].pinned
        if fields["timestamp"] in pinned:
            raise Refused("already_pinned")
        pinned.add(fields["timestamp"])
        self.ground.effects.add("pin", f"{fields['channel']}:{fields['timestamp']}")
        return {}
