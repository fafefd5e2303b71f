"""How specs are stored: a version of a policy whole, so that it goes on meaning the same; all else as it was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import convert
from msgspec.structs import fields

from shared.cli.documents import difference
from shared.documents import API_VERSION, KINDS, as_stored
from shared.documents.moderation import ModerationPolicy, Phrases
from shared.documents.reading import read
from shared.documents.rewards import RewardsPolicy
from shared.documents.shape import Document, Metadata, Spec, plain, whole
from shared.documents.things import Thing

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
VERSIONED = [name for name, kind in KINDS.items() if kind.is_versioned]


class Rule(Spec, frozen=True, kw_only=True):
    times: int = 2
    reason: str | None = None


class Policy(Spec, frozen=True, kw_only=True):
    rules: tuple[Rule, ...] = (Rule(),)
    repeats: Rule = Rule()


class LaterRule(Rule, frozen=True, kw_only=True):
    times: int = 3
    reason: str | None = "twice is enough"


class LaterPolicy(Spec, frozen=True, kw_only=True):
    rules: tuple[LaterRule, ...] = ()
    repeats: LaterRule = LaterRule()


def test_a_built_in_default_that_changes_later_changes_no_stored_version() -> None:
    then = convert(whole(Policy()), LaterPolicy)

    assert (then.repeats.times, then.repeats.reason) == (2, None)
    assert [(rule.times, rule.reason) for rule in then.rules] == [(2, None)]
    assert convert(plain(Policy()), LaterPolicy).repeats.times == 3


def fields_left_out(shape: type[msgspec.Struct], stored: dict[str, Any]) -> Iterator[str]:
    """Yield each field of a shape, however deep, that is not in what is stored."""
    spec = convert(stored, shape)
    for field in msgspec.structs.fields(shape):
        inner = getattr(spec, field.name)
        if field.encode_name not in stored:
            yield field.encode_name
        elif isinstance(inner, msgspec.Struct):
            yield from fields_left_out(type(inner), stored[field.encode_name])
        elif isinstance(inner, tuple) and inner and isinstance(inner[0], msgspec.Struct):
            yield from (left for one in stored[field.encode_name] for left in fields_left_out(type(inner[0]), one))


POLICIES = {"ModerationPolicy", "RewardsPolicy", "Standing", "Notify", "Playbook", "Listening", "ContentPlan"}
"""Of these one that says nothing is one; things that members take part in have a name at least."""


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_a_policy_that_says_nothing_is_stored_with_every_field(kind: str) -> None:
    shape = KINDS[kind].spec

    stored = as_stored(Document(apiVersion=API_VERSION, kind=kind, metadata=Metadata(name="default"), spec={}))

    assert list(fields_left_out(shape, stored)) == []
    assert list(fields_left_out(shape, plain(shape()))) != []
    assert convert(stored, shape) == shape()


def test_policies_are_what_records_are_judged_by() -> None:
    things = {name for name, kind in KINDS.items() if issubclass(kind.spec, Thing)}
    assert set(VERSIONED) == POLICIES | things | {"Goal", "ReportSchedule"}
    brand = Document(apiVersion=API_VERSION, kind="Brand", metadata=Metadata(name="acme"), spec={"title": "Acme"})
    assert as_stored(brand) == {"title": "Acme"}


@pytest.mark.parametrize(
    "file",
    ["moderation-policy", "rewards-policy", "notify", "playbook", "listening", "goal", "report-schedule", "content-plan"],
)
def test_a_sample_is_stored_whole_and_means_the_same(file: str) -> None:
    for source in read((SAMPLES / f"{file}.yaml").read_text(encoding="utf-8"), file):
        shape = KINDS[source.document.kind].spec
        spec = convert(source.document.spec, shape)

        stored = as_stored(source.document)

        assert convert(stored, shape) == spec
        named = source.document.spec if source.document.metadata.community else stored
        assert {left.split(".")[0] for left in fields_left_out(shape, stored)} <= {f.name for f in fields(shape)} - set(
            named
        )
        assert difference(source.document, [shown(source.document, stored)]) == []


def shown(document: Document, stored: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": document.metadata.name, "community": document.metadata.community}, "spec": stored}


def policy(spec: dict[str, Any], community: str | None = None) -> Document:
    return Document(
        apiVersion=API_VERSION, kind="ModerationPolicy", metadata=Metadata(name="default", community=community), spec=spec
    )


def test_a_difference_is_one_line_below_the_name_of_its_rule() -> None:
    wanted = policy({"phrases": {"threshold": 7}})

    lines = difference(wanted, [shown(wanted, whole(ModerationPolicy(phrases=Phrases(threshold=5))))])

    assert [line for line in lines[2:] if line[0] in "+-"] == ["-  threshold: 5", "+  threshold: 7"]
    assert " phrases:" in lines


def test_a_community_is_compared_with_its_own_policy() -> None:
    stored = [
        shown(policy({}), whole(ModerationPolicy())),
        shown(policy({}, "telegram:-1"), {"phrases": whole(Phrases(threshold=7))}),
    ]

    assert difference(policy({}), stored) == []
    assert difference(policy({"phrases": {"threshold": 7}}, "telegram:-1"), stored) == []
    assert difference(policy({}, "telegram:-1"), stored) != []


def test_only_what_differs_is_shown_below_the_name_of_its_rule() -> None:
    rules: list[dict[str, Any]] = [
        {"id": "first", "when": "true"},
        {"id": "second", "when": "true", "communities": ["a", "b"]},
    ]
    stored = as_stored(policy({"rules": rules}))

    lines = difference(policy({"rules": [rules[0], rules[1] | {"when": "false"}]}), [shown(policy({}), stored)])

    assert lines[2:] == [" rules:", " - id: second", "-  when: 'true'", "+  when: 'false'"]


def test_of_what_is_not_stored_yet_it_is_shown_what_was_written() -> None:
    written = Document(
        apiVersion=API_VERSION, kind="RewardsPolicy", metadata=Metadata(name="default"), spec={"timezone": "UTC"}
    )
    empty = Document(apiVersion=API_VERSION, kind="RewardsPolicy", metadata=Metadata(name="default"), spec={})

    assert difference(written, []) == ["+++ RewardsPolicy default (file)", "+timezone: UTC"]
    assert difference(empty, []) == ["+++ RewardsPolicy default (file)", "+{}"]


def test_a_community_is_stored_with_the_sections_that_it_names_each_whole() -> None:
    stored = as_stored(policy({"phrases": {}, "rules": [{"id": "mine", "when": "true"}]}, "telegram:-1"))

    assert set(stored) == {"phrases", "rules"}
    assert stored["phrases"] == whole(Phrases())
    assert stored["rules"][0]["share"] == 100


def test_a_kind_that_does_not_inherit_is_stored_whole_for_a_community_too() -> None:
    about = Metadata(name="default", community="telegram:-1")

    stored = as_stored(Document(apiVersion=API_VERSION, kind="RewardsPolicy", metadata=about, spec={}))

    assert stored == whole(RewardsPolicy())
