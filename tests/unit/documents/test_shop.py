"""The page about the shop names what there is: fields, states, limits; documents, requests and commands are understood."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from services.engagement.api.things import Part, Work
from services.engagement.rules.participation.doings import BY_MEMBER, BY_STAFF, Buy, Cancel, Donate, Look
from services.engagement.rules.participation.goals import RETURNED_AT_ONCE
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.shop_state import BUYERS_MAX, LINE_MAX, OPEN_MAX, STEPS
from shared.documents.reading import read
from shared.documents.shop import PER_ORDER_MAX, PRICE_MAX, Goods
from shared.events.engagement import OrderChange

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "shop.md").read_text(encoding="utf-8")
TEXTS = [*re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL), (DOCS / "samples" / "goods.yaml").read_text(encoding="utf-8")]


def goods() -> dict[str, Goods]:
    """Return the documents of the page and of the samples, by name."""
    sources = [source.document for text in TEXTS for source in read(text, "goods.yaml")]
    assert {one.kind for one in sources} == {"Goods"}
    found = [(one.metadata.name, msgspec.convert(one.spec, Goods)) for one in sources]
    for _, spec in found:
        Shop().check(spec)
    return dict(found)


def test_its_documents_are_goods() -> None:
    assert set(goods()) == {"mug", "badge-of-spring", "shelter"}


def test_it_names_every_field_and_no_other() -> None:
    (table,) = re.findall(r"\| field \|.*?\n\n", PAGE, re.DOTALL)
    named = [name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]

    assert sorted(named) == sorted(field.encode_name for field in msgspec.structs.fields(Goods))


def test_it_names_the_states_that_an_order_has_and_what_can_follow() -> None:
    (table,) = re.findall(r"\| `state` \|.*?\n\n", PAGE, re.DOTALL)
    rows = {
        row[0]: re.findall(r"`(\w+)`", row[1]) for row in re.findall(r"^\| `(\w+)` \|.*\| (.*?) ?\|$", table, re.MULTILINE)
    }
    del rows["state"]

    assert tuple(rows) == STEPS[:4] + tuple(name for name in rows if name in STEPS[4:])
    assert set(rows) == set(STEPS) == {*get_args(get_type_hints(OrderChange)["state"])}
    assert all(STEPS.index(after) > STEPS.index(before) for before, then in rows.items() for after in then)


@pytest.mark.parametrize(
    ("command", "does"),
    [
        ("/buy mug", Look()),
        ("/buy mug 2", Buy(quantity=2)),
        ("/buy mug - 3f9a2c1b7d40e812", Cancel(order="3f9a2c1b7d40e812")),
        ("/buy shelter 50", Donate(amount=50)),
    ],
)
def test_its_commands_are_understood(command: str, does: object) -> None:
    verb, name, *words = command.removeprefix("/").split(" ")

    assert f"`{command}`" in PAGE
    assert verb in Shop.verbs
    assert Shop().meant(goods()[name], verb, " ".join(words)) == does


def test_its_requests_are_understood() -> None:
    shapes: dict[str, type[Any]] = {"parts": Part, "orders": Work}
    posts = re.findall(r"/(\w+) -H .*-d '(.*?)'$", PAGE, re.MULTILINE)
    asked = [msgspec.json.decode(body, type=shapes[path]) for path, body in posts]

    assert [one.does.__struct_config__.tag for one in asked] == ["buy", "fulfil", "give_back", "cancel", "donate"]


def test_it_names_the_limits() -> None:
    words = " ".join(PAGE.split())

    assert f"{OPEN_MAX:,} open orders, {LINE_MAX:,} of them in line, and {BUYERS_MAX:,} members" in words
    assert f"{PER_ORDER_MAX:,} pieces an order, a price of {PRICE_MAX:,} points" in words
    assert (RETURNED_AT_ONCE, "a thousand members a second" in words) == (1_000, True)
    plain = Goods(title=goods()["mug"].title)
    assert (plain.per_order, plain.cancel_hours) == (10, 24)


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", PAGE))))
def test_what_it_links_to_is_there(linked: str) -> None:
    assert (DOCS / linked).exists()


@pytest.mark.parametrize("line", re.findall(r"^veche engagement do .*$", PAGE, re.MULTILINE))
def test_its_commands_of_staff_are_understood(line: str) -> None:
    _, _, _, thing, what, *rest = shlex.split(line)
    fields = dict(one.split("=", 1) for one in rest if "=" in one)
    known = (BY_MEMBER if "--member" in rest else BY_STAFF)[what].__struct_fields__

    assert thing == "goods/mug"
    assert set(fields) <= set(known)
