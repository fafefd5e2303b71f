"""A forum of Discourse, played.

Source: https://docs.discourse.org, and for what it leaves out `app/controllers` of https://github.com/discourse/discourse:
two requests for the same post within two minutes are one there, and an `external_id` is taken once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from simulated.limits import Limit
from simulated.world import Ground, Json, Reply, Request

TOKEN = "simulated-forum-key"  # noqa: S105 - of nothing
US = "veche"
MEMO_S = 120.0
CHUNK = 20


@dataclass
class Post:
    """A post."""

    id: int
    number: int
    by: str
    raw: str
    created_at: datetime
    answered: int | None = None
    deleted_at: datetime | None = None


@dataclass
class Topic:
    """A topic."""

    id: int
    title: str
    posts: list[Post] = field(default_factory=list)
    key: str = ""
    is_pinned: bool = False
    delay_s: int = 0


class Memo(NamedTuple):
    """An answer that is given again."""

    body: Json
    until_s: float


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, status: int, message: str, kind: str = "", **extras: object) -> None:
        super().__init__(message)
        body = {"errors": [message], "error_type": kind} | ({"extras": extras} if extras else {})
        self.reply = Reply(status, body, {"retry-after": f"{extras['wait_seconds']}"} if extras else {})


class Discourse:
    """The world of one forum."""

    def __init__(self, ground: Ground | None = None, *, token: str = TOKEN, is_limited: bool = True) -> None:
        self.ground = ground or Ground()
        self.topics: dict[int, Topic] = {}
        self.posts: dict[int, Post] = {}
        self.homes: dict[int, int] = {}
        """Of posts: their topics."""
        self.users: dict[int, str] = {42: "anna", 43: "boris"}
        self.silenced: dict[int, str] = {}
        self.suspended: dict[int, str] = {}
        self.admins: set[int] = set()
        self.is_moderator = True
        self._token, self._is_limited, self._number = token, is_limited, 10
        self._memos: dict[str, Memo] = {}
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Reply]]] = [
            (method, re.compile(route), play)
            for method, route, play in (
                ("GET", "/session/current.json", lambda _: Reply(200, {"current_user": {"username": US}})),
                ("POST", "/posts.json", self._create),
                ("GET", "/posts/by_number/(?P<topic>[0-9]+)/(?P<number>[0-9]+).json", self._by_number),
                ("DELETE", "/posts/(?P<post>[0-9]+).json", self._delete),
                ("PUT", "/posts/(?P<post>[0-9]+)/recover.json", self._recover),
                ("GET", "/t/external_id/(?P<key>[A-Za-z0-9_-]+).json", self._by_key),
                ("GET", "/t/(?P<topic>[0-9]+).json", self._read),
                ("PUT", "/t/(?P<topic>[0-9]+)/status.json", self._pin),
                ("PUT", "/t/(?P<topic>[0-9]+)/slow_mode.json", self._slow_down),
                ("GET", "/admin/users/(?P<user>-?[0-9]+).json", self._user),
                ("PUT", "/admin/users/(?P<user>-?[0-9]+)/(?P<verb>silence|suspend).json", self._punish),
                ("PUT", "/admin/users/(?P<user>-?[0-9]+)/un(?P<verb>silence|suspend).json", self._pardon),
            )
        ]

    def place(self, request: Request) -> str:
        """Return the forum: it has one limit."""
        del request
        return "forum"

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        try:
            return self._answered(request)
        except Refused as refused:
            return refused.reply

    def stormy(self, wait_s: float) -> Reply:
        """Ask for a pause."""
        return Refused(429, "You've performed this action too many times", "rate_limit", wait_seconds=int(wait_s) + 1).reply

    def broken(self) -> Reply:
        """Fail."""
        return Reply(502, "<html>502 Bad Gateway</html>")

    def seed(self, what: Json) -> Json:
        """Let a member open a topic: `{"title": "…", "text": "…"}`, or write in one: `{"topic": 11, "text": "…"}`."""
        text = str(what.get("text", ""))
        topic = int(what["topic"]) if "topic" in what else self.open(str(what["title"]), text)
        number = self.write(topic, text) if "topic" in what else 1
        return {"id": f"{topic}/{number}"}

    def open(self, title: str, text: str, by: str = "anna") -> int:
        """Let somebody open a topic; return its number."""
        topic = Topic(self._next(), title)
        self.topics[topic.id] = topic
        self.write(topic.id, text, by)
        return topic.id

    def write(self, topic: int, text: str, by: str = "anna", answered: int | None = None) -> int:
        """Let somebody write in a topic; return the post's number there."""
        posts = self.topics[topic].posts
        post = Post(self._next(), len(posts) + 1, by, text.strip(), self.ground.now(), answered)
        posts.append(post)
        self.posts[post.id], self.homes[post.id] = post, topic
        return post.number

    def forget_memos(self) -> None:
        """Let two minutes pass."""
        self._memos.clear()

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _answered(self, request: Request) -> Reply:
        if request.headers.get("api-key") != self._token:
            text = "You are not permitted to view the requested resource. The API username or key is invalid."
            raise Refused(403, text, "invalid_access")
        self._count()
        for method, route, play in self._routes:
            match = route.fullmatch(request.path)
            if match is not None and method == request.method:
                return play(request, **match.groupdict())
        raise Refused(404, "The requested URL or resource could not be found.", "not_found")

    def _count(self) -> None:
        if not self._is_limited:
            return
        wait_s = self.ground.windows.take([Limit("key", 60, 60.0)], self.ground.now_s())
        if wait_s is not None:
            text = "You've performed this action too many times, please try again later."
            raise Refused(429, text, "rate_limit", wait_seconds=int(wait_s) + 1)

    def _permit(self) -> None:
        if not self.is_moderator:
            raise Refused(403, "You are not permitted to view the requested resource.", "invalid_access")

    def _topic(self, topic: str) -> Topic:
        found = self.topics.get(int(topic))
        if found is None or found.posts[0].deleted_at is not None:
            raise Refused(404, "The requested URL or resource could not be found.", "not_found")
        return found

    def _create(self, request: Request) -> Reply:
        body, now_s = request.json, self.ground.now_s()
        memo = self._memos.get(f"{sorted(body.items())}")
        if memo is not None and memo.until_s > now_s:
            return Reply(200, memo.body)
        topic, number = self._answer_in(body) if "topic_id" in body else self._opened(body)
        made: Json = {"id": self.topics[topic].posts[number - 1].id, "topic_id": topic, "post_number": number}
        self._memos[f"{sorted(body.items())}"] = Memo(made, now_s + MEMO_S)
        return Reply(200, made)

    def _answer_in(self, body: Json) -> tuple[int, int]:
        topic = self._topic(f"{body['topic_id']}")
        number = self.write(topic.id, body["raw"], US, body.get("reply_to_post_number"))
        self.ground.effects.add("message", f"t/{topic.id}", body["raw"], f"{topic.id}/{number}")
        return topic.id, number

    def _opened(self, body: Json) -> tuple[int, int]:
        key = body.get("external_id", "")
        if key and any(topic.key == key for topic in self.topics.values()):
            raise Refused(422, "External has already been taken")
        if not body.get("title"):
            raise Refused(422, "Title can't be blank")
        topic = self.open(body["title"], body["raw"], US)
        self.topics[topic].key = key
        to = body.get("target_recipients") or f"category {body.get('category', '')}"
        self.ground.effects.add("message", to, body["raw"], f"{topic}/1")
        return topic, 1

    def _by_number(self, _: Request, topic: str, number: str) -> Reply:
        found = self.topics.get(int(topic))
        if found is None or not 0 < int(number) <= len(found.posts):
            raise Refused(404, "The requested URL or resource could not be found.", "not_found")
        return self._shown(found.posts[int(number) - 1])

    def _shown(self, post: Post) -> Reply:
        return Reply(200, self._told(post))

    def _told(self, post: Post) -> Json:
        return {
            "id": post.id,
            "post_number": post.number,
            "username": post.by,
            "yours": post.by == US,
            "raw": post.raw,
            "reply_to_post_number": post.answered,
            "created_at": post.created_at.isoformat(),
            "deleted_at": None if post.deleted_at is None else post.deleted_at.isoformat(),
        }

    def _post(self, post: str) -> Post:
        self._permit()
        if int(post) not in self.posts:
            raise Refused(404, "The requested URL or resource could not be found.", "not_found")
        return self.posts[int(post)]

    def _delete(self, _: Request, post: str) -> Reply:
        found = self._post(post)
        if found.deleted_at is None:
            found.deleted_at = self.ground.now()
            self.ground.effects.add("delete", f"{self.homes[found.id]}/{found.number}")
        return Reply(200)

    def _recover(self, _: Request, post: str) -> Reply:
        found = self._post(post)
        if found.deleted_at is not None:
            found.deleted_at = None
            self.ground.effects.add("restore", f"{self.homes[found.id]}/{found.number}")
        return self._shown(found)

    def _by_key(self, _: Request, key: str) -> Reply:
        topic = next((one for one in self.topics.values() if one.key == key and one.posts[0].deleted_at is None), None)
        if topic is None:
            raise Refused(404, "The requested URL or resource could not be found.", "not_found")
        return Reply(301, None, {"location": f"http://forum.example/t/a-topic/{topic.id}.json"})

    def _read(self, request: Request, topic: str) -> Reply:
        found, page = self._topic(topic), int(request.query.get("page", "1"))
        seen = [post for post in found.posts if post.deleted_at is None]
        shown = [self._told(post) for post in seen[(page - 1) * CHUNK : page * CHUNK]]
        stream = {"posts": shown, "stream": [post.id for post in seen]}
        return Reply(200, {"id": found.id, "posts_count": len(seen), "chunk_size": CHUNK, "post_stream": stream})

    def _pin(self, request: Request, topic: str) -> Reply:
        self._permit()
        found = self._topic(topic)
        if not found.is_pinned and request.json.get("status") == "pinned":
            found.is_pinned = True
            self.ground.effects.add("pin", f"t/{topic}")
        return Reply(200, {"success": "OK"})

    def _slow_down(self, request: Request, topic: str) -> Reply:
        self._permit()
        found, delay_s = self._topic(topic), int(request.json["seconds"])
        if found.delay_s != delay_s:
            found.delay_s = delay_s
            self.ground.effects.add("slow_mode", f"t/{topic}", delay_s)
        return Reply(200)

    def _user(self, _: Request, user: str) -> Reply:
        self._permit()
        if int(user) not in self.users:
            raise Refused(404, "The requested URL or resource could not be found.", "not_found")
        return Reply(200, {"id": int(user), "username": self.users[int(user)]})

    def _punish(self, request: Request, user: str, verb: str) -> Reply:
        self._user(request, user)
        if int(user) in self.admins:
            raise Refused(403, "You are not permitted to view the requested resource.", "invalid_access")
        punished = self.silenced if verb == "silence" else self.suspended
        if int(user) in punished:
            raise Refused(409, "User was already punished")
        punished[int(user)] = request.json["silenced_till" if verb == "silence" else "suspend_until"]
        self.ground.effects.add("mute" if verb == "silence" else "ban", user, punished[int(user)])
        return Reply(200, {verb: {"reason": request.json["reason"]}})

    def _pardon(self, request: Request, user: str, verb: str) -> Reply:
        self._user(request, user)
        punished = self.silenced if verb == "silence" else self.suspended
        if punished.pop(int(user), None) is not None:
            self.ground.effects.add("unmute" if verb == "silence" else "unban", user)
        return Reply(200, {verb: {}})
