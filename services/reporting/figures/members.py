"""Who came and who went; bots are left out."""

from __future__ import annotations

from services.reporting.figures.figure import MEMBERS, Count, Counter, Figure, counted
from shared.events.community import MemberBanned, MemberJoined, MemberLeft
from shared.platforms import facts
from shared.said import Said

Moved = MemberJoined | MemberLeft | MemberBanned


def _counter(name: str) -> Counter[Moved]:
    one = Count(name)
    return lambda event: None if event.data.bot else one


joined, left, banned = _counter("members_joined"), _counter("members_left"), _counter("members_banned")

JOINED = Figure(
    id="members_joined",
    name=Said("Joined", "Пришли"),
    definition=Said(
        "Members who came in. Who comes again counts again.",
        "Вступившие участники. Кто вступил повторно, считается снова.",
    ),
    unit=MEMBERS,
    compute=counted("members_joined"),
    needs=(facts.JOINS,),
)
LEFT = Figure(
    id="members_left",
    name=Said("Left", "Ушли"),
    definition=Said(
        "Members who left by themselves.",
        "Участники, ушедшие сами.",
    ),
    unit=MEMBERS,
    compute=counted("members_left"),
    needs=(facts.LEAVES,),
)
BANNED = Figure(
    id="members_banned",
    name=Said("Banned", "Заблокированы"),
    definition=Said("Members who were put out on the platform.", "Участники, удалённые на площадке."),
    unit=MEMBERS,
    compute=counted("members_banned"),
    needs=(facts.BANS,),
)
