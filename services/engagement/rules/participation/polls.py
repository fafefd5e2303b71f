"""Polls and surveys: one answer a member, changeable; votes of the platform's own polls count as well. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.participation import words
from services.engagement.rules.participation.commands import Polled, Take
from services.engagement.rules.participation.doings import TEXT_CHARS_MAX, ByMember, Look, Unvote, Vote
from services.engagement.rules.participation.mechanism import NAME_CHARS_MAX, Card, Mechanism, Viewer
from services.engagement.rules.participation.play import Play, lines, said
from services.engagement.rules.participation.poll_telling import NPS, RATING, asked, every_key, keys, posed, told_of
from services.engagement.rules.participation.replies import Key
from shared.documents.things import Poll
from shared.errors import Misplaced
from shared.said import Language, Said

VOTERS_MAX = 50_000
"""Of one poll: its state is written whole with each batch that changes it, some 25 bytes a voter."""

MESSAGE_CHARS_MAX = 1_900
"""Characters of the question with its options, and of the results: a message of Discord has 2,000, as quizzes reckon with,
and a mention may stand before it."""

PROMOTERS, DETRACTORS = range(9, 11), range(7)
"""Net promoter score: the share of those who say 9 or 10 less that of those who say 0 to 6, from -100 to 100
(F. Reichheld, The One Number You Need to Grow, Harvard Business Review, December 2003)."""

CHOICES = range(100)


class Voter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member's answer; none where it was taken back."""

    options: tuple[int, ...] = ()
    is_text: bool = False
    """Whether it is a text: entries hold those."""

    @property
    def is_there(self) -> bool:
        """Say whether it counts."""
        return bool(self.options) or self.is_text


class Votes(msgspec.Struct, frozen=True):
    """Who answered what. Who took it back stays, for a part is rewarded once."""

    voters: Mapping[str, Voter] = {}


class Polls(Mechanism[Poll, Votes]):
    """`kind: Poll`."""

    kind, document, spec, state = "poll", "Poll", Poll, Votes
    verbs = frozenset({"poll"})

    @override
    def meant(self, spec: Poll, verb: str, words: str) -> ByMember | None:
        """Options are numbered from 1 where they are chosen; of ratings the number is the answer; `-` takes it back."""
        if not words:
            return Look()
        if words == "-":
            return Unvote()
        if spec.ask == "text":
            return Vote(text=words[:TEXT_CHARS_MAX])
        numbers = words.replace(",", " ").split()
        if len(numbers) > len(CHOICES) or not all(number.isascii() and number.isdigit() for number in numbers):
            return None
        first = 0 if spec.ask in {"rating", "nps"} else 1
        chosen = sorted({int(number[:4]) - first for number in numbers})
        return Vote(options=tuple(chosen)) if all(option in CHOICES for option in chosen) else None

    @override
    def check(self, spec: Poll) -> None:
        """Hold options to be there where some can be chosen, and nowhere else."""
        chosen = spec.ask in {"single", "multiple"}
        if chosen and len(spec.options) <= 1:
            raise Misplaced("there are two options at least", "$.spec.options")
        if not chosen and spec.options:
            raise Misplaced(f"`{spec.ask}` has its answers; options are for `single` and `multiple`", "$.spec.options")
        most = {str(place): VOTERS_MAX for place in range(len(spec.options))}
        told = (
            posed("x" * NAME_CHARS_MAX, spec),
            lines(said(spec.title), told_of(spec, {"answers": VOTERS_MAX, "chosen": most})),
        )
        longest = max(len(text.by(language)) for text in told for language in Language)
        if longest > MESSAGE_CHARS_MAX:
            why = f"with the title they come to {longest} characters, and a message has {MESSAGE_CHARS_MAX} at most"
            raise Misplaced(why, "$.spec.options")

    @override
    def check_change(self, before: Poll, after: Poll) -> None:
        """Hold it to ask alike, and options to keep their numbers: answers are counted by these."""
        if before.ask != after.ask:
            why = f"what this name stands for asks `{before.ask}`, and members may have answered: take another name"
            raise Misplaced(why, "$.spec.ask")
        pairs = zip(before.options, after.options, strict=False)
        if len(after.options) < len(before.options) or any(was != now and was in after.options for was, now in pairs):
            why = "answers are counted by the numbers of options: add further ones at the end, or take another name"
            raise Misplaced(why, "$.spec.options")

    @override
    def take(self, play: Play[Poll, Votes], take: Take) -> None:
        """Take an answer in, or back."""
        match take.does:
            case Look():
                play.done(take, posed(play.name, play.spec), keys(play.name, play.spec))
            case Vote():
                self._vote(play, take, take.does)
            case Unvote():
                self._unvote(play, take)
            case _:
                play.refuse(take, "misplaced")

    def _vote(self, play: Play[Poll, Votes], take: Take, vote: Vote) -> None:
        code = play.ineligible(take) or wrong(play.spec, vote)
        before = play.state.voters.get(take.member)
        if code is None and before is not None and before.is_there and not play.spec.changeable:
            code = "answered"
        if code is None and before is None and len(play.state.voters) >= VOTERS_MAX:
            code = "full"
        if code is not None:
            play.refuse(take, code)
            return
        self._put(play, take.member, Voter(tuple(sorted({*vote.options})), vote.text is not None))
        play.done(take, words.VOTED if play.spec.changeable else words.VOTED_FOR_GOOD)

    def _unvote(self, play: Play[Poll, Votes], take: Take) -> None:
        before = play.state.voters.get(take.member)
        code = play.ineligible(take) or (None if before is not None and before.is_there else "not_answered")
        if code is None and not play.spec.changeable:
            code = "answered"
        if code is not None:
            play.refuse(take, code)
            return
        self._put(play, take.member, Voter())
        play.done(take, words.UNVOTED)

    @override
    def polled(self, play: Play[Poll, Votes], polled: Polled) -> None:
        """Take a vote of the platform's poll in, in the place of the member's answer; there nobody asks who may."""
        if not play.is_open or any(option >= len(play.spec.options) for option in polled.options):
            return
        known = polled.member in play.state.voters
        if known or (polled.options and len(play.state.voters) < VOTERS_MAX):
            self._put(play, polled.member, Voter(tuple(sorted({*polled.options}))))

    def _put(self, play: Play[Poll, Votes], member: str, voter: Voter) -> None:
        is_new = member not in play.state.voters
        play.state = replace(play.state, voters={**play.state.voters, member: voter})
        if is_new:
            play.counted(member, "poll")

    @override
    def opened(self, play: Play[Poll, Votes]) -> None:
        """Ask."""
        play.announce(posed(play.name, play.spec), "opened", keys(play.name, play.spec))

    @override
    def closed(self, play: Play[Poll, Votes]) -> None:
        """Tell the results."""
        play.announce(lines(said(play.spec.title), results(play.spec, play.state)), "results")

    @override
    def card(self, name: str, spec: Poll, state: Votes, viewer: Viewer) -> Card:
        """Show the member's answer, and the results where they are no secret; let them answer as long as that counts."""
        own = state.voters.get(viewer.member or "")
        is_over = spec.until is not None and spec.until <= viewer.at
        told = [] if spec.secret and not is_over else [results(spec, state)]
        if own is not None and own.is_there:
            told.append(words.VOTED_FOR_GOOD)
        may = not is_over and (own is None or not own.is_there or spec.changeable)
        if spec.ask == "text":
            return Card(told, [Key(words.ANSWER, f"poll {name}", words.YOUR_ANSWER)] if may else ())
        if spec.ask == "multiple":
            return Card([asked(spec), *told], [Key(words.ANSWER, f"poll {name}", words.NUMBERS)] if may else ())
        return Card(told, every_key(name, spec) if may else ())

    @override
    def shown(self, spec: Poll, state: Votes, viewer: Viewer) -> dict[str, Any]:
        """Return the question, and the results where they are no secret any more."""
        own = None if viewer.member is None else state.voters.get(viewer.member, Voter())
        shown: dict[str, Any] = {"ask": spec.ask, "options": [said(one).by(viewer.language) for one in spec.options]}
        if own is not None:
            shown["own"] = list(own.options) if own.is_there else None
        is_over = spec.until is not None and spec.until <= viewer.at
        return shown | ({"results": counts(spec, state)} if is_over or not spec.secret else {})


def wrong(spec: Poll, vote: Vote) -> str | None:
    """Return the code of what is wrong with an answer; None where nothing is."""
    if spec.ask == "text":
        return "no_text" if vote.text is None or vote.options else None
    allowed = {"rating": RATING, "nps": NPS}.get(spec.ask, range(len(spec.options)))
    if not vote.options or any(option not in allowed for option in vote.options):
        return "no_option"
    return "one_option" if len(vote.options) > 1 and spec.ask != "multiple" else None


def counts(spec: Poll, state: Votes) -> dict[str, Any]:
    """Return how many answered, how many chose what, and what follows: the mean of a rating, the net promoter score."""
    there = [voter for voter in state.voters.values() if voter.is_there]
    found: dict[str, Any] = {"answers": len(there)}
    if spec.ask == "text":
        return found
    allowed = {"rating": RATING, "nps": NPS}.get(spec.ask, range(len(spec.options)))
    chosen = [option for voter in there for option in voter.options]
    of = Counter(chosen)
    found["chosen"] = {str(option): of[option] for option in allowed}
    if spec.ask == "rating" and chosen:
        found["mean"] = round(sum(chosen) / len(chosen), 2)
    if spec.ask == "nps" and chosen:
        promoters, detractors = (sum(option in range_ for option in chosen) for range_ in (PROMOTERS, DETRACTORS))
        found["nps"] = round(100 * (promoters - detractors) / len(chosen))
    return found


def results(spec: Poll, state: Votes) -> Said:
    """Return the results as pages show them: these tell the title themselves."""
    return told_of(spec, counts(spec, state))
