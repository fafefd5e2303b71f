"""What was checked of a proof, and what can be wrong with it, in words for a person."""

from __future__ import annotations

from shared.said import Said

FILE = Said("The file is a proof of version 1.", "Файл — доказательство версии 1.")
NO_PROOF = Said("It is none: {reason}.", "Это не доказательство: {reason}.")

WRITTEN = Said("It is written in the one way in which a proof is written.", "Он записан единственным допустимым способом.")
REWRITTEN = Said(
    "White space, the order of fields or the way in which a value is written was changed; download the file again.",
    "Изменены пробелы, порядок полей или запись значений; скачайте файл заново.",
)

COMMITMENT = Said("The commitment gives the hash that the file names.", "Хеш обязательства совпадает с указанным в файле.")
OTHER_COMMITMENT = Said(
    "What was committed to was changed afterwards: its hash is {found}.",
    "Обязательство изменили после объявления: его хеш {found}.",
)

ANNOUNCED = Said("It is the hash that you were told before the draw.", "Это тот хеш, который вам сообщили до розыгрыша.")
NOT_ANNOUNCED = Said(
    "You were told another one: this is the proof of another draw, or one that was made up afterwards.",
    "Вам сообщили другой: это доказательство другого розыгрыша или составленное задним числом.",
)

LIST = Said(
    "The list of entrants is the one that was committed to, in its order, nobody twice.",
    "Список участников — тот самый, что был зафиксирован: порядок верный, никто не указан дважды.",
)
OTHER_LIST = Said(
    "Entrants were added, left out, changed, or put in another order.",
    "Участников добавили, убрали, изменили или переставили.",
)

SEED = Said("The seed is the one that was committed to.", "Секретное число — то самое, что было зафиксировано.")
OTHER_SEED = Said("It is another seed.", "Это другое секретное число.")

CHAIN = Said(
    "The beacon is drand's quicknet, with its public key.", "Маяк — сеть quicknet проекта drand с её открытым ключом."
)
OTHER_CHAIN = Said(
    "It is another beacon, or its key was changed; only quicknet is believed.",
    "Это другой маяк или ключ изменён; принимается только quicknet.",
)

ROUND = Said(
    "The named round is the first after the close and the time that was set.",
    "Названный раунд — первый после закрытия и установленного срока.",
)
OTHER_ROUND = Said("That would be round {found}.", "Первым был бы раунд {found}.")

SIGNATURE = Said("drand signed that round.", "Подпись раунда поставлена сетью drand.")
NO_SIGNATURE = Said("This is not drand's signature of the round.", "Это не подпись drand для этого раунда.")

PLACES = Said(
    "The winners and the alternates are those whom the draw gives.",
    "Победители и запасные — те, кого даёт розыгрыш.",
)
OTHER_PLACES = Said("The draw gives others, or another order.", "Розыгрыш даёт других или в другом порядке.")

HOLDS = Said(
    "it holds, the winners follow from what was committed to",
    "подтверждён, победители следуют из того, что было зафиксировано",
)
REFUSED = Said("it is refused, do not believe these winners", "отклонён, этим победителям верить нельзя")


def filled(said: Said, **facts: object) -> Said:
    """Return a sentence with its facts."""
    return Said(said.en.format(**facts), said.ru.format(**facts))
