"""Why a command was not followed, in the reader's language. The fold says it in English; a test holds both together."""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.said import Said

REFUSALS: Mapping[str, str] = {
    r"the case was changed meanwhile: it is version (\S+), you saw (\S+); look again": (
        "дело изменилось: сейчас версия {0}, вы видели {1}; посмотрите снова"
    ),
    r"(.+) works on it": "над ним работает {0}",
    "the case is closed": "дело закрыто",
    "it is looked at a second time: end that look first": "его смотрят второй раз: сначала закончите просмотр",
    "you decided it the first time; somebody else has to look": "в первый раз решали вы; пусть посмотрит кто-то другой",
    r"a case holds (\d+) notes": "в деле может быть не больше {0} заметок",
    "a dispute is settled, not decided: name its outcome": "спор не решается, а завершается: укажите его итог",
    r"(.+) has decided it already; reverse the decision instead": "решение уже принято ({0}); отмените то решение",
    "you made the decision that is appealed against; somebody else has to look": (
        "пересмотреть просят ваше решение; должен посмотреть кто-то другой"
    ),
    "nobody knows who wrote it: there is nobody to warn, mute or ban": (
        "неизвестно, кто это написал: некого предупредить или заблокировать"
    ),
    "a mute needs an end": "для запрета писать нужен срок",
    "that time is over already": "это время уже прошло",
    "it waits for a decision: allow it, or hide, remove, warn, mute or ban": (
        "оно ждёт решения: разрешите его или скройте, удалите, предупредите, запретите писать, заблокируйте"
    ),
    "a dispute is between two members": "спор бывает между двумя участниками",
    "only the two members are heard": "слушают только двух участников спора",
    r"a dispute holds (\d+) statements": "в споре может быть не больше {0} записей",
    "both have to be heard first: take down a statement of each": "сначала нужно выслушать обоих: запишите слова каждого",
    "this case is no dispute": "это дело не спор",
    "the dispute is over": "спор завершён",
    "too many reversals of this case wait for their decisions": "слишком много отмен по этому делу ждут своих решений",
    "it was escalated: a community manager decides": "дело передано: решает комьюнити-менеджер",
    "a community manager gives cases to others, and takes them; you may claim a free one": (
        "назначает и забирает дела комьюнити-менеджер; вы можете взять свободное"
    ),
    "decisions are not appealed against here": "здесь решения не пересматриваются",
    "there is nothing to be taken back": "отменять нечего",
    "it concerns somebody else": "это решение касается другого участника",
    "somebody has looked, or will look, already": "его уже посмотрели или посмотрят",
    "it was too long ago": "прошло слишком много времени",
    "too many appeals wait for their decisions": "слишком много обращений ждут своих решений",
}
"""Russian, by the English of it."""

TO_MEMBERS: Mapping[str, Said] = {
    "decisions are not appealed against here": Said(
        "This community does not look at decisions again.", "В этом сообществе решения не пересматриваются."
    ),
    "there is nothing to be taken back": Said(
        "This decision no longer holds, so there is nothing to look at again.",
        "Это решение больше не действует, пересматривать нечего.",
    ),
    "it concerns somebody else": Said("This decision is about somebody else.", "Это решение касается другого участника."),
    "somebody has looked, or will look, already": Said(
        "You have asked already. One decision is looked at again once.",
        "Вы уже просили об этом. Одно решение пересматривается один раз.",
    ),
    "it was too long ago": Said(
        "The time in which you could ask is over.", "Время, когда можно было попросить о пересмотре, прошло."
    ),
    "too many appeals wait for their decisions": Said(
        "The decision is not known here yet. Please ask again later.", "Решение здесь ещё не известно. Попросите позже."
    ),
}
"""What a member reads, by the fold's English."""

NOT_DONE = Said("It could not be done. Please try again later.", "Не получилось. Попробуйте позже.")


def to_staff(refusal: str) -> Said:
    """Return a refusal in both languages; one that is not known here stays in English."""
    for pattern, russian in REFUSALS.items():
        found = re.fullmatch(pattern, refusal)
        if found is not None:
            return Said(refusal, russian.format(*found.groups()))
    return Said(refusal, refusal)


def to_member(refusal: str) -> Said:
    """Return a refusal in a member's words."""
    return TO_MEMBERS.get(refusal, NOT_DONE)
