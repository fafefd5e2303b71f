"""What members are told of contests, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

ENTER: Mapping[str, Said] = {
    "hashtag": Said("To enter, post with #{tag}.", "Чтобы участвовать, опубликуйте пост с #{tag}."),
    "comment": Said("To enter, comment on the contest's post.", "Чтобы участвовать, оставьте комментарий под постом."),
    "reaction": Said("To enter, react to the contest's post.", "Чтобы участвовать, поставьте реакцию на пост конкурса."),
    "purchase": Said("Who buys is in.", "Участвует каждый, кто совершит покупку."),
    "quiz": Said("To enter, pass the quiz: /quiz {quiz}", "Чтобы участвовать, пройдите викторину: /викторина {quiz}"),
    "form": Said(
        "To enter, write /join {name} and your entry after it, or send it on your page: /me",
        "Чтобы участвовать, напишите /участвовать {name} и после этого вашу заявку или отправьте её на своей странице: /я",
    ),
    "points": Said("Who earns points is in.", "Участвует каждый, кто зарабатывает баллы."),
}
"""By how one enters."""

UNTIL = Said("Until {until}.", "До {until}.")
WINNERS = Said("Winners: {n}.", "Победителей: {n}.")
PRIZE = Said("Place {place}: {prize}", "{place} место: {prize}")
MINE = Said("How I stand", "Моё участие")
ENTERED = Said("You are in.", "Вы участвуете.")
LEFT = Said("You are not in any more.", "Вы больше не участвуете.")
ENTRIES, SCORE = Said("Entries: {n}.", "Заявок: {n}."), Said("Score: {n}.", "Счёт: {n}.")
LISTED = Said("You are in.", "Вы в списке участников.")
NOT_LISTED = Said("You are not in the closed list.", "Вас нет в закрытом списке участников.")
CODE = Said(
    "Your code in the draw, for you alone: {code}. By it you find yourself in its proof.",
    "Ваш код в розыгрыше, только для вас: {code}. По нему вы найдёте себя в доказательстве.",
)
CLOSED = Said(
    "{title}: entries are closed, {n} take part. Round {round} of drand decides, at {at}. Commitment: {hash}",
    "{title}: приём заявок завершён, участников — {n}. Всё решит раунд {round} сети drand, {at}. Обязательство: {hash}",
)
DRAWN = Said(
    "{title}: the draw is done. Entrants {n}, winners {winners}: they are written to. Anybody can check the proof.",
    "{title}: розыгрыш состоялся. Участников — {n}, победителей — {winners}: им напишут. Проверить может любой.",
)
DECIDED = Said(
    "{title}: it is decided. Entrants {n}, winners {winners}: they are written to.",
    "{title}: итоги подведены. Участников — {n}, победителей — {winners}: им напишут.",
)
WON = Said("{title}: you won! {prize}", "{title}: вы выиграли! {prize}")
NOT_WON = Said("It is decided. This time others won.", "Итоги подведены. На этот раз победили другие.")
OVER, CLOSING = Said("It is decided.", "Итоги подведены."), Said("Entries are closed.", "Приём заявок завершён.")
ENTER_NOW, LEAVE = Said("Enter", "Участвовать"), Said("Do not take part", "Не участвовать")
YOUR_ENTRY = Said("Your entry", "Ваша заявка")
NO_PRIZE = Said("The team will write to you.", "Команда свяжется с вами.")
