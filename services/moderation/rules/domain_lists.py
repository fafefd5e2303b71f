"""The lists of domains of a policy, and the links of a content sorted by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from services.moderation.rules.addresses import INVITING, SHORTENED, host_of, hosts_in
from services.moderation.rules.hosts import Protected, holds, is_below, misspelt, protected, skeleton, tails, unicode_form
from shared.documents.detectors import DomainLists

if TYPE_CHECKING:  # cases hold the lists
    from services.moderation.rules.case import Case

HOSTS_MAX = 50
"""Hosts of one content that are looked at: each is compared with every protected domain."""


class Lists(NamedTuple):
    """The lists of a policy, in the form in which hosts are compared."""

    deny: frozenset[str] = frozenset()
    good: frozenset[str] = frozenset()
    """Allowed ones, and the brand's own."""
    protect: Sequence[Protected] = ()
    read_as: Mapping[str, str] = MappingProxyType({})
    """The good ones by how they are read by somebody who does not look closely."""


class Links(NamedTuple):
    """The hosts of a content, by what is wrong with them; a host stands in the first list that it fits."""

    denied: Sequence[str] = ()
    lookalike: Sequence[tuple[str, str]] = ()
    """Each with the domain that it looks like."""
    invites: Sequence[str] = ()
    shortened: Sequence[str] = ()


def lists_of(rule: DomainLists) -> Lists:
    """Return the lists of a section, be it on or off: conditions ask for them too."""
    deny, allow, protect = (tuple(map(unicode_form, told)) for told in (rule.deny, rule.allow, rule.protect))
    read_as = {skeleton(domain): domain for domain in (*allow, *protect)}
    return Lists(frozenset(deny), frozenset((*allow, *protect)), tuple(map(protected, dict.fromkeys(protect))), read_as)


def links_by(case: Case) -> Links:
    """Sort the hosts of a content by the lists of its policy; good ones are left out.

    They are looked at as they were written, too: undoing a disguise hides a look-alike.
    """
    hosts = [host for host in _hosts(case)[:HOSTS_MAX] if not is_below(host, case.lists.good)]
    return _sorted(hosts, case.lists) if hosts else Links()


def _sorted(hosts: Sequence[str], lists: Lists) -> Links:
    denied = [host for host in hosts if is_below(host, lists.deny)]
    alike = {host: meant for host in hosts if host not in denied and (meant := _meant(host, lists))}
    left = [host for host in hosts if host not in denied and host not in alike]
    invites = [host for host in left if is_below(host, INVITING)]
    return Links(denied, tuple(alike.items()), invites, [host for host in left if is_below(host, SHORTENED)])


def _meant(host: str, lists: Lists) -> str | None:
    """Return the domain that a host is taken for."""
    if not lists.read_as:
        return None
    for tail in tails(host):
        if meant := lists.read_as.get(skeleton(tail)):
            return meant
    held = (one.domain for one in lists.protect if holds(host, one.domain))
    return next(held, None) or misspelt(host, lists.protect)


def _hosts(case: Case) -> Sequence[str]:
    """Return the hosts of a content, each once, as they were written and without disguise."""
    told = case.content.links or ()
    written = () if case.text.back is None else hosts_in(case.told)
    hosts = (*(link.host for link in case.links), *written, *filter(None, map(host_of, told)))
    return list(dict.fromkeys(map(unicode_form, hosts)))
