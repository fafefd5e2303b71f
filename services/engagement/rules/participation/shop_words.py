"""What members are told who buy something or donate to a common goal, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping

from shared.said import Said, plural

REFUSED: Mapping[str, Said] = {
    "sold_out": Said("This is sold out.", "Всё продано."),
    "few_left": Said("There are not so many left.", "Столько уже не осталось."),
    "try_again": Said(
        "Too many wait for what is left. Try again in a minute.", "Слишком много желающих. Попробуйте через минуту."
    ),
    "busy": Said(
        "Too many orders wait to be sent. Try again later.", "Слишком много неотправленных заказов. Попробуйте позже."
    ),
    "per_order": Said("That is more than one order may have.", "Это больше, чем можно взять одним заказом."),
    "per_member": Said("You have as many as one member may.", "Больше на одного участника не положено."),
    "per_period": Said("You have as many as one may for now. Try again later.", "Пока больше нельзя. Попробуйте позже."),
    "too_few": Said("You do not have enough points to spend.", "У вас недостаточно баллов, которые можно потратить."),
    "too_little": Said("That is less than the least donation.", "Это меньше наименьшего пожертвования."),
    "reached": Said("The goal is reached. Thank you!", "Цель уже достигнута. Спасибо!"),
    "no_order": Said("There is no such order that is open.", "Такого открытого заказа нет."),
    "unpaid": Said("The order is not paid (yet).", "Заказ (ещё) не оплачен."),
    "too_late": Said("The order cannot be cancelled any more.", "Заказ уже нельзя отменить."),
}
"""By code."""

PRICE = Said("{title}: {price}", "{title}: {price}")
LEFT = Said("Left: {left}", "Осталось: {left}")
BUY = Said("Buy", "Купить")
CANCEL = Said("Cancel", "Отменить")
CANCEL_ORDER = Said("Cancel order {order}", "Отменить заказ {order}")
GIVE, HOW_MUCH = Said("Give points", "Отдать баллы"), Said("How many points", "Сколько баллов")
ORDER = Said("Your order {order}: {n} for {amount}, {state}", "Ваш заказ {order}: {n} шт. за {amount}, {state}")
STATES: Mapping[str, Said] = {
    "waiting": Said("in line", "в очереди"),
    "reserved": Said("being paid", "оплачивается"),
    "cancelling": Said("being cancelled", "отменяется"),
    "paid": Said("paid", "оплачен"),
}
"""Of open orders."""

DONE: Mapping[str, Said] = {
    "fulfilled": Said("fulfilled", "выполнен"),
    "refunded": Said("cancelled, the points came back", "отменён, баллы возвращены"),
    "cancelled": Said("cancelled", "отменён"),
    "refused": Said("not paid", "не оплачен"),
}
"""Of orders that are done with."""

DONE_ORDER = Said("{title}: order {order}, {state}", "{title}: заказ {order}, {state}")
TAKEN = Said(
    "{title}: {n} for {amount}. I'll write to you when it is paid.",
    "{title}: {n} шт. за {amount}. Напишу, когда оплата пройдёт.",
)
IN_LINE = Said(
    "All that is left of this is being paid by others. You are in line, and told what becomes of it.",
    "Всё, что осталось, сейчас оплачивают другие. Вы в очереди, я напишу, чем кончится.",
)
PAID = Said("{title}: {n} for {amount}, paid. Order {order}", "{title}: {n} шт. за {amount}, оплачено. Заказ {order}")
YOURS = Said("{title}: {n} for {amount}, and it is yours.", "{title}: {n} шт. за {amount}, и это ваше.")
NOT_PAID = Said("{title}: {why}", "{title}: {why}")
FULFILLED = Said("{title}: your order {order} is fulfilled.", "{title}: ваш заказ {order} выполнен.")
CANCELLED = Said("The order is cancelled.", "Заказ отменён.")
REFUNDED = Said("The order is cancelled, your points come back.", "Заказ отменён, баллы возвращаются.")
CANCELLING = Said(
    "The order is cancelled. If its points are taken, they come back at once.",
    "Заказ отменён. Если баллы спишутся, они сразу вернутся.",
)
GIVEN_BACK = Said("{title}: your order {order} is cancelled.", "{title}: ваш заказ {order} отменён.")
CANCELLED_NOTE = Said("Cancelled: {title}", "Отмена: {title}")

GOAL = Said("{title}: {raised} of {target} points", "{title}: {raised} из {target} баллов")
DONATE = Said("To give {points}: /buy {name} {amount}", "Чтобы отдать {points}: /купить {name} {amount}")
DONATING = Said(
    "{title}: {amount}. I'll write to you when they are taken.",
    "{title}: {amount}. Напишу, когда они спишутся.",
)
GIVEN = Said("You gave {amount}.", "Вы отдали {amount}.")
DONATED = Said(
    "Thank you for {amount}! {title}: {raised} of {target}",
    "Спасибо за {amount}! {title}: {raised} из {target}",
)
REACHED = Said("{title}: reached! {raised} points together.", "{title}: цель достигнута! Вместе собрано баллов: {raised}.")
MISSED = Said("{title}: over, with {raised} of {target} points.", "{title}: завершено, собрано {raised} из {target} баллов.")
COMING_BACK = Said("The points come back to those who gave them.", "Баллы возвращаются тем, кто их отдал.")
OPENED = Said("In the shop: {what}", "В магазине: {what}")
OPENED_GOAL = Said("Let us collect together: {what}", "Собираем вместе: {what}")


def points(number: int) -> Said:
    """Return so many points, in words."""
    return Said(f"{number} point{'' if number == 1 else 's'}", f"{number} {('балл', 'балла', 'баллов')[plural(number)]}")
