"""VK's API, played: methods that take forms, and refusals with the status 200.

Source: https://dev.vk.com/reference/errors, https://dev.vk.com/method and https://github.com/VKCOM/vk-api-schema.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from simulated.limits import Limit
from simulated.world import Ground, Json, Reply, Request

TOKEN = "simulated-vk-token"  # noqa: S105 - of nothing
BY_COMMUNITY = frozenset({"messages", "utils"})
"""First parts of methods that a community's token opens all of."""
BOTH = frozenset({"wall.createComment", "wall.closeComments", "wall.openComments"})

Form = dict[str, str]


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.reply = Reply(200, {"error": {"error_code": code, "error_msg": message, "request_params": []}})


@dataclass
class Thing:
    """A post, a comment, a photo, a message."""

    text: str = ""
    post: int = 0
    is_deleted: bool = False
    keys: list[Json] = field(default_factory=list)
    """Its buttons, in reading order."""


@dataclass
class Peer:
    """A chat, or a talk with one user."""

    messages: dict[int, Thing] = field(default_factory=dict)
    muted: dict[str, str] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


class Vk:
    """The world of one community."""

    def __init__(
        self,
        ground: Ground | None = None,
        *,
        token: str = TOKEN,
        kind: Literal["any", "community"] = "any",
        is_limited: bool = True,
    ) -> None:
        self.ground = ground or Ground()
        self.things: dict[tuple[str, str, int], Thing] = {}
        """By type, owner and number."""
        self.peers: dict[str, Peer] = {}
        self.banned: dict[str, str] = {}
        self.closed: set[str] = set()
        """Users who allow no messages."""
        self.strangers: set[str] = set()
        """Accounts whose contents nobody of the community may touch: `owner_id`."""
        self.pinned = ""
        self.presses: dict[tuple[str, str, str], bool] = {}
        """By talk, user and event: whether it may still be answered."""
        self._token, self._kind, self._is_limited, self._number = token, kind, is_limited, 100
        self._guids: dict[str, int] = {}
        self._methods: dict[str, Callable[[Form], object]] = {
            "utils.getServerTime": lambda _: int(self.ground.now().timestamp()),
            "polls.create": lambda form: {"id": self._next(), "owner_id": int(form["owner_id"])},
            "wall.getComment": self._get_comment,
            "wall.createComment": self._comment,
            "wall.post": self._post,
            "wall.pin": self._pin_post,
            "messages.send": self._send,
            "messages.sendMessageEventAnswer": self._answer_press,
            "messages.delete": self._delete_message,
            "messages.pin": self._pin_message,
            "messages.changeConversationMemberRestrictions": self._restrict,
            "groups.ban": self._ban,
            "groups.unban": self._unban,
        }
        for method, type_, number in (
            ("wall.{}", "post", "post_id"),
            ("wall.{}Comment", "comment", "comment_id"),
            ("photos.{}", "photo", "photo_id"),
            ("photos.{}Comment", "photo_comment", "comment_id"),
            ("video.{}", "video", "video_id"),
            ("video.{}Comment", "video_comment", "comment_id"),
            ("market.{}Comment", "market_comment", "comment_id"),
        ):
            self._methods[method.format("delete")] = partial(self._remove, type_, number)
            self._methods[method.format("restore")] = partial(self._restore, type_, number)

    def place(self, request: Request) -> str:
        """Return the chat or wall."""
        form = request.form
        return form.get("peer_ids") or form.get("peer_id") or form.get("owner_id") or ""

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        method = request.path.removeprefix("/method/")
        try:
            self._check(method, request.form)
            return Reply(200, {"response": self._methods[method](request.form)})
        except Refused as refused:
            return refused.reply

    def stormy(self, wait_s: float) -> Reply:
        """Ask for a pause; VK does not say how long."""
        del wait_s
        return Refused(6, "Too many requests per second").reply

    def broken(self) -> Reply:
        """Fail."""
        return Reply(502, {"error": "bad gateway"})

    def seed(self, what: Json) -> Json:
        """Let a member write: `{"type": "comment", "owner": -1, "post": 3, "text": "…"}`, or a `message` to a `peer`.

        Or press a button: `{"peer": 2000000005, "message": 7, "press": 0, "member": 42, "group": 1}` returns the callback.
        """
        if "press" in what:
            where = str(what["peer"]), int(what["message"]), int(what["press"])
            return self.press(*where, str(what["member"]), group=int(what["group"]))
        text = str(what.get("text", ""))
        if what.get("type") == "message":
            return {"id": self.write(str(what["peer"]), text)}
        return {"id": self.put(str(what["type"]), str(what["owner"]), text, post=int(what.get("post", 0)))}

    def put(self, type_: str, owner: str, text: str = "", *, post: int = 0) -> int:
        """Let something appear on a page; return its number."""
        number = self._next()
        self.things[type_, owner, number] = Thing(text, post)
        return number

    def write(self, peer: str, text: str) -> int:
        """Let a message appear in a chat; return its number there."""
        messages = self.peers.setdefault(peer, Peer()).messages
        number = max(messages, default=0) + 1
        messages[number] = Thing(text)
        return number

    def press(self, peer: str, number: int, button: int, member: str, *, group: int) -> Json:
        """Let a user press a button of a message, counted from 0; return the callback that VK sends."""
        key = self.peers[peer].messages[number].keys[button]
        event = f"{self._next():08x}"
        self.presses[peer, member, event] = True
        told = {
            "user_id": int(member),
            "peer_id": int(peer),
            "event_id": event,
            "payload": json.loads(key["action"]["payload"]),
            "conversation_message_id": number,
        }
        return {"type": "message_event", "event_id": f"e{event}", "v": "5.199", "group_id": group, "object": told}

    def _answer_press(self, form: Form) -> int:
        shown = json.loads(form.get("event_data", "{}"))
        if len(shown.get("text", "")) > 90:
            raise Refused(100, "One of the parameters specified was missing or invalid: event_data")
        if not self.presses.pop((form["peer_id"], form["user_id"], form["event_id"]), False):
            raise Refused(100, "One of the parameters specified was missing or invalid: event_id")
        self.ground.effects.add("answer", f"{form['peer_id']}:{form['user_id']}", shown.get("text", ""))
        return 1

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _check(self, method: str, form: Form) -> None:
        if form.get("access_token") != self._token:
            raise Refused(5, "User authorization failed: invalid access_token (4).")
        if method not in self._methods:
            raise Refused(3, "Unknown method passed")
        is_for_users = method.split(".", maxsplit=1)[0] not in BY_COMMUNITY and method not in BOTH
        if self._kind == "community" and is_for_users:
            raise Refused(27, "Group authorization failed: method is unavailable with group auth.")
        if self._is_limited:
            limit = Limit("user", 3, 1.0) if is_for_users else Limit("community", 20, 1.0)
            if self.ground.windows.take([limit], self.ground.now_s()) is not None:
                raise Refused(6, "Too many requests per second")

    def _thing(self, form: Form, type_: str, number: str) -> Thing:
        owner = form.get("owner_id", "")
        if owner in self.strangers:
            raise Refused(15, "Access denied")
        found = self.things.get((type_, owner, int(form.get(number, "0"))))
        if found is None:
            raise Refused(104, "Not found")
        return found

    def _remove(self, type_: str, number: str, form: Form) -> int:
        found = self._thing(form, type_, number)
        if found.is_deleted:
            raise Refused(104, "Not found")
        found.is_deleted = True
        self.ground.effects.add("delete", f"{type_}{form['owner_id']}_{form[number]}")
        return 1

    def _restore(self, type_: str, number: str, form: Form) -> int:
        found = self._thing(form, type_, number)
        if found.is_deleted:
            found.is_deleted = False
            self.ground.effects.add("restore", f"{type_}{form['owner_id']}_{form[number]}")
        return 1

    def _get_comment(self, form: Form) -> Json:
        found = self._thing(form, "comment", "comment_id")
        return {"items": [] if found.is_deleted else [{"id": int(form["comment_id"]), "post_id": found.post}]}

    def _comment(self, form: Form) -> Json:
        post = int(form["post_id"])
        if ("post", form["owner_id"], post) not in self.things:
            raise Refused(104, "Not found")
        return {"comment_id": self._said("comment", form, post)}

    def _post(self, form: Form) -> Json:
        return {"post_id": self._said("post", form, 0)}

    def _said(self, type_: str, form: Form, post: int) -> int:
        """Return the number of what is said; the same `guid` again is the same."""
        key = f"{type_} {form.get('guid', '')}"
        if form.get("guid") and key in self._guids:
            return self._guids[key]
        number = self.put(type_, form["owner_id"], form["message"], post=post)
        self._guids[key] = number
        target = f"wall{form['owner_id']}" + (f"_{post}" if post else "")
        self.ground.effects.add("message", target, form["message"] or form.get("attachments", ""), number)
        return number

    def _pin_post(self, form: Form) -> int:
        self._thing(form, "post", "post_id")
        if self.pinned != form["post_id"]:
            self.pinned = form["post_id"]
            self.ground.effects.add("pin", f"post{form['owner_id']}_{form['post_id']}")
        return 1

    def _send(self, form: Form) -> list[Json]:
        peer = form["peer_ids"]
        if peer in self.closed:
            failure = {"code": 901, "description": "Can't send messages for users without permission"}
            return [{"peer_id": int(peer), "message_id": 0, "error": failure}]
        place = self.peers.setdefault(peer, Peer())
        key = form["random_id"]
        if key == "0" or key not in place.keys:
            self._answered(form, place)
            keys = _keys(form)
            place.keys[key] = self.write(peer, form["message"])
            place.messages[place.keys[key]].keys = keys
            self.ground.effects.add("message", peer, form["message"], place.keys[key])
        return [{"peer_id": int(peer), "message_id": self._next(), "conversation_message_id": place.keys[key]}]

    def _answered(self, form: Form, place: Peer) -> None:
        for number in json.loads(form.get("forward", "{}")).get("conversation_message_ids", ()):
            if number not in place.messages:
                raise Refused(100, "One of the parameters specified was missing or invalid: forward is invalid")

    def _message(self, form: Form, number: str) -> Thing:
        found = self.peers.setdefault(form["peer_id"], Peer()).messages.get(int(form[number]))
        if found is None or found.is_deleted:
            raise Refused(104, "Not found")
        return found

    def _delete_message(self, form: Form) -> list[Json]:
        self._message(form, "cmids").is_deleted = True
        self.ground.effects.add("delete", f"message{form['peer_id']}_{form['cmids']}")
        return [{"peer_id": int(form["peer_id"]), "conversation_message_id": int(form["cmids"]), "response": 1}]

    def _pin_message(self, form: Form) -> Json:
        self._message(form, "conversation_message_id")
        name = f"message{form['peer_id']}_{form['conversation_message_id']}"
        if self.pinned != name:
            self.pinned = name
            self.ground.effects.add("pin", name)
        return {"conversation_message_id": int(form["conversation_message_id"])}

    def _restrict(self, form: Form) -> Json:
        muted, member = self.peers.setdefault(form["peer_id"], Peer()).muted, form["member_ids"]
        if form["action"] == "rw":
            if muted.pop(member, None) is not None:
                self.ground.effects.add("unmute", f"{form['peer_id']}:{member}")
        elif member not in muted:
            muted[member] = form.get("for", "")
            self.ground.effects.add("mute", f"{form['peer_id']}:{member}", muted[member])
        return {"failed_member_ids": []}

    def _ban(self, form: Form) -> int:
        if form["owner_id"] in self.strangers:
            raise Refused(15, "Access denied: user is an administrator")
        end = form.get("end_date", "")
        if end and int(end) > self.ground.now().timestamp() + 365 * 86_400:
            raise Refused(100, "One of the parameters specified was missing or invalid: end_date")
        if self.banned.get(form["owner_id"]) != end:
            self.banned[form["owner_id"]] = end
            self.ground.effects.add("ban", form["owner_id"], end)
        return 1

    def _unban(self, form: Form) -> int:
        if self.banned.pop(form["owner_id"], None) is None:
            raise Refused(104, "Not found")
        self.ground.effects.add("unban", form["owner_id"])
        return 1


def _keys(form: Form) -> list[Json]:
    """Return the buttons of a message. Source: https://dev.vk.com/api/bots/development/keyboard."""
    keyboard = json.loads(form.get("keyboard", "{}"))
    rows = keyboard.get("buttons", [])
    keys = [key for row in rows for key in row]
    is_sized = len(rows) <= 6 and len(keys) <= 10 and all(1 <= len(row) <= 5 for row in rows)
    actions = [key["action"] for key in keys]
    is_said = all(1 <= len(action["label"]) <= 40 and len(action["payload"]) <= 255 for action in actions)
    if keys and not (keyboard.get("inline") and is_sized and is_said):
        raise Refused(911, "Keyboard format is invalid")
    return keys
