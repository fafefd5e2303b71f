"""Links to domains that are not wanted, and hosts that only look like one of the brand's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.rules.facts import OF
from services.moderation.rules.hosts import CHARS_MAX, is_below, misspelt, protected, skeleton, unicode_form
from services.moderation.rules.judging import case_of
from tests.builders import content_created
from tests.unit.moderation.cases import KNOWN, found, policy


def facts(text: str, by: Any, **event: Any) -> dict[str, str] | None:  # noqa: ANN401 - a policy, an event's fields
    finding = found(text, by=by, **event).get("domains")
    return None if finding is None else dict(finding.facts or {})


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example/x", "https://a.b.EVIL.example", "http://www.evil.example:80/", "https://evil.example."],
)
def test_a_denied_domain_is_found_with_all_below_it(text: str) -> None:
    by = policy(domains={"deny": ["Evil.example"]})

    assert found(text, by=by)["domains"].then == "remove"
    assert "evil.example" in (facts(text, by) or {})["denied"]
    assert facts("https://notevil.example", by) is None


@pytest.mark.parametrize("listed", ["пример.рф", "xn--e1afmkfd.xn--p1ai"])
@pytest.mark.parametrize("written", ["https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x", "https://shop.ПРИМЕР.рф"])
def test_a_domain_is_the_same_in_unicode_and_in_ascii(listed: str, written: str) -> None:
    by = policy(domains={"deny": [listed]})

    assert "domains" in found(written, by=by)
    assert "domains" in found("press here", by=by, links=(written,))


def test_what_is_allowed_is_never_found() -> None:
    by = policy(domains={"deny": ["example.com"], "allow": ["good.example.com", "bit.ly"], "shorteners": "hide"})

    assert facts("https://good.example.com/x and https://bit.ly/x", by) is None
    assert facts("https://bad.example.com/x", by) == {"denied": "bad.example.com"}


def test_what_follows_from_shortened_links_and_invitations_is_said_for_each() -> None:
    by = policy(domains={"shorteners": "flag", "invites": "hide"})

    assert found("https://bit.ly/x", by=by)["domains"].then == "flag"
    assert found("https://bit.ly/x https://t.me/+abc", by=by)["domains"].then == "hide"
    assert facts("https://bit.ly/x", policy(domains={"invites": "hide"})) is None


@pytest.mark.parametrize(
    "host",
    [
        "xn--cme-5cd.example",
        "аcme.example",
        "acmе-shop.example",
        "acmeshop.example",
        "acrne-shop.example",
        "acme-sh0p.example",
        "acme-shpo.example",
        "acme-shops.example",
        "login.acme-sop.example",
        "acme-shop.example.evil.example",
        "αcme-shop.example",
    ],
)
def test_a_host_that_only_looks_like_the_brands_own_is_found(host: str) -> None:
    by = policy(domains={"protect": ["acme-shop.example", "acme.example"]})

    found_ = facts(f"sign in at https://{host}/login", by) or {}

    assert found_["looks_like"] in {"acme-shop.example", "acme.example"}


@pytest.mark.parametrize(
    "host", ["acme-shop.example", "www.acme.example", "id.acme.example", "acne.example", "other.example"]
)
def test_the_brands_own_and_other_words_are_no_look_alikes(host: str) -> None:
    by = policy(domains={"protect": ["acme-shop.example", "acme.example"]})

    assert facts(f"sign in at https://{host}/login", by) is None


def test_a_host_is_looked_at_as_it_was_written_and_where_a_link_hides_behind_a_word() -> None:
    by = policy(domains={"protect": ["paypal.com"]})

    assert (facts("войдите на раураl.com сейчас", by) or {})["looks_like"] == "paypal.com"
    assert (facts("press here", by, links=("https://pаypal.com/x",)) or {})["looks_like"] == "paypal.com"


def test_conditions_ask_for_the_same_links() -> None:
    by = policy(domains={"status": "off", "deny": ["evil.example"], "protect": ["acme-shop.example"]})
    text = "https://evil.example https://acme-sh0p.example https://t.me/x https://bit.ly/y"

    case = case_of(content_created(text=text), KNOWN, by)
    told = {name: of(case) for name, of in OF.items()}

    assert (told["links.denied"], told["links.lookalike"]) == (1, "acme-shop.example")
    assert (told["links.invites"], told["links.shortened"]) == (1, 1)
    assert facts(text, by) is None


def test_a_policy_without_lists_looks_for_nothing() -> None:
    names = {rule.look.__name__ for rule in policy(domains={"allow": ["acme.example"]}).active}

    assert "domains" not in names


@given(st.text(max_size=80))
def test_any_host_has_a_form_and_a_skeleton(host: str) -> None:
    form = unicode_form(host)

    assert isinstance(skeleton(form), str)
    assert is_below(form, {form})


@given(st.text("abcdefg", min_size=5, max_size=10), st.integers(0, 9), st.sampled_from("hjkxz"))
def test_one_letter_more_less_or_other_is_a_misspelling_and_the_name_itself_is_none(name: str, at: int, letter: str) -> None:
    at = min(at, len(name) - 1)
    edits = {name[:at] + letter + name[at:], name[:at] + name[at + 1 :], name[:at] + letter + name[at + 1 :]}

    domain = protected(f"{name}.example")
    assert all(misspelt(f"www.{edit}.example", [domain]) == domain.domain for edit in edits)
    assert not any(misspelt(f"{edit}.com", [domain]) for edit in edits)
    assert misspelt(f"{name}.example", [domain]) is None


def test_a_host_longer_than_any_is_looked_at_by_its_end() -> None:
    by = policy(domains={"deny": ["evil.example"]})

    text = "https://" + "a." * 3_000 + "evil.example"

    assert len(unicode_form("a." * 3_000 + "evil.example")) <= CHARS_MAX
    assert "domains" in found(text, by=by)
