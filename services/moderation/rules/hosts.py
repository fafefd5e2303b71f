"""Hosts as people see them, and whether one only looks like another.

A host is compared in its Unicode form: `xn--e1awd7f.com` and what it stands for are the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

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
    told = unicodedata.normalize("NFKC", host).lower().removeprefix("www.").strip(".")
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


def is_misspelt(host: str, domain: str) -> bool:
    """Say whether one letter of the domain was added, left out, changed or swapped; the ending is the same."""
    tail = ".".join(host.split(".")[-(domain.count(".") + 1) :])
    (name, _, ending), (meant, _, meant_ending) = tail.rpartition("."), domain.rpartition(".")
    return ending == meant_ending and len(meant) >= EDIT_LETTERS_MIN and _is_one_edit(skeleton(name), skeleton(meant))


def _is_one_edit(one: str, other: str) -> bool:
    """Say whether two different words are one edit apart."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    if one == other:
        return False
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]
