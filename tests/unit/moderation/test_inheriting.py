"""A community's policy stands on its brand's, section by section and rule by rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.rules.inheriting import check_merged, merged
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from shared.documents import API_VERSION, as_stored
from shared.documents.moderation import RULES_MAX
from shared.documents.shape import Document, Metadata
from shared.errors import Unprocessable
from shared.http.documents import Inheritance, check_together
from shared.policy import DEFAULT, Version
from tests.unit.moderation.cases import NOON, found

IDS = st.lists(st.sampled_from("abcdef"), unique=True)


def stored(spec: dict[str, Any], community: str | None = None) -> dict[str, Any]:
    about = Metadata(name=DEFAULT, community=community)
    return as_stored(Document(apiVersion=API_VERSION, kind="ModerationPolicy", metadata=about, spec=spec))


def rules(*ids: str, **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as the document holds it
    return [{"id": id_, "when": "true"} | fields for id_ in ids]


def in_force(brand: dict[str, Any], community: dict[str, Any]) -> Any:  # noqa: ANN401 - a policy
    return built(read_lists(), 2, merged(stored(brand), stored(community, "c")))


def test_a_section_that_a_community_names_is_its_own_and_others_are_the_brands() -> None:
    by = in_force({"phrases": {"threshold": 9}, "flood": {"messages": 3}}, {"flood": {"seconds": 60}})

    assert by.spec.phrases.threshold == 9
    assert (by.spec.flood.messages, by.spec.flood.seconds) == (10, 60)


def test_a_section_is_the_communitys_even_where_it_says_what_is_built_in() -> None:
    by = in_force({"phrases": {"threshold": 9}}, {"phrases": {}})

    assert by.spec.phrases.threshold == 4


def test_rules_are_merged_by_id_in_the_brands_order_and_one_is_turned_off() -> None:
    brand = {"rules": rules("a", "b", "c")}

    by = in_force(brand, {"rules": [*rules("d"), *rules("b", then="hide"), *rules("a", status="off")]})

    assert [(rule.id, rule.then) for rule in by.spec.rules] == [("b", "hide"), ("c", "flag"), ("d", "flag")]
    assert set(found("hi", by=by)) == {"b", "c", "d"}


@given(IDS, IDS, IDS)
def test_each_rule_is_there_once_and_the_communitys_is_taken(brand: list[str], own: list[str], off: list[str]) -> None:
    told = rules(*own, then="hide") + rules(*(id_ for id_ in off if id_ not in own), status="off")

    left = merged({"rules": rules(*brand)}, {"rules": told})["rules"]

    assert {rule["id"] for rule in left} == (set(brand) - set(off)) | set(own)
    assert len({rule["id"] for rule in left}) == len(left)
    assert all(rule.get("then") == "hide" for rule in left if rule["id"] in own)


def test_more_rules_together_than_people_oversee_are_refused_with_what_to_do() -> None:
    brand, own = rules(*(f"a{n}" for n in range(RULES_MAX))), rules("mine")

    check_merged(read_lists(), merged({"rules": brand}, {"rules": rules("a1", then="hide")}))
    with pytest.raises(Unprocessable, match=r"201 rules together, 200 at most: .*`status: off`"):
        check_merged(read_lists(), merged({"rules": brand}, {"rules": own}))


@pytest.mark.parametrize("applied", [DEFAULT, "c"])
def test_whichever_of_two_policies_is_applied_it_is_looked_at_together_with_the_other(applied: str) -> None:
    loops = "links.hosts.all(h, true)"
    half = {name: {"rules": rules(*(f"{name[0]}{n}" for n in range(60)), when=loops)} for name in (DEFAULT, "c", "other")}
    latest = {
        name: Version("ModerationPolicy", "acme", name, 1, NOON, spec)
        for name, spec in half.items()
        if name not in {applied, "other"}
    }
    inheritance = Inheritance(merged, lambda spec: check_merged(read_lists(), spec))

    with pytest.raises(Unprocessable, match=r"of the brand and of c do not go together: .* at most 100 times"):
        check_together(inheritance, applied, half[applied], latest)
    check_together(inheritance, "other", {}, latest)
