"""A member's history says what points were for, in the member's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.engagement.cli import Language as Told
from services.engagement.cli import _row
from services.engagement.pages import me
from services.engagement.rules.histories import in_short, thing_of
from services.engagement.rules.participation.doings import Vote
from shared.said import Language, Said
from tests.unit.engagement.participation.test_polls import poll
from tests.unit.engagement.world import World

MUG, QUIZ = Said("A mug", "Кружка"), Said("Spring quiz", "Весенняя викторина")
TITLES = {"goods/mug": MUG, "quiz/spring": QUIZ}


def entry(rule: str, reason: str, applied: int = 5, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    about = {"rule": rule, "reason": reason, "applied": applied, "uncapped": applied, "balance": 9, "cause": "event-1"}
    return about | {"at": datetime(2027, 4, 9, 20, 0, 1, 5, UTC), "version": 0} | more


SHOP = {"cause": "goods:mug:3f9a2c1b7d40e812"}
BACK = {"cause": "refund:goods:mug:3f9a2c1b7d40e812"}


@pytest.mark.parametrize(
    ("told", "en", "ru"),
    [
        (
            entry("played", "took_part", thing="quiz/spring"),
            "for taking part: Spring quiz",
            "за участие: Весенняя викторина",
        ),
        (entry("@spent", "spent", -40, note="A mug × 2", **SHOP), "spent: A mug × 2", "потрачено: Кружка × 2"),
        (entry("@spent", "spent", -40, note="Кружка × 2", **SHOP), "spent: A mug × 2", "потрачено: Кружка × 2"),
        (
            entry("@refunded", "returned", 40, note="Cancelled: A mug", **BACK),
            "given back: Cancelled: A mug",
            "возвращено: Отмена: Кружка",
        ),
        (
            entry("@refunded", "returned", 40, note="sold out", **BACK),
            "given back: A mug: sold out",
            "возвращено: Кружка: sold out",
        ),
        (entry("@spent", "spent", -4, note="a mug", cause="order-17"), "spent: a mug", "потрачено: a mug"),
        (entry("@adjusted", "adjusted", 200, note="x"), "by the team: x", "решением команды: x"),
        (entry("liked", "reacted"), "for a reaction to a contribution", "за реакцию на публикацию"),
    ],
)
def test_an_entry_says_what_it_was_for(told: dict[str, Any], en: str, ru: str) -> None:
    title = TITLES.get(thing_of(told) or "")

    assert (in_short(told, title, Language.EN), in_short(told, title, Language.RU)) == (en, ru)
    assert [one["reason"] for one in me.history([told], TITLES, Language.RU)] == [ru]


def test_points_for_a_part_name_it_in_the_ledger() -> None:
    stage = poll()
    stage.member("telegram:1", Vote(options=(1,)))

    world = World().grant(*stage.grants)

    assert [(thing_of(one), one["applied"]) for one in world.entries.values()] == [("poll/spring", 5)]


def test_orders_that_are_done_stand_on_the_page_with_what_staff_noted() -> None:
    at = datetime(2027, 4, 9, 20, tzinfo=UTC)
    common = {"thing": "goods/mug", "quantity": 1, "amount": 20, "changed": at}
    placed = [
        {"_id": "a1", "state": "fulfilled", "note": "RR123456785RU", **common},
        {"_id": "a2", "state": "paid", **common},
        {"_id": "a3", "state": "refunded", **common},
    ]

    shown = list(me.orders(placed, TITLES, Language.RU))

    assert [(one["what"], one["note"]) for one in shown] == [
        ("Кружка: заказ a1, выполнен", "RR123456785RU"),
        ("Кружка: заказ a3, отменён, баллы возвращены", None),
    ]


def test_the_command_shows_no_inner_words() -> None:
    told = entry("@spent", "spent", -40, note="A mug", thing="goods/mug", **SHOP)
    told |= {"time": told["at"].isoformat(), "reason": {"en": "spent", "ru": "потрачено"}}

    assert _row(told, Told.EN)[:5] == ("2027-04-09 20:00 UTC", "-40", 9, "@spent", "spent: goods/mug: A mug")
