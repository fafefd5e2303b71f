"""Whatever acts ask for and platforms answer: nothing but what the port names comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import (
    Answer,
    Attempt,
    Away,
    Busy,
    Call,
    Credential,
    Errand,
    Impossible,
    Kind,
    Lost,
    Repeat,
    Unknowable,
    Unsure,
)
from shared.events.actions import Act, NewPoll
from tests.unit.delivery.platforms.asking import BEGAN

KINDS: tuple[Kind, ...] = get_args(Kind)
EXPECTED = (Impossible, Busy, Away, Unsure, Lost)
SECRET = "a-token-that-nobody-may-see"

PLACES = {
    "telegram": ("telegram:-100123", "telegram:-100123:45", "telegram:42", "telegram:-100123:9"),
    "discord": ("discord:1", "discord:1:2:3", "discord:42", "discord:1:2"),
    "vk": ("vk:1", "vk:1:comment-1_7", "vk:42", "vk:1:2000000005"),
    "discourse": ("discourse:forum.example", "discourse:forum.example:12/1", "discourse:forum.example:42", None),
    "slack": ("slack:T1", "slack:T1:C1:1700000000.000100", "slack:U1", "slack:T1:C1"),
}
"""Community, content, member and channel of each."""

ODD = st.sampled_from(
    ["", ":", "..", "../../x", "/", "telegram:..:..", "discord:1:2:%2e%2e", "vk:1:post-1_3/x", "💥", "a\nb"]
)
TEXTS = st.sampled_from([None, "hi", "<!channel> & @everyone", "x" * 50_000, "\x00"])
MEDIA = st.sampled_from([None, (), ("https://a.example/1.jpg",), ("not an address", "https://[/")])
POLLS = st.sampled_from([None, NewPoll(options=("a", "b"), hours=1)])


@st.composite
def errands(draw: st.DrawFn, *, is_sane: bool) -> Errand:
    platform = draw(st.sampled_from(sorted(PLATFORMS)))
    ids = PLACES[platform]
    community, content, member, channel = ids if is_sane else tuple(draw(st.one_of(ODD, st.just(id_))) for id_ in ids)
    act = Act(
        cause="decision-1",
        content_id=draw(st.sampled_from([None, content])),
        member=draw(st.sampled_from([None, member])),
        channel=draw(st.sampled_from([None, channel])),
        text=draw(TEXTS),
        media=draw(MEDIA),
        poll=draw(POLLS),
        until=draw(st.sampled_from([None, BEGAN])),
        delay_s=draw(st.sampled_from([None, -5, 0, 10, 10**9])),
    )
    return Errand("act-1", draw(st.sampled_from(KINDS)), f"{platform}:" if community is None else community, act)


def platform_of(errand: Errand) -> str:
    return next(name for name in PLATFORMS if errand.community.startswith(name)) if errand.community else "telegram"


@given(errand=errands(is_sane=False))
def test_an_errand_is_refused_or_can_be_asked(errand: Errand) -> None:
    name = errand.community.partition(":")[0]
    platform = PLATFORMS.get(name, PLATFORMS["telegram"])

    refusal = platform.refusal(errand)

    assert refusal is None or refusal.code == "unsupported"
    if refusal is None:
        assert platform.place(errand)
        assert platform.repeat(errand) in Repeat


NAMES = ["ok", "result", "response", "error", "errors", "error_code", "code", "message", "messages", "id", "ts", "channel",
         "message_id", "post_stream", "posts", "items", "post_id", "topic_id", "post_number", "deleted_at", "username",
         "description", "parameters", "retry_after", "thread_ts", "metadata", "author", "type", "extras"]  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 10**20),
    st.floats(),
    st.sampled_from(["", "1", "hi", "9.9", "x", "2026-03-02T09:30:00", "2026-03-02T09:30:00Z"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)),
    max_leaves=8,
)
NEARLY: st.SearchStrategy[Any] = st.one_of(
    st.lists(st.fixed_dictionaries({"id": LEAVES, "author": st.fixed_dictionaries({"id": LEAVES})}), max_size=2),
    st.fixed_dictionaries({"ok": st.booleans(), "result": JSON, "description": LEAVES, "error": LEAVES, "messages": JSON}),
    st.builds(
        lambda posts, count: {"post_stream": {"posts": posts}, "posts_count": count, "chunk_size": count},
        st.lists(st.fixed_dictionaries({"post_number": LEAVES, "created_at": LEAVES, "raw": LEAVES}), max_size=2),
        LEAVES,
    ),
    st.fixed_dictionaries({"id": LEAVES, "post_number": LEAVES, "topic_id": LEAVES, "deleted_at": LEAVES}),
)
"""What is nearly an answer: of the right shape, with wrong values."""

HEADERS: st.SearchStrategy[Mapping[str, str]] = st.dictionaries(
    st.sampled_from(["date", "retry-after", "x-ratelimit-remaining", "x-ratelimit-reset-after", "location"]),
    st.sampled_from(["", "0", "nan", "inf", "-1", "1e999", "Mon, 02 Mar 2026 09:30:00 GMT", "/t/", "/t/x/7", "💥"]),
    max_size=3,
)
ANSWERS = st.builds(
    Answer,
    st.sampled_from([200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503]),
    HEADERS,
    st.one_of(
        st.binary(max_size=20),
        st.one_of(JSON, NEARLY).map(lambda value: json.dumps(value).encode()),
        st.just(b"[" * 5_000),
    ),
)


class Nonsensical:
    """Answers with whatever it has, again and again, and looks at what it is asked."""

    def __init__(self, platform: str, answers: list[Answer]) -> None:
        self._platform, self._answers, self._asked = PLATFORMS[platform], answers, 0

    async def __call__(self, call: Call) -> Answer:
        outward = self._platform.outward(call, Credential("https://api.example", SECRET))
        assert call.path.count("/") == call.route.count("/")
        assert ".." not in call.path
        assert SECRET not in repr(call)
        assert outward.url.startswith("https://api.example/")
        answer = self._answers[self._asked % len(self._answers)]
        self._asked += 1
        for pressure in self._platform.told(call, answer):
            assert pressure.key in {bucket.key for bucket in call.buckets} | {"global"}
            assert 0 < pressure.wait_s <= 3600
        return answer


@given(errand=errands(is_sane=True), answers=st.lists(ANSWERS, min_size=1, max_size=4))
def test_whatever_a_platform_answers_is_done_or_one_of_the_errors(errand: Errand, answers: list[Answer]) -> None:
    platform = PLATFORMS[platform_of(errand)]
    if platform.refusal(errand) is not None:
        return

    async def play() -> Any:  # noqa: ANN401 - whatever comes
        try:
            return await platform.carry_out(errand, Nonsensical(platform.id, answers))
        except EXPECTED as error:
            return error

    found = asyncio.run(play())
    assert SECRET not in f"{found}"
    assert not isinstance(found, Busy) or 0 < found.wait_s <= 3600


@given(errand=errands(is_sane=True), answers=st.lists(ANSWERS, min_size=1, max_size=4))
def test_whatever_a_platform_answers_is_found_or_one_of_the_errors(errand: Errand, answers: list[Answer]) -> None:
    platform = PLATFORMS[platform_of(errand)]
    if platform.refusal(errand) is not None or platform.repeat(errand) is not Repeat.VISIBLE:
        return

    async def play() -> None:
        try:
            await platform.find(errand, Attempt(BEGAN, "45", ("nonsense",)), Nonsensical(platform.id, answers))
        except (*EXPECTED, Unknowable):
            return

    asyncio.run(play())


@pytest.mark.parametrize("name", sorted(PLACES))
def test_each_platform_is_known_by_its_id(name: str) -> None:
    assert PLATFORMS[name].id == name
    assert set(PLATFORMS) == set(PLACES)
