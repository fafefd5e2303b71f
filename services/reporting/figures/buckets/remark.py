"""One content as listening knows it: what it says (never its text), its votes as an idea, what staff decided about it.

Told in any order and again: the last edition counts, in the hour in which the content was written, unless it is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from services.reporting.listening.feedback import Feedback
from services.reporting.listening.hearing import Heard
from services.reporting.listening.tone import Label
from shared.fold.definition import Document

KIND = "remark"
IDEA: Feedback = "idea"

EMOJI_MAX = 50
"""Kinds of reactions of which totals are kept; no platform has more on one content."""

NO_TOTALS: Mapping[str, tuple[float, int]] = {}


class Written(NamedTuple):
    """A content was written or edited, at `second` since 1970."""

    brand: str
    community: str
    second: float
    is_new: bool
    """Whether it was written then; an edit tells no time of writing."""
    edition: int
    author: str | None
    channel: str | None
    heard: Heard
    imported: bool
    own: bool
    """Whether the community is the brand's own: only there ideas are kept."""


class Seen(NamedTuple):
    """A content went, or came back."""

    brand: str
    community: str
    second: float
    gone: bool


class Voted(NamedTuple):
    """A member put a reaction on it, or took one back."""

    brand: str
    community: str
    votes: int


class Counted(NamedTuple):
    """The platform told how many reactions of a kind there are."""

    brand: str
    community: str
    second: float
    emoji: str
    reactions: int


class Decided(NamedTuple):
    """Staff said what becomes of it as an idea."""

    brand: str
    community: str
    second: float
    id: str
    status: str
    by: str


Told = Written | Seen | Voted | Counted | Decided


class Remark(Struct, frozen=True, gc=False):
    """What is known of a content."""

    brand: str
    community: str
    second: float | None = None
    """When it was written; None as long as only other things were read of it: then it counts nowhere."""
    author: str | None = None
    channel: str | None = None
    edition: tuple[int, float] = (-1, 0.0)
    """Of what it says: the edition's number and time."""
    label: Label = "neutral"
    feedback: Feedback | None = None
    names: tuple[str, ...] = ()
    model: str = ""
    language: str = ""
    imported: bool = False
    own: bool = True
    gone_s: float | None = None
    back_s: float | None = None
    votes: int = 0
    totals: Mapping[str, tuple[float, int]] = NO_TOTALS
    """By emoji: when the platform told how many there are, and how many."""
    decided: tuple[float, str, str, str] | None = None
    """The last that staff said: when, the command's id, the status, by whom."""

    @property
    def is_gone(self) -> bool:
        """Say whether it is off the platform now."""
        return self.gone_s is not None and (self.back_s is None or self.back_s < self.gone_s)

    @property
    def is_idea(self) -> bool:
        """Say whether it stands in the register: as its text says, or because staff put it there."""
        is_kept = self.feedback == IDEA or self.decided is not None
        return is_kept and self.own and self.second is not None and not self.is_gone

    @property
    def all_votes(self) -> int:
        """Return the reactions of members, and those that the platform told as totals."""
        return max(0, self.votes) + sum(count for _, count in self.totals.values())

    @property
    def status(self) -> str:
        """Return what staff decided; `new` where nobody has."""
        return "new" if self.decided is None else self.decided[2]


def key_of(brand: str, community: str, content: str) -> str:
    """Return the key of a content's state."""
    return f"remark {brand}/{community}/{content}"


def evolve(state: Remark | None, told: Told) -> Remark:
    """Note what was told; the same state where it changes nothing."""
    state = state or Remark(told.brand, told.community)
    match told:
        case Written():
            return _written(state, told)
        case Seen(second=second, gone=True):
            return state if state.gone_s is not None and state.gone_s >= second else replace(state, gone_s=second)
        case Seen(second=second):
            return state if state.back_s is not None and state.back_s >= second else replace(state, back_s=second)
        case Voted(votes=votes):
            return replace(state, votes=state.votes + votes)
        case Counted():
            return _counted(state, told)
        case Decided(second=second, id=id_, status=status, by=by):
            last = max(state.decided or (second, id_, status, by), (second, id_, status, by))
            return state if last == state.decided else replace(state, decided=last)


def _written(state: Remark, told: Written) -> Remark:
    edition = (told.edition, told.second)
    if edition > state.edition or (edition == state.edition and _said(told.heard) > _known(state)):
        label, feedback, names, model, language = told.heard
        state = replace(state, edition=edition, label=label, feedback=feedback, names=names, model=model, language=language)
    state = replace(state, author=state.author or told.author, channel=state.channel or told.channel)
    if not told.is_new or state.second is not None:  # told again it stays in its hour, where it is counted
        return state
    return replace(state, second=told.second, imported=told.imported, own=told.own)


def _said(heard: Heard) -> tuple[str, ...]:
    return (heard.label, heard.feedback or "", heard.language, heard.model, *heard.names)


def _known(state: Remark) -> tuple[str, ...]:
    return (state.label, state.feedback or "", state.language, state.model, *state.names)


def _counted(state: Remark, told: Counted) -> Remark:
    now, before = (told.second, told.reactions), state.totals.get(told.emoji)
    if (before is None and len(state.totals) >= EMOJI_MAX) or (before is not None and before >= now):
        return state
    return replace(state, totals={**state.totals, told.emoji: now})


def encode(state: Remark) -> Document:
    """Return the document; `at` is the hour in which it was written, None where that is not known or it is gone."""
    is_there = state.second is not None and not state.is_gone
    fields = {name: getattr(state, name) for name in Remark.__struct_fields__}
    fields |= {
        "names": list(state.names),
        "edition": list(state.edition),
        "totals": [[emoji, *told] for emoji, told in sorted(state.totals.items())],
        "decided": None if state.decided is None else list(state.decided),
    }
    at = start_of(int(state.second // HOUR_S)) if is_there and state.second is not None else None
    return {"kind": KIND, "at": at, "idea": state.is_idea, "status": state.status, "all_votes": state.all_votes, **fields}


def decode(document: Document) -> Remark:
    """Return the state."""
    fields = {name: document[name] for name in Remark.__struct_fields__}
    fields |= {
        "names": tuple(fields["names"]),
        "edition": (int(fields["edition"][0]), fields["edition"][1]),
        "votes": int(fields["votes"]),
        "totals": {emoji: (second, int(count)) for emoji, second, count in fields["totals"]},
        "decided": None if fields["decided"] is None else tuple(fields["decided"]),
    }
    return Remark(**fields)
