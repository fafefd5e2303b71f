"""The rules of conduct as members read them, made of the policy in force.

Conditions, numbers by which rules go, and lists of words are never told: who knows them writes around them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.moderation.rules.case import Policy
from services.moderation.rules.outcome import OWN_REASON, REASONS
from shared.documents.discipline import Duration
from shared.documents.moderation import SECTIONS, ModerationPolicy, OwnRule
from shared.documents.rule import Rule
from shared.said import Said
from shared.times import lasting

FOLLOWS: Mapping[str, Said] = {
    "flag": Said("A moderator looks at it.", "Посмотрит модератор."),
    "hold": Said(
        "It is not shown before a moderator has looked at it.", "Сообщение не показывается, пока его не посмотрит модератор."
    ),
    "hide": Said("It is hidden.", "Сообщение скрывается."),
    "remove": Said("It is removed.", "Сообщение удаляется."),
    "warn": Said("You are warned.", "Вы получаете предупреждение."),
    "mute": Said("It is removed, and you cannot write for {}.", "Сообщение удаляется, и вы не сможете писать {}."),
    "ban": Said("It is removed, and you are banned.", "Сообщение удаляется, а вы блокируетесь."),
    "ban_for": Said("It is removed, and you are banned for {}.", "Сообщение удаляется, а вы блокируетесь на {}."),
}
"""By what a rule says; of marks, and of what is only noted, members feel nothing."""

BRINGS: Mapping[str, Said] = {
    "warn": Said("a warning", "предупреждение"),
    "mute": Said("you cannot write for {}", "вы не сможете писать {}"),
    "ban": Said("you are banned", "вы блокируетесь"),
    "ban_for": Said("you are banned for {}", "вы блокируетесь на {}"),
}
"""What befalls a member at a threshold."""


FOR_A_TIME = Said("some time", "некоторое время")


class Article(NamedTuple):
    """One rule: what is not welcome, and what follows."""

    about: Said
    follows: Said


OF_NOBODY = frozenset({"raids"})
"""What no one member can mind."""

OTHER_THINGS = Article(
    Said("Other things that break the rules of this community.", "Другое, что нарушает правила сообщества."),
    Said("You are told what follows.", "О последствиях вам сообщат."),
)
"""Rules that give members no reason are told as one."""


class Step(NamedTuple):
    """So many points, and what they bring."""

    points: int
    brings: Said


class Conduct(NamedTuple):
    """All of it."""

    articles: Sequence[Article]
    points: Sequence[tuple[str, int]]
    """What a strike counts, by severity."""
    half_life: Said
    everywhere: bool
    """Whether strikes of all communities of the brand add up."""
    steps: Sequence[Step]
    within: Said | None
    """How long a member may ask for another look; None: not at all."""
    answer: Said


def conduct(policy: Policy, community: str | None) -> Conduct:
    """Return the rules of a community; without one, those that hold in all of the brand's."""
    spec, strikes = policy.spec, policy.spec.strikes
    return Conduct(
        tuple(dict.fromkeys((*_built_in(spec), *_own(spec, community)))),
        [(severity, strikes.weights.of(severity)) for severity in ("low", "medium", "high", "critical")],
        lasting(strikes.half_life),
        strikes.scope == "brand",
        [Step(one.points, _with(BRINGS, one.then, one.lasts)) for one in sorted(strikes.thresholds, key=lambda t: t.points)],
        None if spec.appeals.status == "off" else lasting(spec.appeals.within),
        lasting(spec.appeals.answer),
    )


def reason_of(policy: Policy, text: str) -> Said:
    """Return a reason that a member was told in one language in both, where it is one of the policy's; else as it is."""
    known = [Said(*REASONS.get(section.replace("_", "-"), OWN_REASON)) for section in SECTIONS]
    own = [getattr(policy.spec, section).reason for section in SECTIONS] + [rule.reason for rule in policy.spec.rules]
    known += [Said(*OWN_REASON), *(Said(reason.en, reason.ru) for reason in own if reason is not None)]
    return next((said for said in known if text in said), Said(text, text))


def _built_in(spec: ModerationPolicy) -> Iterator[Article]:
    for section in SECTIONS:
        rule: Rule = getattr(spec, section)
        if rule.is_on and rule.status == "live" and rule.then in FOLLOWS and section not in OF_NOBODY:
            told = Said(*REASONS.get(section.replace("_", "-"), OWN_REASON))
            about = told if rule.reason is None else Said(rule.reason.en, rule.reason.ru)
            yield Article(about, _with(FOLLOWS, rule.then, rule.lasts))


def _own(spec: ModerationPolicy, community: str | None) -> Iterator[Article]:
    for rule in spec.rules:
        if rule.status == "live" and rule.then in FOLLOWS and _holds(rule, community):
            if rule.reason is None:
                yield OTHER_THINGS
            else:
                yield Article(Said(rule.reason.en, rule.reason.ru), _with(FOLLOWS, rule.then, rule.lasts))


def _holds(rule: OwnRule, community: str | None) -> bool:
    return not rule.communities or community in rule.communities


def _with(texts: Mapping[str, Said], then: str, lasts: Duration | None) -> Said:
    """Return what follows, with how long."""
    text = texts["ban_for" if then == "ban" and lasts is not None else then]
    long = FOR_A_TIME if lasts is None else lasting(lasts)
    return Said(text.en.format(long.en), text.ru.format(long.ru))
