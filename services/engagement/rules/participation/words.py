"""What members are told when they take part in something, or may not, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from services.engagement.rules.participation import shop_words
from shared.said import Said

REFUSED: Mapping[str, Said] = {
    "unknown": Said("There is no such thing (any more).", "Такого нет или уже нет."),
    "misplaced": Said("That cannot be done here.", "Здесь это сделать нельзя."),
    "not_open": Said("This has not begun yet.", "Это ещё не началось."),
    "over": Said("This is over.", "Это уже закончилось."),
    "sanctioned": Said(
        "Members who are muted or banned cannot take part.", "Участники с действующим ограничением не могут участвовать."
    ),
    "not_vip": Said("This is for members with VIP status.", "Это только для участников со статусом VIP."),
    "too_new": Said("This is for those who have been here for longer.", "Это для тех, кто в сообществе подольше."),
    "level": Said("This is for a higher level than yours.", "Для этого нужен уровень выше вашего."),
    "full": Said("So many take part that no more can.", "Участников уже слишком много."),
    "no_option": Said("There is no such option.", "Такого варианта нет."),
    "one_option": Said("Choose one option.", "Выберите один вариант."),
    "no_text": Said("Write your answer after the command.", "Напишите ответ после команды."),
    "not_asked": Said("That is not asked now.", "Сейчас этот вопрос не задан."),
    "no_attempt": Said("You have played already.", "Вы уже сыграли."),
    "not_in": Said("You are not registered.", "Вы не записаны."),
    "no_code": Said(
        "Write the code that is told there after the command.", "Напишите после команды код, который назовут на месте."
    ),
    "wrong_code": Said("This is not the code.", "Это не тот код."),
    "tries": Said("Too many wrong codes: ask the team there.", "Слишком много неверных кодов: подойдите к организаторам."),
    "no_check_in": Said("One checks in when it takes place.", "Отметиться можно, когда мероприятие идёт."),
    "by_staff": Said("Here the team checks you in.", "Здесь вас отметят организаторы."),
    "attended": Said("You were there already.", "Вы уже отмечены."),
    "answered": Said("You have answered already.", "Вы уже ответили."),
    "undecided": Said("It is not decided yet who wins.", "Победители ещё не определены."),
    "no_winner": Said("They have no place.", "У этого участника нет призового места."),
    "no_entrant": Said("They are not in.", "Этот участник не участвует."),
    "fulfilled": Said("The prize was handed over.", "Приз уже вручён."),
    "no_draw": Said("No draw waits for this round.", "Ни один розыгрыш не ждёт этого раунда."),
    "no_signature": Said("This is not drand's signature of the round.", "Это не подпись drand для этого раунда."),
    "not_answered": Said("You have not answered yet.", "Вы ещё не отвечали."),
    **shop_words.REFUSED,
}
"""By code."""

NOT_OPEN = Said("This has not begun yet. It begins at {when}.", "Это ещё не началось. Начало: {when}.")
VOTED = Said("Your answer is counted. You can change it.", "Ваш ответ учтён. Его можно изменить.")
VOTED_FOR_GOOD = Said("Your answer is counted.", "Ваш ответ учтён.")
ANSWER, YOUR_ANSWER = Said("Answer", "Ответить"), Said("Your answer", "Ваш ответ")
HOW_TO_ANSWER: Mapping[str, Said] = {
    "single": Said("Write /poll {name} and the number of your option.", "Напишите /опрос {name} и номер варианта."),
    "multiple": Said(
        "Write /poll {name} and the numbers of your options, such as 1 3.",
        "Напишите /опрос {name} и номера вариантов, например 1 3.",
    ),
    "rating": Said("Write /poll {name} and a number from 1 to 5.", "Напишите /опрос {name} и число от 1 до 5."),
    "nps": Said("Write /poll {name} and a number from 0 to 10.", "Напишите /опрос {name} и число от 0 до 10."),
    "text": Said("Write /poll {name} and your answer.", "Напишите /опрос {name} и ваш ответ."),
}
"""By what a poll asks."""

NUMBERS = Said("The numbers of your options, such as 1, 3", "Номера вариантов, например 1, 3")
UNVOTED = Said("Your answer is taken back.", "Ваш ответ отозван.")
