"""What keeps a document from working for now: names that nobody has, a key that is missing, an end that is past. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from shared.documents.activities import Activity
from shared.documents.contests import Contest
from shared.documents.directory import Connection
from shared.documents.standing import Need, Standing
from shared.documents.things import Thing
from shared.meant import meant

KEY = "set it, and start it again (docs/contests.md)"


class Known(NamedTuple):
    """What a brand has when a document is applied."""

    at: datetime
    standing: Standing
    rules: Collection[str]
    """Ids of its rewards policies' rules, those of communities among them."""
    quizzes: Collection[str]
    connections: Sequence[Connection]
    has_draw_key: bool


def unusable(spec: msgspec.Struct, known: Known) -> Iterator[str]:
    """Yield a sentence for each; other documents may still bring what is missing."""
    if isinstance(spec, Standing):
        yield from _rules(spec, known)
    elif isinstance(spec, Thing):
        yield from _thing(spec, known)


def _rules(spec: Standing, known: Known) -> Iterator[str]:
    for name in dict.fromkeys(_named(spec)):
        if name not in known.rules:
            yield f"the brand's RewardsPolicy has no rule `{name}`{meant(name, known.rules)}"


def _named(spec: Standing) -> Iterator[str]:
    """Yield the rules that a standing names."""
    needs: list[Need] = [need for task in spec.tasks for need in task.steps]
    needs += [need for badge in spec.badges for need in badge.needs]
    yield from (need.rule for need in needs if need.rule is not None)
    for part in (spec.streak, spec.invites):
        yield from () if part is None else part.rules
    yield from () if spec.vip is None else spec.vip.subscriptions or ()


def _thing(spec: Thing, known: Known) -> Iterator[str]:
    level, levels = spec.eligible.level, [one.id for one in known.standing.levels]
    if level is not None and level not in levels:
        yield f"the brand's Standing has no level `{level}`{meant(level, levels)}; until it has, nobody may take part"
    if spec.community is not None:
        yield from _community(spec.community, known.connections)
    ends = spec.ends if isinstance(spec, Activity) else spec.until
    if ends is not None and ends <= known.at:
        yield f"it is over: until {ends.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(spec, Contest):
        yield from _contest(spec, known)
    if isinstance(spec, Activity) and not known.has_draw_key:
        yield f"engagement has no VECHE_DRAW_KEY: without it there is no code to check in by, only staff do that; {KEY}"


def _contest(spec: Contest, known: Known) -> Iterator[str]:
    quiz = spec.enter.quiz if spec.enter.by == "quiz" else None
    if quiz is not None and quiz not in known.quizzes:
        yield f"the brand has no quiz `{quiz}`{meant(quiz, known.quizzes) if known.quizzes else ''}"
    if spec.win == "draw" and not known.has_draw_key:
        yield f"engagement has no VECHE_DRAW_KEY: without it the list is not closed, and nobody is drawn; {KEY}"


def _community(community: str, connections: Sequence[Connection]) -> Iterator[str]:
    """Tell of a place that nothing reaches. A connection that lists no communities may hear any of its platform."""
    platform = community.partition(":")[0]
    there = [one for one in connections if one.platform == platform]
    listed = [listed.id for one in there for listed in one.communities]
    if not there:
        yield f"no connection of the brand is of {platform}: nothing is announced in `{community}`"
    elif community not in listed and all(one.communities for one in there):
        yield f"no connection lists `{community}`{meant(community, listed)}"
