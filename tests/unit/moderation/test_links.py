from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.moderation.rules.addresses import links_of
from services.moderation.rules.case import Member
from services.moderation.rules.judging import judge
from shared.terms.text import plain
from tests.builders import member_joined
from tests.unit.moderation.cases import default_policy, found, later, policy

FRESH = judge(member_joined(time=later(0)), Member(), default_policy()).member
LINK = "look at https://brew.example/recipes"


def test_a_link_right_after_joining_is_removed() -> None:
    finding = found(LINK, FRESH, time=later(30))["newcomer-links"]

    assert finding.then == "remove"
    assert [LINK[start:end] for start, end in finding.spans] == ["https://brew.example/recipes"]
    assert (finding.facts or {})["hosts"] == "brew.example"


def test_after_an_hour_or_some_messages_nobody_is_new() -> None:
    assert "newcomer-links" not in found(LINK, FRESH, time=later(3_601))
    assert "newcomer-links" not in found(LINK, replace(FRESH, messages=3), time=later(30))


def test_of_who_was_never_seen_to_join_only_what_hides_where_it_leads_is_removed() -> None:
    assert found(LINK, Member())["newcomer-links"].then == "flag"
    assert found("come to t.me/+AbCdEf123", Member())["newcomer-links"].then == "remove"
    assert "newcomer-links" not in found(LINK, Member(messages=1))


@pytest.mark.parametrize(
    "text", ["https://www.youtube.com/watch?v=1", "https://en.wikipedia.org/wiki/Coffee", "v1.2 is out"]
)
def test_well_known_sites_are_allowed(text: str) -> None:
    assert "newcomer-links" not in found(text, FRESH, time=later(30))


def test_a_brand_allows_its_own_sites_with_all_below_them() -> None:
    by = policy(newcomer_links={"domains": ["brew.example"]})

    assert "newcomer-links" not in found("https://shop.brew.example/x", FRESH, by, time=later(30))
    assert "newcomer-links" in found("https://notbrew.example/x", FRESH, by, time=later(30))


def test_a_link_behind_a_word_is_a_link() -> None:
    assert "newcomer-links" in found("press here", FRESH, time=later(30), links=("https://evil.example/x",))


@pytest.mark.parametrize("text", ["look:t.me/x", "..t.me/x", "see t.me/x.", "a-b.t.me/x", "(t.me/x)", "x.t.me/x"])
def test_a_bare_host_is_found_wherever_it_begins(text: str) -> None:
    (link,) = links_of(plain(text), None)

    assert link.host.endswith("t.me")
