"""Who came and who went, and how many are there; bots are left out."""

from __future__ import annotations

from services.reporting.figures.figure import MEMBERS as UNIT
from services.reporting.figures.figure import Figure, Sums, Value, counted, less
from shared.platforms import facts
from shared.said import Said

JOINED_COUNT, LEFT_COUNT, BANNED_COUNT = "members_joined", "members_left", "members_banned"
NAMES = (JOINED_COUNT, LEFT_COUNT, BANNED_COUNT)


def _there(sums: Sums) -> Value:
    return sums.ever.get(JOINED_COUNT, 0) - sums.ever.get(LEFT_COUNT, 0) - sums.ever.get(BANNED_COUNT, 0)


MEMBERS = Figure(
    id="members",
    name=Said("Members known", "Известные участники"),
    definition=Said(
        "Members at the end of the period, as far as Veche was told: all who ever joined, less those who left or were "
        "put out. "
        "Who was there before Veche listened, and before the imported history, is not among them.",
        "Участники на конец периода, о которых Veche известно: все вступившие за всё время, кроме ушедших и удалённых. "
        "Те, кто вступил до подключения и до импортированной истории, сюда не входят.",
    ),
    unit=UNIT,
    compute=_there,
    needs=(facts.JOINS,),
)
GROWTH = Figure(
    id="members_growth",
    name=Said("Growth", "Прирост"),
    definition=Said(
        "Members who joined, less those who left or were put out.", "Вступившие минус ушедшие и удалённые участники."
    ),
    unit=UNIT,
    compute=less(JOINED_COUNT, LEFT_COUNT, BANNED_COUNT),
    needs=(facts.JOINS,),
)
JOINED = Figure(
    id=JOINED_COUNT,
    name=Said("Joined", "Пришли"),
    definition=Said(
        "Members who came in. Who comes again counts again.",
        "Вступившие участники. Кто вступил повторно, считается снова.",
    ),
    unit=UNIT,
    compute=counted(JOINED_COUNT),
    needs=(facts.JOINS,),
)
LEFT = Figure(
    id=LEFT_COUNT,
    name=Said("Left", "Ушли"),
    definition=Said("Members who left by themselves.", "Участники, ушедшие сами."),
    unit=UNIT,
    compute=counted(LEFT_COUNT),
    needs=(facts.LEAVES,),
)
BANNED = Figure(
    id=BANNED_COUNT,
    name=Said("Banned", "Заблокированы"),
    definition=Said("Members who were put out on the platform.", "Участники, удалённые на площадке."),
    unit=UNIT,
    compute=counted(BANNED_COUNT),
    needs=(facts.BANS,),
)
