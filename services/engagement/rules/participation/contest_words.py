"""What members are told of contests, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said

ENTER: Mapping[str, Said] = {
    "hashtag": Said("To enter, post with #{tag}.", "Чтобы участвовать, опубликуйте пост с #{tag}."),
    "comment": Said("To enter, comment on the contest's post.", "Чтобы участвовать, оставьте комментарий под постом."),
    "reaction": Said("To enter, react to the contest's post.", "Чтобы участвовать, поставьте реакцию на пост конкурса."),
    "purchase": Said("Who buys is in.", "Участвует каждый, кто совершит покупку."),
    "quiz": Said("To enter, pass the quiz.", "Чтобы участвовать, пройдите викторину."),
    "form": Said("To enter, send the form.", "Чтобы участвовать, отправьте заявку."),
    "points": Said("Who earns points is in.", "Участвует каждый, кто зарабатывает баллы."),
}
"""By how one enters."""

OPENED = Said("{title}\n{how}", "{title}\n{how}")
ENTERED = Said("You are in.", "Вы участвуете.")
LEFT = Said("You are not in any more.", "Вы больше не участвуете.")
PART = Said("You are in: entries {entries}, score {score}.", "Вы участвуете: заявок — {entries}, счёт — {score}.")
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
