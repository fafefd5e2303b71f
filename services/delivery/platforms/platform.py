"""The port of all platforms: how one of them carries an act out, looks whether it did, and what it allows how often.

A platform is asked through `Ask` alone, which keeps the limits, adds the credential and tells a cut connection from a
refused one. So a file of a platform holds what its documentation says, and nothing else: no I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol

from shared.errors import Retryable, VecheError
from shared.events.actions import Act, Code
from shared.limits.bucket import Rate

Kind = Literal[
    "delete",
    "hide",
    "restore",
    "mute",
    "unmute",
    "ban",
    "unban",
    "reply",
    "message",
    "publish",
    "pin",
    "slow_mode",
    "answer",
]


@dataclass(frozen=True, slots=True)
class Errand:
    """One act, as it is asked of a platform."""

    id: str
    """Of the act: what a platform recognises a second telling by is made of it."""
    kind: Kind
    community: str
    """`platform:place`."""
    act: Act

    @property
    def place(self) -> str:
        """The platform's own id of the community."""
        return self.community.partition(":")[2]


class Repeat(Enum):
    """What happens if the same errand is carried out twice."""

    HARMLESS = "harmless"
    """Nothing: the second changes nothing that anybody sees."""
    KEYED = "keyed"
    """Nothing: the platform recognises the second by a key that is made of the errand's id."""
    VISIBLE = "visible"
    """Members would see it twice: it is looked for before it is tried again (`Platform.find`)."""


class Pressure(NamedTuple):
    """A platform wants a bucket left alone for a while."""

    key: str
    wait_s: float


class Bucket(NamedTuple):
    """How often something may be asked for: the key is the same for all that share the limit."""

    key: str
    """Within one connection, for example `bot`, `chat/-100123`, `route/POST /channels/7/messages`."""
    rate: Rate


NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a platform, without the credential: it may be logged and traced by its `route`."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """Below the platform's address; what is filled in is quoted."""
    route: str
    """The path with its variable parts named, for example `/channels/{channel}/messages`: what metrics are kept by."""
    query: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    body: Mapping[str, Any] | None = None
    """Sent as JSON, or as the platform's API takes it."""
    buckets: Sequence[Bucket] = ()
    """All limits that it counts against."""
    is_visible: bool = False
    """Whether members see what it does, and twice if it is done twice. An attempt is recorded before the first one."""
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Sent beside the platform's own, for example a reason for its log; they may be logged and traced as well."""


class Answer(NamedTuple):
    """What a platform answered: the body as a whole, at most ANSWER_BYTES_MAX."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Outward(NamedTuple):
    """A call with the credential, as it goes out. It is never logged."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Credential:
    """With what a platform is asked, and where."""

    api: str
    """The address of the API, without a slash at its end."""
    token: str = field(repr=False)
    account: str | None = None
    """As whom it acts, where the API asks for it: the user name at Discourse, the group at VK, the bot at Discord."""


class Done(NamedTuple):
    """An errand is carried out."""

    answer: str
    """What the platform said, for the receipt: a few words, without texts of members and without credentials."""
    content_id: str | None = None
    """What came into the world by it, in the ids of events: `telegram:-100123:77`."""
    also: Sequence[str] = ()
    """What else did, for example an album's other pictures: another errand's, as well, to whom it is `Attempt.ours`."""


Removed = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Returns those of some contents that were removed by us: they leave gaps where contents are numbered."""


async def none_removed(contents: Sequence[str]) -> Collection[str]:
    """Return none: nothing is known to have been removed."""
    del contents
    return ()


class Attempt(NamedTuple):
    """An attempt of which it is not known how it ended."""

    began: datetime
    """When the first attempt of the errand began, by our clock."""
    before: str | None
    """The newest content of ours in the same series when it began (`Platform.series`), a `Done.content_id`, if any."""
    ours: Collection[str]
    """Contents of that series of which is known that other errands made them: they are not what is looked for."""
    after: str | None = None
    """The first content of ours in that series that was begun when the attempt was surely over, if any."""
    age_s: float = 0.0
    """How long ago the last attempt began."""
    removed: Removed = none_removed


Ending = Literal[Code, "unreachable"]
"""Why an act was not carried out. Receipts say `refused` for the last, and that it is `unreachable`: their codes stay."""

Refused = Literal["unsupported", "forbidden", "unreachable", "gone", "refused", "late"]
"""What a platform says that will not change."""

UNREACHABLE = "the member has not written to the bot (or does not allow messages), so it may not write to them"


class Impossible(VecheError):
    """The platform can't do it, or says it never will; the text is the reason in the receipt, a sentence for a person.

    `code` tells programs the same: `unsupported` (the platform has no such thing), `forbidden` (the bot lacks a right),
    `unreachable` (the member takes no messages from it), `gone` (the target is not there any more), `late` (a press
    that it has forgotten), `refused` (all else).
    """

    def __init__(self, code: Refused, text: str) -> None:
        super().__init__(text)
        self.code: Refused = code


def unreachable(text: str) -> Impossible:
    """Return that a member takes no messages from the bot; `text` is what the platform says."""
    return Impossible("unreachable", f"{text}; {UNREACHABLE}")


class Busy(Retryable):
    """The platform did nothing, and wants to be asked later."""

    def __init__(self, text: str, wait_s: float) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class Away(Retryable):
    """The platform could not be reached, or says that it is not there: it surely did nothing."""


class Unsure(Retryable):
    """The request went out and no answer came back: it may have been done, or not."""


class Unknowable(VecheError):
    """It can't be found out whether the errand was carried out; the text says why, for a person who looks."""


class Lost(VecheError):
    """The platform refuses the credential: nothing works until a person has done something. The text says what."""


Ask = Callable[[Call], Awaitable[Answer]]
"""Asks the platform: waits for the limits, sends, and returns whatever it answered, of any status.

Raises Away where the request surely did not reach it, Unsure where it may have.
"""


class Platform(Protocol):
    """How one platform carries acts out."""

    @property
    def id(self) -> str:
        """The first part of the ids of its communities."""

    @property
    def api(self) -> str | None:
        """The address of its API; None where each connection has its own."""

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there, without asking: the platform has no such thing, or a part is missing."""

    def repeat(self, errand: Errand) -> Repeat:
        """Say what happens if it is carried out twice."""

    def place(self, errand: Errand) -> str:
        """Return the place that the errand needs a share of: what is slow there holds up only what is for there, too."""

    def series(self, errand: Errand) -> str:
        """Return the series in which the platform numbers what the errand makes; most number each place by itself."""

    def outward(self, call: Call, credential: Credential) -> Outward:
        """Return the call as it goes out."""

    def told(self, call: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what an answer, of any status, says about limits: buckets of the call that are to rest."""

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it. Raises Impossible, Busy, Away, Unsure or Lost; no text of any holds a credential or a member's text.

        What was done already is done: the deletion of a content that is not there succeeds.
        """

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Look whether an attempt succeeded; asked of VISIBLE errands alone, once the attempt is over.

        Return None where it surely did not. Raises Unknowable where the platform can't tell, and what `carry_out` raises.
        """
