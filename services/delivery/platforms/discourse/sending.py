"""What is said on a forum.

A topic, and so a private talk, has an `external_id` that is made of the errand's id: a forum takes each once, and tells by
it which topic it is. An answer carries it, too, although nothing keeps it there: a forum takes two requests that are the
same for one within two minutes, and two errands may say the same.

Source: https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM, #tag/Topics/operation/getTopicByExternalId and
`app/controllers/posts_controller.rb` of the program.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

from services.delivery.platforms.asking import read
from services.delivery.platforms.discourse import ids
from services.delivery.platforms.discourse.calls import (
    NAME,
    NOT_FOUND,
    REDIRECTS,
    UNPROCESSABLE,
    asked,
    call,
    check,
)
from services.delivery.platforms.errands import digest, linked, spelled, too_long
from services.delivery.platforms.platform import Answer, Ask, Call, Done, Errand, Impossible

TEXT_CHARS_MAX, TITLE_CHARS_MAX = 32_000, 255
"""What a forum allows unless its owner has set it otherwise (`max_post_length`, `max_topic_title_length`)."""

KEY_CHARS = 32
POSTS, BY_KEY, USER = "/posts.json", "/t/external_id/{key}.json", "/admin/users/{user}.json"
ADDRESS = re.compile(r".*/t/(?:[^/?#]{1,300}/)?([1-9][0-9]{0,14})(?:[/.?#].*)?")


class _Made(msgspec.Struct, frozen=True):
    topic_id: Annotated[int, msgspec.Meta(gt=0)] | None = None
    post_number: Annotated[int, msgspec.Meta(gt=0)] | None = None
    action: str | None = None


class _User(msgspec.Struct, frozen=True):
    username: str


class _Topic(msgspec.Struct, frozen=True):
    id: int


def refusal_of(errand: Errand) -> Impossible | None:
    """Return why a forum can't say it, where it can't."""
    if errand.kind == "publish":
        ids.category(errand)
    elif errand.kind == "reply":
        ids.post(errand)
    else:
        ids.member(errand)
    return too_long(words(errand), TEXT_CHARS_MAX, "a forum")


def words(errand: Errand) -> str:
    """Return the text as it is sent; a poll is drawn by marks in it, and what buttons would give is named."""
    poll, text = errand.act.poll, spelled(errand)
    if poll is None:
        return text
    kind = f"type=multiple min=1 max={len(poll.options)}" if poll.multiple else "type=regular"
    options = "\n".join(f"* {' '.join(option.split())}" for option in poll.options)
    return f"{text}\n\n[poll {kind}]\n{options}\n[/poll]"


def title(errand: Errand) -> str:
    """Return a title: the first line, for acts have none."""
    first = next((line.strip() for line in linked(errand).splitlines() if line.strip()), "")
    return first if len(first) <= TITLE_CHARS_MAX else f"{first[: TITLE_CHARS_MAX - 1]}…"


async def sent(errand: Errand, ask: Ask) -> Done:
    """Say it."""
    one = await _call(errand, ask)
    answer = await ask(one)
    if answer.status == UNPROCESSABLE and errand.kind != "reply":
        known = await by_key(errand, ask)  # refused because it is there already?
        if known is not None:
            return known
    await check(one, answer, ask)
    return _done(errand, one, answer)


async def _call(errand: Errand, ask: Ask) -> Call:
    body: dict[str, Any] = {"raw": words(errand), "external_id": digest(errand, KEY_CHARS)}
    if errand.kind == "reply":
        place = ids.post(errand)
        body["topic_id"] = int(place.topic)
        if place.number > ids.FIRST:
            body["reply_to_post_number"] = place.number
    elif errand.kind == "publish":
        category = ids.category(errand)
        body |= {"title": title(errand)} | ({} if category is None else {"category": category})
    else:
        user = await asked(call("GET", USER, {"user": ids.member(errand)}), ask, _User)
        body |= {"title": title(errand), "archetype": "private_message", "target_recipients": user.username}
    return Call("POST", POSTS, POSTS, body=body, buckets=call("POST", POSTS, {}).buckets, is_visible=True)


def _done(errand: Errand, one: Call, answer: Answer) -> Done:
    made = read(one, answer, _Made, NAME)
    if made.action == "enqueued":
        return Done("sent; it waits for the forum's moderators")
    if made.topic_id is None or made.post_number is None:
        return Done("sent; the forum did not say where")
    timed = errand.act.poll is not None and errand.act.poll.hours is not None
    return Done("sent; the poll stays open" if timed else "sent", ids.id_of(errand, made.topic_id, made.post_number))


async def by_key(errand: Errand, ask: Ask) -> Done | None:
    """Return the topic of the errand's key; a forum answers with a redirect to it, which whoever asks may have followed."""
    one = call("GET", BY_KEY, {"key": digest(errand, KEY_CHARS)})
    answer = await ask(one)
    if answer.status == NOT_FOUND:
        return None
    if answer.status in REDIRECTS:
        match = ADDRESS.fullmatch(answer.headers.get("location", ""))
        return Done("was sent before", None if match is None else ids.id_of(errand, match[1], ids.FIRST))
    await check(one, answer, ask)
    return Done("was sent before", ids.id_of(errand, read(one, answer, _Topic, NAME).id, ids.FIRST))
