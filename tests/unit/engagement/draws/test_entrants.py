"""The list can be published: nobody is named in it, and everybody finds themselves."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.draws import Entrant, code_of, listed, pseudonym, secrets_of
from services.engagement.rules.draws.entrants import entrants_hash, is_ordered
from services.engagement.rules.draws.fields import WEIGHT_MAX
from shared.errors import Unprocessable
from tests.unit.engagement.draws.rounds import SECRETS, members

Members = st.dictionaries(st.text(max_size=20), st.integers(1, WEIGHT_MAX), max_size=20)
MANY = {f"telegram:{number}": 1 for number in range(1_000_001)}


@given(Members)
def test_who_is_told_the_code_finds_themselves_with_their_weight(weights: dict[str, int]) -> None:
    entrants = listed("summer", SECRETS.salt, weights)

    found = {entrant.pseudonym: entrant.weight for entrant in entrants}
    assert {
        pseudonym("summer", member, code_of(SECRETS.salt, member)): weight for member, weight in weights.items()
    } == found


@given(Members)
def test_the_list_has_one_order_however_members_came(weights: dict[str, int]) -> None:
    turned = dict(reversed(weights.items()))

    assert listed("summer", SECRETS.salt, weights) == listed("summer", SECRETS.salt, turned)
    assert is_ordered(listed("summer", SECRETS.salt, weights))


def test_a_member_is_another_in_each_contest() -> None:
    salts = [secrets_of(b"k" * 32, "acme", contest).salt for contest in ("summer", "winter")]
    lists = [listed(contest, salt, members(9)) for contest, salt in zip(("summer", "winter"), salts, strict=True)]

    assert not {one.pseudonym for one in lists[0]} & {one.pseudonym for one in lists[1]}


def test_a_code_is_of_one_member_alone() -> None:
    code = code_of(SECRETS.salt, "telegram:1")

    assert pseudonym("summer", "telegram:1", code) != pseudonym("summer", "telegram:2", code)


def test_the_list_is_hashed_by_the_bytes_that_are_documented() -> None:
    told = b"veche draw v1 entrants" + b"\0\0\0\2" + b"\xaa" * 32 + b"\0\0\0\1" + b"\xbb" * 32 + b"\0\0\1\0"

    assert entrants_hash([Entrant("aa" * 32, 1), Entrant("bb" * 32, 256)]) == sha256(told).hexdigest()


def test_nobody_stands_twice_in_an_ordered_list() -> None:
    assert is_ordered([])
    assert not is_ordered([Entrant("aa" * 32, 1), Entrant("aa" * 32, 1)])
    assert not is_ordered([Entrant("bb" * 32, 1), Entrant("aa" * 32, 1)])


@pytest.mark.parametrize("weights", [{"a": 0}, {"a": -1}, {"a": WEIGHT_MAX + 1}, MANY], ids=["zero", "less", "more", "many"])
def test_what_no_draw_holds_is_refused(weights: dict[str, int]) -> None:
    with pytest.raises(Unprocessable):
        listed("summer", SECRETS.salt, weights)


def test_secrets_are_the_same_again_and_of_one_contest_alone() -> None:
    named = [("acme", "summer"), ("acme", "winter"), ("acm", "esummer"), ("other", "summer")]
    found = [secrets_of(b"k" * 32, *names) for names in named]

    assert found == [secrets_of(b"k" * 32, *names) for names in named]
    assert len({secret for one in found for secret in one}) == 2 * len(named)


def test_a_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(Unprocessable, match="needs 32"):
        secrets_of(b"k" * 31, "acme", "summer")
