"""Passwords: which ones are taken, after NIST SP 800-63B, and their hashes, which are Argon2id after RFC 9106."""

from __future__ import annotations

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from importlib.resources import files
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from shared.errors import Retryable, Unprocessable
from shared.said import Said

T = TypeVar("T")

LENGTH_MIN = 12
"""Characters; NIST asks for 8, and for 15 where nothing else is asked for. Three words of a phrase are longer than this."""
LENGTH_MAX = 256
"""Characters; NIST asks for 64 at least to be possible. What is longer is no password, and costs time to hash."""
NAME_MIN = 4
"""Characters of a name that a password may not be made of by repeating; a shorter one is in many words."""

PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
"""RFC 9106's second recommendation, for where 2 GB a hash is too much: 64 MB, about 0.1 s of one core here."""
AT_ONCE = 2
"""Hashes made at the same time, so 128 MB at most: a flood of sign-ins must not take the memory of the folds beside it."""
WAITING_MAX = 40
"""Hashes that wait for their turn, about 4 s; who comes then is asked to come again."""


class Weak(Unprocessable):
    """The password is not taken; `said` tells a person why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en)
        self.said = said


SHORT = Said(f"Use at least {LENGTH_MIN} characters.", f"Нужно не меньше {LENGTH_MIN} символов.")
LONG = Said(f"Use at most {LENGTH_MAX} characters.", f"Можно не больше {LENGTH_MAX} символов.")
COMMON = Said("Many people use this password; choose another.", "Этим паролем пользуются многие; выберите другой.")
NAMED = Said("The password must not be a name from here.", "Пароль не должен быть здешним именем.")


def check(password: str, *names: str) -> None:
    """Raise Weak where the password must not be taken; `names` are those by which its owner is known here."""
    chosen = plain(password)
    if len(chosen) < LENGTH_MIN:
        raise Weak(SHORT)
    if len(chosen) > LENGTH_MAX:
        raise Weak(LONG)
    if _letters(chosen) in most_used() or len(set(chosen)) <= 2:  # noqa: PLR2004 - one or two characters over and over
        raise Weak(COMMON)
    if _is_named(_letters(chosen), [_letters(plain(name)) for name in names]):
        raise Weak(NAMED)


def plain(password: str) -> str:
    """Return the password in one form, however a keyboard composes its letters (NFKC, as NIST asks)."""
    return unicodedata.normalize("NFKC", password)


def _letters(text: str) -> str:
    """Return text without what is added to a word to make it look like a password at no gain."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_named(chosen: str, names: list[str]) -> bool:
    """Say whether a password is nothing but names, one after the other, with figures at its end."""
    rest = chosen.rstrip("0123456789")
    for name in names:
        if len(name) >= NAME_MIN:
            rest = rest.replace(name.rstrip("0123456789"), "")
    return not rest


@lru_cache(maxsize=1)
def most_used() -> frozenset[str]:
    """Return the passwords that guessers try first, those of them that are long enough to be taken otherwise."""
    text = files("shared.staff").joinpath("most_used.txt").read_text(encoding="utf-8")
    return frozenset(_letters(line) for line in text.splitlines() if line and not line.startswith("#"))


class Hasher:
    """Hashes off the event loop, a few at a time."""

    def __init__(self, passes: int = PASSES, memory_kib: int = MEMORY_KIB, lanes: int = LANES) -> None:
        self._argon2 = PasswordHasher(passes, memory_kib, lanes, type=Type.ID)
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords")
        self._waiting = 0
        self._nobodys = _nobodys(passes, memory_kib, lanes)

    async def hashed(self, password: str) -> str:
        """Return what is stored of a password. Raises Retryable where too many wait."""
        return await self._run(partial(self._argon2.hash, plain(password)))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Say whether it is the password; without a stored hash it is not, and that takes as long to say."""
        return await self._run(partial(self._verified, stored or self._nobodys, plain(password)))

    def is_old(self, stored: str) -> bool:
        """Say whether a hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _verified(self, stored: str, password: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_MAX:
            raise Retryable("too many people sign in at this moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _nobodys(passes: int, memory_kib: int, lanes: int) -> str:
    """Return a hash of today's parameters that no password has: 32 random bytes are the hash of none that is known."""
    salt, made = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${made}"
