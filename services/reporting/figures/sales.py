"""What members bought, by what the brand's own portal tells: orders, buyers, who came again, paid subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.figure import MEMBERS, PER_CENT, TIMES, Figure, Form, Sums, Value, counted, per
from shared.platforms import facts
from shared.said import Said

STARTED, RENEWED, ENDED = "subscriptions_started", "subscriptions_renewed", "subscriptions_ended"
NAMES = (STARTED, RENEWED, ENDED)
PLACES = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "UGX"), 0),
    **dict.fromkeys(("KWD", "BHD", "OMR", "TND", "JOD"), 3),
}
"""Decimal places of a currency's minor unit where they are not two (ISO 4217)."""


def is_kept(purchase: Purchase) -> bool:
    """Return whether a purchase was not wholly paid back."""
    return bool(purchase.left) or not purchase.amount


def _kept(sums: Sums) -> Iterator[str]:
    """Yield the buyer of each purchase that counts."""
    return (one.member for one in sums.purchases if is_kept(one))


def _orders(sums: Sums) -> Value:
    return sum(1 for _ in _kept(sums))


def _buyers(sums: Sums) -> int:
    return len(set(_kept(sums)))


def _repeat(sums: Sums) -> Value:
    bought = Counter(_kept(sums))
    again = sum(1 for member, n in bought.items() if n + sums.earlier.get(member, 0) > 1)
    return per(again, len(bought))


def revenue(currency: str) -> Figure:
    """Return the figure of what was paid in a currency."""
    minor = 10 ** PLACES.get(currency, 2)
    return Figure(
        id=f"revenue:{currency}",
        name=Said(f"Sales, {currency}", f"Продажи, {currency}"),
        definition=Said(
            f"What purchases of the period came to in {currency}, less what was paid back by now.",
            f"Сумма покупок периода в {currency} за вычетом уже возвращённого.",
        ),
        unit=Said(currency, currency),
        form=Form.RATE,
        compute=lambda sums: sum(one.left for one in sums.purchases if one.currency == currency) / minor,
        needs=(facts.COMMERCE,),
    )


ORDERS = Figure(
    id="purchases",
    name=Said("Purchases", "Покупки"),
    definition=Said(
        "Purchases of members; those wholly paid back do not count.",
        "Покупки участников; полностью возвращённые не считаются.",
    ),
    unit=TIMES,
    compute=_orders,
    needs=(facts.COMMERCE,),
)
BUYERS = Figure(
    id="buyers",
    name=Said("Buyers", "Покупатели"),
    definition=Said("Distinct members who bought something.", "Разные участники, купившие что-либо."),
    unit=MEMBERS,
    compute=_buyers,
    needs=(facts.COMMERCE,),
)
REPEAT_BUYERS = Figure(
    id="repeat_buyers",
    name=Said("Repeat buyers", "Повторные покупатели"),
    definition=Said(
        "Of the buyers of the period, those who have bought more than once by its end, however long ago the first time was.",
        "Доля покупателей периода, купивших к его концу больше одного раза, когда бы ни была первая покупка.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_repeat,
    needs=(facts.COMMERCE,),
)
SUBSCRIBERS = Figure(
    id="subscribers",
    name=Said("Paid subscribers", "Платные подписчики"),
    definition=Said(
        "Members with a paid subscription at the end of the period.", "Участники с платной подпиской на конец периода."
    ),
    unit=MEMBERS,
    compute=lambda sums: sums.subscribers,
    needs=(facts.SUBSCRIPTIONS,),
)


def _moves(count: str, name: Said, definition: Said) -> Figure:
    return Figure(
        id=count, name=name, definition=definition, unit=TIMES, compute=counted(count), needs=(facts.SUBSCRIPTIONS,)
    )


SUBSCRIPTIONS_STARTED = _moves(
    STARTED,
    Said("Subscriptions started", "Новые подписки"),
    Said("Paid subscriptions that began.", "Начавшиеся платные подписки."),
)
SUBSCRIPTIONS_RENEWED = _moves(
    RENEWED,
    Said("Subscriptions renewed", "Продлённые подписки"),
    Said("Paid subscriptions that went on.", "Продлённые платные подписки."),
)
SUBSCRIPTIONS_ENDED = _moves(
    ENDED,
    Said("Subscriptions ended", "Закончившиеся подписки"),
    Said("Paid subscriptions that ended.", "Закончившиеся платные подписки."),
)
