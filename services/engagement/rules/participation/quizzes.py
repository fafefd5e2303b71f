"""Quizzes: a member is asked one question after the other, and counted once, with the best of their attempts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.participation import quiz_words as words
from services.engagement.rules.participation.commands import Due, Take
from services.engagement.rules.participation.doings import Answer, Begin, ByMember, Look
from services.engagement.rules.participation.mechanism import Card, Mechanism, Viewer
from services.engagement.rules.participation.moments import when
from services.engagement.rules.participation.play import Play, filled, lines, said
from services.engagement.rules.participation.quiz_meaning import meant
from services.engagement.rules.participation.quiz_players import (
    NOTHING,
    Player,
    answered,
    asked,
    begun,
    ended,
    is_late,
    limit_ms,
    upcoming,
)
from services.engagement.rules.participation.quiz_telling import QUESTION_CHARS_MAX, about, keys_of, last, now, own, question
from services.engagement.rules.participation.replies import Key
from services.engagement.rules.participation.words import NOT_OPEN
from shared.documents.quizzes import Quiz
from shared.errors import Misplaced
from shared.said import Language, Said

PLAYERS_MAX = 20_000
"""Of one quiz: its state is written whole with each batch that changes it, some 45 bytes a player and 80 at most."""

SETTLE = timedelta(seconds=10)
"""So long after the end it is closed: answers that were given before it are on their way. Contests wait for 30 s."""

COUNTED_AT_ONCE = 300
"""Members whose results one step tells: each is an event, and grants."""

COUNT = "count:"
"""Begins the timers of further such steps."""

LEADERS = 10

POPUP_CHARS = 90
"""What is longer is a message and no pop-up: VK cuts these after so many, Telegram after 200."""


class Players(msgspec.Struct, frozen=True):
    """Who plays, and how."""

    players: Mapping[str, Player] = {}
    is_closed: bool = False


class Quizzes(Mechanism[Quiz, Players]):
    """`kind: Quiz`."""

    kind, document, spec, state = "quiz", "Quiz", Quiz, Players
    private = True
    settle = SETTLE
    verbs = frozenset({"quiz"})

    @override
    def meant(self, spec: Quiz, verb: str, words: str) -> ByMember | None:
        """`quiz NAME begin` asks for the next question, `quiz NAME QUESTION OPTIONS` answers; both count from 1.

        Options are numbers or letters; `-` is none of them.
        """
        return meant(spec, words)

    @override
    def check(self, spec: Quiz) -> None:
        """Hold right answers to be options, a bonus to have a time, the best of several attempts to have an end."""
        for place, one in enumerate(spec.questions):
            at = f"$.spec.questions[{place}]"
            if any(number > len(one.options) for number in one.right):
                raise Misplaced(f"there are {len(one.options)} options, counted from 1", f"{at}.right")
            if limit_ms(spec, one) is None and (spec.bonus if one.bonus is None else one.bonus):
                raise Misplaced("a bonus for speed needs `seconds`", f"{at}.bonus" if one.bonus else "$.spec.bonus")
            for language in Language:
                if len(question(spec, "", place, 1).by(language)) > QUESTION_CHARS_MAX:
                    raise Misplaced(f"with its options it has more than {QUESTION_CHARS_MAX} characters", f"{at}.ask")
        if spec.attempts > 1 and spec.until is None:
            raise Misplaced("the best of several attempts counts at the end, so there is one", "$.spec.until")

    @override
    def take(self, play: Play[Quiz, Players], take: Take) -> None:
        """Show where the member is, ask the next question, or take in an answer."""
        player = play.state.players.get(take.member, Player())
        begins = play.spec.from_
        if isinstance(take.does, Look) and begins is not None and play.at < begins:
            play.done(take, lines(about(play.spec), filled(NOT_OPEN, when=when(begins, play.terms.rewards.zone))))
            return
        if isinstance(take.does, Look):
            play.done(take, *_now(play.name, play.spec, play.state, player, play.at, on_page=False))
            return
        code = "misplaced" if not isinstance(take.does, Begin | Answer) else play.ineligible(take)
        if code is None and play.state.is_closed:
            code = "over"
        if code is not None:
            play.refuse(take, code)
        elif isinstance(take.does, Begin):
            self._begin(play, take, player)
        elif isinstance(take.does, Answer):
            self._answer(play, take, player, take.does)

    def _begin(self, play: Play[Quiz, Players], take: Take, player: Player) -> None:
        """Ask what is next; one whose time has run out is wrong. What is asked already is shown again: its time runs on."""
        told = list[Said]()
        if is_late(play.spec, player, play.at):
            player = answered(play.spec, player, (), play.at)
            told.append(last(play.spec, player))
        if not player.is_playing:
            code = _why_not(play, take.member, player)
            if code is not None:
                play.refuse(take, code)
                return
            player = begun(player)
        if player.asked not in range(len(play.spec.questions)):
            place = upcoming(play.spec, play.name, take.member, player)
            if place is None:
                self._finish(play, take, player, told)
                return
            player = asked(player, place, play.at)
        self._put(play, take.member, player)
        play.done(take, lines(*told, *_asked(play.name, play.spec, player)), keys_of(play.name, play.spec, player.asked))

    def _answer(self, play: Play[Quiz, Players], take: Take, player: Player, answer: Answer) -> None:
        """Take in an answer to what is asked, and tell what comes of it. The first one counts."""
        if not player.is_playing or player.asked != answer.question or answer.question >= len(play.spec.questions):
            was = player.answered >> answer.question & 1
            play.refuse(take, "answered" if was else "not_asked")
            return
        if any(option >= len(play.spec.questions[answer.question].options) for option in answer.options):
            play.refuse(take, "no_option")
            return
        player = answered(play.spec, player, answer.options, play.at)
        told = [last(play.spec, player)]
        place = upcoming(play.spec, play.name, take.member, player)
        if place is None:
            self._finish(play, take, player, told)
            return
        keys = [Key(words.NEXT, f"quiz {play.name} begin")]
        if limit_ms(play.spec, play.spec.questions[place]) is None:
            player = asked(player, place, play.at)
            told += _asked(play.name, play.spec, player)
            keys = keys_of(play.name, play.spec, place)
        self._put(play, take.member, player)
        play.done(take, lines(*told), keys)

    def _finish(self, play: Play[Quiz, Players], take: Take, player: Player, told: Sequence[Said]) -> None:
        """End the attempt; after the last one the result counts."""
        score, player = player.score, ended(player)
        keys = []
        if player.attempt < play.spec.attempts:
            keys.append(Key(words.AGAIN, f"quiz {play.name} begin"))
        else:
            player = _counted(play, take.member, player)
        self._put(play, take.member, player)
        text = lines(*told, filled(words.FINISHED, score=score))
        if not keys and any(len(text.by(language)) > POPUP_CHARS for language in Language):
            keys.append(Key(words.RESULT, f"quiz {play.name}"))
        play.done(take, text, keys)

    def _put(self, play: Play[Quiz, Players], member: str, player: Player) -> None:
        play.state = replace(play.state, players={**play.state.players, member: player})

    @override
    def opened(self, play: Play[Quiz, Players]) -> None:
        """Announce it."""
        play.announce(about(play.spec), "opened", [Key(words.BEGIN, f"quiz {play.name} begin")])

    @override
    def closed(self, play: Play[Quiz, Players]) -> None:
        """Count those who have not come to the end, and those who could have tried again."""
        if not play.state.is_closed:
            play.state = replace(play.state, is_closed=True)
            self._count(play)

    @override
    def due(self, play: Play[Quiz, Players], due: Due) -> None:
        """Count on."""
        if due.what.startswith(COUNT) and play.state.is_closed:
            self._count(play)

    def _count(self, play: Play[Quiz, Players]) -> None:
        waiting = sorted(member for member, player in play.state.players.items() if not player.is_counted)
        told = {member: _counted(play, member, ended(play.state.players[member])) for member in waiting[:COUNTED_AT_ONCE]}
        play.state = replace(play.state, players={**play.state.players, **told})
        left = len(waiting) - len(told)
        if left:
            play.timer(f"{COUNT}{left}", play.at)
            return
        best = max((player.best for player in play.state.players.values()), default=NOTHING)
        text = words.CLOSED if best > 0 else words.CLOSED_EMPTY
        play.announce(filled(text, title=said(play.spec.title), n=len(play.state.players), score=best), "results")

    @override
    def is_final(self, state: Players) -> bool:
        """Say whether it is closed."""
        return state.is_closed

    @override
    def card(self, name: str, spec: Quiz, state: Players, viewer: Viewer) -> Card:
        """Show the member what they would be answered in a chat."""
        player = state.players.get(viewer.member or "", Player())
        text, keys = _now(name, spec, state, player, viewer.at, on_page=True)
        return Card([text], keys)

    @override
    def shown(self, spec: Quiz, state: Players, viewer: Viewer) -> dict[str, Any]:
        """Return how many play, who is best, and where a member is; what is right is told to nobody here."""
        over = {member: player for member, player in state.players.items() if player.best != NOTHING}
        leaders = nsmallest(LEADERS, over, key=lambda member: (-over[member].best, over[member].best_ms, member))
        shown: dict[str, Any] = {
            "questions": len(spec.questions),
            "attempts": spec.attempts,
            "phase": "closed" if state.is_closed else "planned" if spec.from_ and viewer.at < spec.from_ else "open",
            "players": len(state.players),
            "finished": len(over),
            "leaders": [{"member": one, "score": over[one].best, "ms": over[one].best_ms} for one in leaders],
        }
        if viewer.member is None:
            return shown
        return shown | {"own": own(spec, state.players.get(viewer.member, Player()), viewer)}


def _why_not(play: Play[Quiz, Players], member: str, player: Player) -> str | None:
    if player.attempt >= play.spec.attempts:
        return "no_attempt"
    return "full" if member not in play.state.players and len(play.state.players) >= PLAYERS_MAX else None


def _counted(play: Play[Quiz, Players], member: str, player: Player) -> Player:
    """Tell a member's result, where it was not told."""
    if player.is_counted:
        return player
    play.counted(member, "quiz", amount=max(0, player.best))
    return replace(player, is_counted=True)


def _asked(name: str, spec: Quiz, player: Player) -> list[Said]:
    return [question(spec, name, player.asked, player.answered.bit_count() + 1)]


def _now(
    name: str, spec: Quiz, state: Players, player: Player, at: datetime, *, on_page: bool
) -> tuple[Said, Sequence[Key]]:
    is_over = state.is_closed or (spec.until is not None and spec.until <= at)
    return now(name, spec, player, at, is_over=is_over, on_page=on_page)
