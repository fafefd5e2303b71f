"""Links to domains that are not wanted: those of a list, shortened ones, invitations, and look-alikes of the brand's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from services.moderation.rules.case import Case, Found, Policy
from services.moderation.rules.domain_lists import Links, links_by
from shared.documents.detectors import DomainLists
from shared.documents.discipline import Then
from shared.events.moderation import Verdict

RULE = "domains"

NAMED_MAX = 5
"""Hosts of a kind that a finding names."""


def domains(case: Case, policy: Policy) -> Found | None:
    """Find the links that are not wanted; of several the strictest follows, and facts name the hosts."""
    found = links_by(case)
    thens = list(_thens(found, policy.spec.domains))
    if not thens:
        return None
    return Found(RULE, max(thens, key=get_args(Verdict).index), (), _facts(found, policy.spec.domains))


def _thens(found: Links, rule: DomainLists) -> Iterator[Then]:
    if found.denied or found.lookalike:
        yield rule.then
    if found.invites and rule.invites:
        yield rule.invites
    if found.shortened and rule.shorteners:
        yield rule.shorteners


def _facts(found: Links, rule: DomainLists) -> Mapping[str, str]:
    told = {
        "denied": found.denied,
        "lookalikes": [host for host, _ in found.lookalike],
        "looks_like": [domain for _, domain in found.lookalike],
        "invites": found.invites if rule.invites else (),
        "shortened": found.shortened if rule.shorteners else (),
    }
    return {name: " ".join(dict.fromkeys(list(hosts)[:NAMED_MAX])) for name, hosts in told.items() if hosts}
