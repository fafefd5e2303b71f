"""Hosts as people see them, and whether one only looks like another.

A host is compared in its Unicode form: `xn--e1awd7f.com` and what it stands for are the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

CHARS_MAX = 253
"""Of a host, which DNS allows no more: of a longer one its end is looked at."""

EDIT_LETTERS_MIN = 5
"""Letters of a name whose misspelling is no other word."""

_TWINS = str.maketrans(
    dict(zip("абвгеёзкмнопрстухѕіїјӏԁԛԝһ", "a6bree3kmhonpctyxsiijldqwh", strict=True))
    | dict(zip("αβγεηικνορτυχωϲ", "abyenikvoptuxwc", strict=True))
    | dict(zip("ıłøđħŧßæœ", ("i", "l", "o", "d", "h", "t", "b", "ae", "oe"), strict=True))
    | dict(zip("0134567892|", ("o", "l", "e", "a", "s", "b", "t", "b", "g", "z", "l"), strict=True))
)
"""Letters of other scripts, and digits, by the Latin letter that they are taken for."""

_SAME = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"), ("-", ""))
"""What is taken for one another within Latin."""


def unicode_form(host: str) -> str:
    """Return a host in lower case, without `www.` and a dot at the end, its labels as people see them."""
    told = unicodedata.normalize("NFKC", host[-CHARS_MAX:])[-CHARS_MAX:].lower().removeprefix("www.").strip(".")
    return ".".join(map(_label, told.split("."))) if "xn--" in told else told


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFKC", label[4:].encode("ascii").decode("punycode")).lower()
    except (UnicodeError, ValueError, OverflowError):
        return label


def tails(host: str) -> Iterator[str]:
    """Yield the host and each domain above it."""
    names = host.split(".")
    return (".".join(names[start:]) for start in range(len(names)))


def is_below(host: str, domains: Collection[str]) -> bool:
    """Say whether a host is one of the domains, or below one."""
    return any(tail in domains for tail in tails(host))


def skeleton(host: str) -> str:
    """Return a host as somebody reads it who does not look closely: equal ones are taken for one another."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", host.lower()) if not unicodedata.combining(char))
    read = bare.translate(_TWINS)
    for seen, taken in _SAME:
        read = read.replace(seen, taken)
    return read


def holds(host: str, domain: str) -> bool:
    """Say whether a host names a domain without being below it: `acme.example.evil.example`."""
    return f".{domain}." in f".{host}." and not host.endswith(f".{domain}")


class Protected(NamedTuple):
    """A domain whose misspellings are looked for."""

    domain: str
    labels: int
    ending: str
    read: str
    """How all before the ending is read."""


def protected(domain: str) -> Protected:
    """Return a domain, ready to be compared with many hosts."""
    name, _, ending = domain.rpartition(".")
    return Protected(domain, domain.count(".") + 1, ending, skeleton(name))


def misspelt(host: str, domains: Sequence[Protected]) -> str | None:
    """Return the domain of which the host, or one above it, has one letter more, less, other or swapped."""
    names = host.split(".")
    read: dict[int, str] = {}
    for one in domains:
        if one.ending != names[-1] or one.labels > len(names) or len(one.read) < EDIT_LETTERS_MIN:
            continue
        if one.labels not in read:
            read[one.labels] = skeleton(".".join(names[-one.labels : -1]))
        if _is_one_edit(read[one.labels], one.read):
            return one.domain
    return None


def _is_one_edit(one: str, other: str) -> bool:
    """Say whether two different words are one edit apart."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]
