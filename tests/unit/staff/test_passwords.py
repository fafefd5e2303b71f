"""Which passwords are taken, and what is kept of them."""

from __future__ import annotations

import asyncio
import time

import pytest

from shared.errors import Retryable
from shared.staff import passwords
from shared.staff.passwords import COMMON, LENGTH_MAX, LONG, NAMED, SHORT, WAITING_MAX, Hasher, Weak, check

GOOD = "ferry under maple"


def quick() -> Hasher:
    return Hasher(passes=1, memory_kib=64, lanes=1)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("eleven char", SHORT),
        ("x" * LENGTH_MAX + "y", LONG),
        ("Correct-Horse-Battery-Staple", COMMON),
        ("QWERTY123456", COMMON),
        ("Пароль123456", COMMON),
        ("ababababababab", COMMON),
        ("vera-petrova", NAMED),
        ("Vera.Petrova2026", NAMED),
        ("acme-vera-petrova", NAMED),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_why(password: str, said: object) -> None:
    with pytest.raises(Weak) as refused:
        check(password, "acme", "vera-petrova")

    assert refused.value.said == said


@pytest.mark.parametrize("password", [GOOD, "кот ждёт у окна", "twelve chars", "x y" * 85, "vera-petrova rows"])
def test_any_other_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    check(password, "acme", "vera-petrova")


def test_the_list_of_most_used_passwords_holds_none_that_is_refused_as_short() -> None:
    assert len(passwords.most_used()) > 100
    assert [word for word in passwords.most_used() if len(word) < 11] == []


async def test_a_hash_fits_its_password_alone_and_is_made_with_the_parameters_that_are_stated() -> None:
    hasher = Hasher()

    stored = await hasher.hashed(GOOD)

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await hasher.fits(stored, GOOD)
    assert not await hasher.fits(stored, GOOD + "!")
    assert stored != await hasher.hashed(GOOD), "each has a salt of its own"


async def test_a_password_fits_however_a_keyboard_composes_its_letters() -> None:
    hasher = quick()

    stored = await hasher.hashed("кофе\u0438\u0306 пьют тут")

    assert await hasher.fits(stored, "кофе\u0439 пьют тут")


async def test_a_hash_of_weaker_parameters_is_old_and_still_fits() -> None:
    stored = await quick().hashed(GOOD)

    assert quick().is_old(stored) is False
    assert Hasher().is_old(stored) is True
    assert await Hasher().fits(stored, GOOD)


async def test_who_is_not_known_is_refused_after_as_much_work_as_anybody() -> None:
    hasher = Hasher(passes=3, memory_kib=32 * 1024, lanes=1)
    stored = await hasher.hashed(GOOD)

    spent = []
    for of in (stored, None, stored, None, stored, None):
        began = time.perf_counter()
        assert not await hasher.fits(of, "another password")
        spent.append(time.perf_counter() - began)

    assert min(spent[1::2]) > min(spent[::2]) / 3


async def test_a_broken_hash_fits_nothing() -> None:
    assert not await quick().fits("$argon2id$nonsense", GOOD)


async def test_more_than_may_wait_are_asked_to_come_again_and_the_others_are_served() -> None:
    hasher = Hasher(passes=1, memory_kib=8 * 1024, lanes=1)

    answers = await asyncio.gather(*(hasher.fits(None, GOOD) for _ in range(WAITING_MAX + 3)), return_exceptions=True)

    assert [type(answer) for answer in answers].count(Retryable) == 3
    assert answers.count(False) == WAITING_MAX
    assert not await hasher.fits(None, GOOD), "the line is open again"
