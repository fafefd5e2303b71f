"""Telegram's Bot API, played.

Supergroups, channels and small groups come into being when they are first named. Source: https://core.telegram.org/bots/api;
the texts of refusals are those of https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from simulated.limits import Limit
from simulated.world import Ground, Json, Reply, Request

TOKEN = "1000:simulated"  # noqa: S105 - of nothing
BOT = 1000

BURST_S = 1.5
"""Of two messages to a chat: one a second is documented, and that short bursts are let through."""

SENDS = frozenset(
    {"sendMessage", "sendPhoto", "sendVideo", "sendAnimation", "sendDocument", "sendMediaGroup", "sendPoll"},
)


Keyboard = list[list[Json]]
ANOTHER_S: Keyboard = [[{"text": "Theirs", "callback_data": "their-button"}]]


@dataclass
class Message:
    """A message."""

    text: str
    is_ours: bool
    keyboard: Keyboard = field(default_factory=list)


@dataclass
class Chat:
    """A chat and who may not do what in it."""

    id: int
    type: str
    messages: dict[int, Message] = field(default_factory=dict)
    newest: int = 0
    muted: dict[int, int] = field(default_factory=dict)
    banned: dict[int, int] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)

    def appear(self, number: int, text: str) -> None:
        """Let a member's message stand there, under a number that was given before."""
        self.messages[number] = Message(text, is_ours=False)
        self.newest = max(self.newest, number)


class Refused(Exception):
    """An answer that is no."""

    def __init__(self, description: str, code: int = 400, **parameters: object) -> None:
        super().__init__(description)
        said: Json = {"ok": False, "error_code": code, "description": description}
        self.reply = Reply(code, said | ({"parameters": parameters} if parameters else {}))


WAIT_S = 5
"""How long `getUpdates` waits for what never comes."""


class Telegram:
    """The world."""

    def __init__(self, ground: Ground | None = None, *, tokens: Collection[str] = (TOKEN,), is_limited: bool = True) -> None:
        """Each of the tokens is a bot, with limits of its own."""
        self.ground = ground or Ground()
        self.chats: dict[int, Chat] = {}
        self.started: set[int] = set()
        """People who have written to the bot."""
        self.channels: set[int] = set()
        """Chats that are channels; others below -100 are supergroups."""
        self.outside: set[int] = set()
        """Chats that the bot was put out of."""
        self.admins: set[int] = set()
        self.may_edit = False
        """Whether the bot may edit the posts of channels."""
        self.may_delete = True
        self.presses: dict[str, str] = {}
        """Presses that were not answered, and where by whom."""
        self.hook = ""
        """Where updates would be sent. None are: members write by `seed`, and whoever tests ingest sends its own."""
        self._told: object = []
        self._bots, self._is_limited = {f"bot{token}" for token in tokens}, is_limited
        self._private: Counter[str] = Counter()
        """The newest number in private chats and small groups, of each bot."""
        self._asking = ""
        """The bot whose request is answered."""
        self._methods: dict[str, Callable[[Json], object]] = {
            "getUpdates": lambda _: [],
            "getWebhookInfo": lambda _: {"url": self.hook, "pending_update_count": 0, "allowed_updates": self._told},
            "setWebhook": self._hooked,
            "deleteWebhook": self._hooked,
            "getMe": lambda _: {"id": BOT, "is_bot": True, "first_name": "Veche"},
            "getChat": lambda body: {"id": self._chat(body).id, "type": self._chat(body).type},
            "getChatMember": self._member,
            "deleteMessage": self._delete,
            "editMessageReplyMarkup": self._edit,
            "answerCallbackQuery": self._answer_press,
            "restrictChatMember": self._restrict,
            "banChatMember": self._ban,
            "unbanChatMember": self._unban,
            "banChatSenderChat": self._ban,
            "unbanChatSenderChat": self._unban,
            "pinChatMessage": self._pin,
            "sendMediaGroup": self._album,
            **dict.fromkeys(SENDS - {"sendMediaGroup"}, self._send),
        }

    def place(self, request: Request) -> str:
        """Return the chat."""
        return f"{request.json.get('chat_id', '')}"

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        try:
            after_s = min(WAIT_S, request.json.get("timeout", 0)) if request.path.endswith("/getUpdates") else 0
            return Reply(200, {"ok": True, "result": self._answered(request)}, after_s=after_s)
        except Refused as refused:
            return refused.reply

    def _answered(self, request: Request) -> object:
        _, bot, method = [*request.path.split("/"), "", ""][:3]
        if bot not in self._bots:
            raise Refused("Unauthorized", 401)
        if method not in self._methods:
            raise Refused("Not Found", 404)
        self._count(bot, method, request.json)
        self._asking = bot
        return self._methods[method](request.json)

    def stormy(self, wait_s: float) -> Reply:
        """Ask for a pause, in whole seconds."""
        seconds = int(wait_s) + 1
        return Refused(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds).reply

    def broken(self) -> Reply:
        """Fail."""
        return Refused("Bad Gateway", 502).reply

    def _hooked(self, body: Json) -> bool:
        self.hook, self._told = str(body.get("url", "")), body.get("allowed_updates", [])
        return True

    def seed(self, what: Json) -> Json:
        """Let a member write: `{"chat": -100123, "text": "…"}`.

        Or press a button, counted from 0: `{"chat": -100123, "message": 7, "press": 0, "member": 42}` returns the update.
        """
        if "press" in what:
            return self.press(int(what["chat"]), int(what["message"]), int(what["press"]), int(what["member"]))
        return {"id": self.write(int(what["chat"]), str(what.get("text", "")))}

    def write(self, chat: int, text: str, *, has_keyboard: bool = False, is_ours: bool = False) -> int:
        """Let a message appear in a chat; return its number."""
        return self._written(self.chat(chat), Message(text, is_ours, ANOTHER_S if has_keyboard else []))

    def press(self, chat: int, number: int, button: int, member: int) -> Json:
        """Let a member press a button, counted from 0 in reading order; return the update that Telegram tells of it."""
        message = self.chat(chat).messages[number]
        key = [key for row in message.keyboard for key in row][button]
        id_ = f"{4382 + len(self.ground.effects.all)}{number}{member}{button}{len(self.presses)}"
        self.presses[id_] = f"{chat}:{member}"
        place = {"id": chat, "type": self.chat(chat).type}
        user = {"id": member, "is_bot": False, "first_name": f"Member {member}"}
        bot = {"id": BOT, "is_bot": True, "first_name": "Veche"}
        below = {"message_id": number, "from": bot, "chat": place, "date": int(self.ground.now().timestamp())}
        query = {"id": id_, "from": user, "message": below | {"text": message.text}, "data": key["callback_data"]}
        return {"update_id": int(id_) % 2**31, "callback_query": query}

    def shows(self, chat: int, number: int) -> bool:
        """Say whether a message can be seen."""
        return number in self.chat(chat).messages

    def chat(self, id_: int) -> Chat:
        """Return a chat."""
        if id_ not in self.chats:
            dense = "channel" if id_ in self.channels else "supergroup"
            type_ = "private" if id_ > 0 else dense if f"{id_}".startswith("-100") else "group"
            self.chats[id_] = Chat(id_, type_)
        return self.chats[id_]

    def _count(self, bot: str, method: str, body: Json) -> None:
        if not self._is_limited:
            return
        limits = [Limit(bot, 30, 1.0)]
        if method in SENDS:
            chat = body.get("chat_id", 0)
            limits.append(Limit(f"{bot} chat {chat}", 2, BURST_S))
            limits += [Limit(f"{bot} group {chat}", 20, 60.0)] if chat < 0 else []
        wait_s = self.ground.windows.take(limits, self.ground.now_s())
        if wait_s is not None:
            seconds = int(wait_s) + 1
            raise Refused(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)

    def _chat(self, body: Json) -> Chat:
        id_ = body.get("chat_id")
        if not isinstance(id_, int):
            raise Refused("Bad Request: chat_id is empty")
        if id_ in self.outside:
            raise Refused("Forbidden: bot was kicked from the supergroup chat", 403)
        return self.chat(id_)

    def _written(self, chat: Chat, message: Message) -> int:
        if chat.type in {"private", "group"}:
            self._private[self._asking] += 1
            number = self._private[self._asking]
        else:
            number = chat.newest + 1
        chat.newest = number
        chat.messages[number] = message
        return number

    def _message(self, chat: Chat, number: object, what: str) -> Message:
        found = chat.messages.get(number) if isinstance(number, int) else None
        if found is None:
            raise Refused(f"Bad Request: {what} not found")
        return found

    def _send(self, body: Json) -> Json:
        chat = self._chat(body)
        text = body.get("text") or body.get("question") or body.get("caption") or ""
        self._check(chat, body, text)
        number = self._written(chat, Message(text.strip(), is_ours=True, keyboard=_keyboard(body)))
        self.ground.effects.add("message", chat.id, text, number)
        return {"message_id": number, "date": int(self.ground.now().timestamp()), "chat": {"id": chat.id, "type": chat.type}}

    def _album(self, body: Json) -> list[Json]:
        first, *rest = body["media"]
        sent = [self._send({**body, "caption": first.get("caption")})]
        chat = self._chat(body)
        return sent + [{"message_id": self._written(chat, Message("", is_ours=True))} for _ in rest]

    def _check(self, chat: Chat, body: Json, text: str) -> None:
        if chat.id > 0 and chat.id not in self.started:
            raise Refused("Forbidden: bot can't initiate conversation with a user", 403)
        if len(text) > 4_096:
            raise Refused("Bad Request: message is too long")
        replied = body.get("reply_parameters", {}).get("message_id")
        if replied is not None:
            self._message(chat, replied, "message to be replied")

    def _delete(self, body: Json) -> bool:
        chat = self._chat(body)
        self._message(chat, body.get("message_id"), "message to delete")
        if not self.may_delete:
            raise Refused("Bad Request: message can't be deleted")
        del chat.messages[body["message_id"]]
        self.ground.effects.add("delete", f"{chat.id}:{body['message_id']}")
        return True

    def _edit(self, body: Json) -> Json:
        chat = self._chat(body)
        message = self._message(chat, body.get("message_id"), "message to edit")
        is_editable = message.is_ours or (chat.type == "channel" and self.may_edit)
        if not is_editable:
            raise Refused("Bad Request: message can't be edited")
        if message.keyboard == (keyboard := _keyboard(body)):
            raise Refused(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
                " as a current content and reply markup of the message"
            )
        message.keyboard = keyboard
        return {"message_id": body["message_id"], "text": message.text}

    def _answer_press(self, body: Json) -> bool:
        """Show something to whoever pressed; a press is forgotten when it was answered."""
        if len(body.get("text", "")) > 200:
            raise Refused("Bad Request: MESSAGE_TOO_LONG")
        who = self.presses.pop(f"{body.get('callback_query_id')}", None)
        if who is None:
            raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.ground.effects.add("answer", who, body.get("text", ""))
        return True

    def _member(self, body: Json) -> Json:
        chat, user = self._chat(body), body.get("user_id")
        if user == BOT:
            return {"status": "administrator", "user": {"id": BOT}, "can_edit_messages": self.may_edit}
        return {"status": "kicked" if user in chat.banned else "member", "user": {"id": user}}

    def _target(self, body: Json) -> tuple[Chat, int]:
        chat, member = self._chat(body), body.get("user_id", body.get("sender_chat_id"))
        if not isinstance(member, int):
            raise Refused("Bad Request: invalid user_id specified")
        if member in self.admins:
            raise Refused("Bad Request: user is an administrator of the chat")
        return chat, member

    def _end(self, body: Json) -> int:
        """Return the second at which it ends; 0 for never: as documented, what is too near or too far has no end."""
        end, now = int(body.get("until_date", 0)), self.ground.now().timestamp()
        return end if now + 30 <= end <= now + 366 * 86_400 else 0

    def _restrict(self, body: Json) -> bool:
        chat, member = self._target(body)
        if body["permissions"].get("can_send_messages"):
            if chat.muted.pop(member, None) is not None:
                self.ground.effects.add("unmute", f"{chat.id}:{member}")
        elif chat.muted.get(member) != (end := self._end(body)):
            chat.muted[member] = end
            self.ground.effects.add("mute", f"{chat.id}:{member}", end)
        return True

    def _ban(self, body: Json) -> bool:
        chat, member = self._target(body)
        if chat.banned.get(member) != (end := self._end(body)):
            chat.banned[member] = end
            self.ground.effects.add("ban", f"{chat.id}:{member}", end)
        return True

    def _unban(self, body: Json) -> bool:
        chat, member = self._target(body)
        if chat.banned.pop(member, None) is not None:
            self.ground.effects.add("unban", f"{chat.id}:{member}")
        return True

    def _pin(self, body: Json) -> bool:
        chat, number = self._chat(body), body.get("message_id")
        self._message(chat, number, "message to pin")
        if number not in chat.pinned and isinstance(number, int):
            chat.pinned.add(number)
            self.ground.effects.add("pin", f"{chat.id}:{number}")
        return True


def _keyboard(body: Json) -> Keyboard:
    """Return the buttons that a request names. Source: https://core.telegram.org/bots/api#inlinekeyboardbutton."""
    rows: Keyboard = body.get("reply_markup", {}).get("inline_keyboard", [])
    for key in (key for row in rows for key in row):
        if not 1 <= len(key.get("callback_data", "").encode()) <= 64:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")
        if not key.get("text"):
            raise Refused("Bad Request: can't parse inline keyboard button: Text buttons must be non-empty")
    return rows
