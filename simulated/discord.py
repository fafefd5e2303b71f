"""Discord's REST API, played.

Guilds, channels and members come into being when they are first named. Source: https://discord.com/developers/docs; the
numbers of limits are not documented there, and are those that have been seen: five messages in five seconds in a channel,
five of any other route in a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from simulated.limits import Limit
from simulated.world import Ground, Json, Reply, Request

TOKEN = "simulated-bot-token"  # noqa: S105 - of nothing
BOT = "900"
EPOCH_MS = 1_420_070_400_000
APPLICATION = "800"
WEBHOOKS = f"/webhooks/{APPLICATION}/"
NONCE_S = 300.0
"""`some minutes`, says the documentation."""


class Pressed(NamedTuple):
    """A press that waits for its answer."""

    channel: str
    member: str
    is_heard: bool = False
    """Whether the application said at once that there will be one."""


class Made(NamedTuple):
    """A message that was made with a nonce, and when it is forgotten."""

    id: int
    until_s: float


@dataclass
class Channel:
    """A channel."""

    guild: str
    messages: dict[int, Json] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)
    delay_s: int = 0


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, status: int, code: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.reply = Reply(status, {"code": code, "message": message, **more})


class Discord:
    """The world."""

    def __init__(self, ground: Ground | None = None, *, token: str = TOKEN, is_limited: bool = True) -> None:
        self.ground = ground or Ground()
        self.channels: dict[str, Channel] = {}
        self.timeouts: dict[tuple[str, str], str] = {}
        self.bans: set[tuple[str, str]] = set()
        self.closed: set[str] = set()
        """Members who take no messages."""
        self.absent: set[str] = set()
        """Who is not in the guild."""
        self.untouchable: set[str] = set()
        """Members above the bot."""
        self.may_read = True
        self.presses: dict[str, Pressed] = {}
        """By token."""
        self._token, self._is_limited, self._sequence = token, is_limited, 0
        self._nonces: dict[tuple[str, str], Made] = {}
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Reply]]] = [
            (method, re.compile(route), play)
            for method, route, play in (
                ("GET", "/users/@me", lambda _: Reply(200, {"id": BOT, "username": "veche"})),
                ("POST", "/users/@me/channels", self._open),
                ("GET", "/channels/(?P<channel>[0-9]+)/messages", self._read),
                ("POST", "/channels/(?P<channel>[0-9]+)/messages", self._send),
                ("DELETE", "/channels/(?P<channel>[0-9]+)/messages/(?P<message>[0-9]+)", self._delete),
                ("PUT", "/channels/(?P<channel>[0-9]+)/messages/pins/(?P<message>[0-9]+)", self._pin),
                ("PATCH", "/channels/(?P<channel>[0-9]+)", self._slow_down),
                ("PATCH", f"{WEBHOOKS}(?P<token>[^/]+)/messages/@original", self._answer_press),
                ("GET", "/guilds/(?P<guild>[0-9]+)/members/(?P<user>[0-9]+)", self._member),
                ("PATCH", "/guilds/(?P<guild>[0-9]+)/members/(?P<user>[0-9]+)", self._timeout),
                ("PUT", "/guilds/(?P<guild>[0-9]+)/bans/(?P<user>[0-9]+)", self._ban),
                ("DELETE", "/guilds/(?P<guild>[0-9]+)/bans/(?P<user>[0-9]+)", self._unban),
            )
        ]

    def place(self, request: Request) -> str:
        """Return the channel or guild."""
        parts = request.path.split("/")
        return parts[2] if len(parts) > 2 else ""

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        try:
            return self._answered(request)
        except Refused as refused:
            return refused.reply

    def stormy(self, wait_s: float) -> Reply:
        """Ask for a pause."""
        body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": False}
        return Reply(429, body, {"retry-after": f"{wait_s:.3f}", "x-ratelimit-scope": "shared"})

    def broken(self) -> Reply:
        """Fail."""
        return Reply(502, {"message": "502: Bad Gateway", "code": 0})

    def seed(self, what: Json) -> Json:
        """Let a member write: `{"guild": "1", "channel": "2", "text": "…"}`.

        Or press a button: `{"channel": "2", "message": "7", "press": 0, "member": "42"}` returns the interaction.
        """
        if "press" in what:
            return self.press(str(what["channel"]), int(what["message"]), int(what["press"]), str(what["member"]))
        guild, channel, text = (str(what.get(name, "")) for name in ("guild", "channel", "text"))
        return {"id": str(self.write(guild, channel, text))}

    def write(self, guild: str, channel: str, text: str, author: str = "42") -> int:
        """Let a message appear in a channel; return its id."""
        message: Json = {"author": {"id": author}, "content": text, "channel_id": channel}
        return self._written(self.channels.setdefault(channel, Channel(guild)), message)

    def press(self, channel: str, message: int, button: int, member: str) -> Json:
        """Let a member press a button of a message, counted from 0; return the interaction that Discord posts."""
        place = self.channels[channel]
        keys = [key for row in place.messages[message]["components"] for key in row["components"]]
        self._sequence += 1
        token = f"press-{self._sequence}"
        self.presses[token] = Pressed(channel, member)
        return {
            "id": f"{self._sequence}",
            "application_id": APPLICATION,
            "type": 3,
            "version": 1,
            "token": token,
            "guild_id": place.guild,
            "channel_id": channel,
            "member": {"user": {"id": member, "username": f"member{member}"}},
            "message": {"id": f"{message}"},
            "data": {"component_type": 2, "custom_id": keys[button]["custom_id"]},
            "locale": "en-US",
        }

    def heard(self, token: str, answer: Json) -> None:
        """Hear what the application answers to an interaction at once: that it thinks, for the eyes of one alone."""
        if answer == {"type": 5, "data": {"flags": 64}}:
            self.presses[token] = self.presses[token]._replace(is_heard=True)

    def _answer_press(self, request: Request, token: str) -> Reply:
        press = self.presses.get(token)
        if press is None:
            raise Refused(401, 50_027, "Invalid Webhook Token")
        if not press.is_heard:
            raise Refused(404, 10_015, "Unknown Webhook")
        if not 1 <= len(request.json.get("content", "")) <= 2_000:
            raise Refused(400, 50_035, "Invalid Form Body")
        self.ground.effects.add("answer", f"{press.channel}:{press.member}", request.json["content"])
        return Reply(200, {"id": "1"})

    def _answered(self, request: Request) -> Reply:
        if not request.path.startswith(WEBHOOKS) and request.headers.get("authorization") != f"Bot {self._token}":
            raise Refused(401, 0, "401: Unauthorized")
        for method, route, play in self._routes:
            match = route.fullmatch(request.path)
            if match is not None and method == request.method:
                headers = self._count(method, route.pattern, match.groupdict())
                reply = play(request, **match.groupdict())
                return Reply(reply.status, reply.body, {**headers, **reply.headers})
        raise Refused(404, 0, "404: Not Found")

    def _count(self, method: str, route: str, parts: dict[str, str]) -> dict[str, str]:
        if not self._is_limited:
            return {}
        now_s, major = self.ground.now_s(), parts.get("channel") or parts.get("guild") or ""
        window_s = 5.0 if method == "POST" and route.endswith("messages") else 1.0
        limit = Limit(f"{method} {route} {major}", 5, window_s)
        wait_s = self.ground.windows.take([Limit("global", 50, 1.0), limit], now_s)
        if wait_s is not None:
            raise Refused(429, 0, "You are being rate limited.", retry_after=wait_s)
        left, reset_s = self.ground.windows.left(limit, now_s)
        told = {"limit": "5", "remaining": f"{left}", "reset-after": f"{reset_s:.3f}", "bucket": f"{abs(hash(route)):x}"}
        return {f"x-ratelimit-{name}": value for name, value in told.items()}

    def _written(self, channel: Channel, message: Json) -> int:
        self._sequence += 1
        id_ = (int(self.ground.now().timestamp() * 1_000) - EPOCH_MS << 22) + (self._sequence & 0x3FFFFF)
        id_ = max(id_, max(channel.messages, default=0) + 1)
        channel.messages[id_] = {"id": f"{id_}", **message}
        return id_

    def _channel(self, channel: str) -> Channel:
        if channel not in self.channels:
            raise Refused(404, 10_003, "Unknown Channel")
        return self.channels[channel]

    def _open(self, request: Request) -> Reply:
        user = f"{request.json.get('recipient_id')}"
        self.channels.setdefault(f"7{user}", Channel(f"@{user}"))
        return Reply(200, {"id": f"7{user}", "type": 1})

    def _read(self, request: Request, channel: str) -> Reply:
        messages = self._channel(channel).messages
        if not self.may_read:
            return Reply(200, [])
        after, limit = int(request.query.get("after", "0")), int(request.query.get("limit", "50"))
        found = [message for id_, message in messages.items() if id_ > after]
        chosen = found[:limit] if "after" in request.query else found[-limit:]
        return Reply(200, chosen[::-1])

    def _send(self, request: Request, channel: str) -> Reply:
        place, body = self._channel(channel), request.json
        if place.guild.removeprefix("@") in self.closed:
            raise Refused(403, 50_007, "Cannot send messages to this user")
        nonce = (channel, f"{body.get('nonce')}")
        known = self._nonces.get(nonce)
        if body.get("enforce_nonce") and known is not None and known.until_s > self.ground.now_s():
            return Reply(200, {"id": f"{known.id}"})
        self._check(place, body)
        id_ = self._written(place, self._message(channel, body))
        self._nonces[nonce] = Made(id_, self.ground.now_s() + NONCE_S)
        self.ground.effects.add("message", channel, place.messages[id_]["content"] or body["poll"]["question"]["text"], id_)
        return Reply(200, place.messages[id_])

    def forget_nonces(self) -> None:
        """Let the minutes pass in which a nonce is known."""
        self._nonces.clear()

    def _check(self, place: Channel, body: Json) -> None:
        replied = body.get("message_reference", {}).get("message_id")
        if replied is not None and int(replied) not in place.messages:
            wrong = {
                "message_reference": {
                    "_errors": [{"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}]
                }
            }
            raise Refused(400, 50_035, "Invalid Form Body", errors=wrong)
        if len(body.get("content", "")) > 2_000 or len(f"{body.get('nonce', '')}") > 25:
            raise Refused(400, 50_035, "Invalid Form Body")
        rows = [row["components"] for row in body.get("components", [])]
        ids = [key["custom_id"] for row in rows for key in row]
        is_sized = len(rows) <= 5 and all(1 <= len(row) <= 5 for row in rows)
        is_said = all(1 <= len(key["label"]) <= 80 and len(key["custom_id"]) <= 100 for row in rows for key in row)
        if rows and not (is_sized and is_said and len(ids) == len(set(ids))):
            raise Refused(400, 50_035, "Invalid Form Body")

    def _message(self, channel: str, body: Json) -> Json:
        kept: Json = {name: body[name] for name in ("message_reference", "poll", "components") if name in body}
        return {"author": {"id": BOT}, "content": body.get("content", "").strip(), "channel_id": channel, **kept}

    def _delete(self, _: Request, channel: str, message: str) -> Reply:
        if self._channel(channel).messages.pop(int(message), None) is None:
            raise Refused(404, 10_008, "Unknown Message")
        self.ground.effects.add("delete", f"{channel}:{message}")
        return Reply(204)

    def _pin(self, _: Request, channel: str, message: str) -> Reply:
        place = self._channel(channel)
        if int(message) not in place.messages:
            raise Refused(404, 10_008, "Unknown Message")
        if int(message) not in place.pinned:
            place.pinned.add(int(message))
            self.ground.effects.add("pin", f"{channel}:{message}")
        return Reply(204)

    def _slow_down(self, request: Request, channel: str) -> Reply:
        place, delay_s = self._channel(channel), request.json.get("rate_limit_per_user")
        if not isinstance(delay_s, int) or not 0 <= delay_s <= 21_600:
            raise Refused(400, 50_035, "Invalid Form Body")
        if place.delay_s != delay_s:
            place.delay_s = delay_s
            self.ground.effects.add("slow_mode", channel, delay_s)
        return Reply(200, {"id": channel, "rate_limit_per_user": delay_s})

    def _known(self, user: str) -> None:
        if user in self.absent:
            raise Refused(404, 10_007, "Unknown Member")

    def _touched(self, user: str) -> None:
        if user in self.untouchable:
            raise Refused(403, 50_013, "Missing Permissions")

    def _member(self, _: Request, guild: str, user: str) -> Reply:
        self._known(user)
        return Reply(200, {"user": {"id": user}, "guild_id": guild})

    def _timeout(self, request: Request, guild: str, user: str) -> Reply:
        self._known(user)
        self._touched(user)
        end = request.json.get("communication_disabled_until")
        if end is None:
            if self.timeouts.pop((guild, user), None) is not None:
                self.ground.effects.add("unmute", f"{guild}:{user}")
            return Reply(200, {"user": {"id": user}})
        if (datetime.fromisoformat(end) - self.ground.now()).total_seconds() > 28 * 86_400:
            raise Refused(400, 50_035, "Invalid Form Body")
        if self.timeouts.get((guild, user)) != end:
            self.timeouts[guild, user] = end
            self.ground.effects.add("mute", f"{guild}:{user}", end)
        return Reply(200, {"user": {"id": user}})

    def _ban(self, _: Request, guild: str, user: str) -> Reply:
        self._touched(user)
        if (guild, user) not in self.bans:
            self.bans.add((guild, user))
            self.ground.effects.add("ban", f"{guild}:{user}")
        return Reply(204)

    def _unban(self, _: Request, guild: str, user: str) -> Reply:
        if (guild, user) not in self.bans:
            raise Refused(404, 10_026, "Unknown Ban")
        self.bans.remove((guild, user))
        self.ground.effects.add("unban", f"{guild}:{user}")
        return Reply(204)
