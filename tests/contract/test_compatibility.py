"""The comparison itself, and the contract held to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.events import TYPES
from shared.events.compatibility import breaks, types
from shared.events.export import BUNDLE, bundle, refresh, written

ROOT = Path(__file__).parents[2]
Schema = dict[str, Any]

BEFORE: Schema = {
    "anyOf": [{"$ref": "#/$defs/Said"}],
    "$defs": {
        "Said": {
            "description": "Somebody spoke.",
            "properties": {
                "type": {"enum": ["said"]},
                "id": {"type": "string", "maxLength": 9},
                "data": {"$ref": "#/$defs/Words"},
            },
            "required": ["type", "id", "data"],
        },
        "Words": {
            "properties": {
                "text": {"type": "string"},
                "mood": {"anyOf": [{"enum": ["good", "bad"]}, {"type": "null"}], "default": None},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            },
            "required": ["text"],
        },
        "Part": {"properties": {"start": {"type": "integer"}}, "required": ["start"]},
    },
}


def changed(change: Callable[[Schema], object]) -> tuple[str, ...]:
    """What breaks when the definitions are changed so."""
    after = copy.deepcopy(BEFORE)
    change(after["$defs"])
    return breaks(BEFORE, after)


def test_the_same_contract_breaks_nothing() -> None:
    assert breaks(BEFORE, BEFORE) == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda defs: defs["Words"]["properties"].update(tone={"type": "string"}), id="new optional field"),
        pytest.param(
            lambda defs: defs["Part"]["properties"].update(end={"type": "integer"}), id="new optional field in a part"
        ),
        pytest.param(lambda defs: defs["Said"].update(description="Someone spoke."), id="other words"),
    ],
)
def test_growth_is_no_break(change: Callable[[Schema], object]) -> None:
    assert changed(change) == ()


def test_a_new_type_is_no_break() -> None:
    after = copy.deepcopy(BEFORE)
    after["anyOf"].append({"$ref": "#/$defs/Sung"})
    after["$defs"]["Sung"] = {"properties": {"type": {"enum": ["sung"]}}, "required": ["type"]}

    assert breaks(BEFORE, after) == ()


def test_the_name_of_a_class_does_not_matter() -> None:
    after = copy.deepcopy(BEFORE)
    after["$defs"]["Text"] = after["$defs"].pop("Words")
    after["$defs"]["Said"]["properties"]["data"] = {"$ref": "#/$defs/Text"}

    assert breaks(BEFORE, after) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda d: d["Words"]["properties"].pop("mood"), "said.data.mood: the field is gone", id="removed field"
        ),
        pytest.param(
            lambda d: d["Words"]["properties"].update(text={"type": "integer"}),
            "said.data.text/type: 'string' became 'integer'",
            id="changed type",
        ),
        pytest.param(
            lambda d: (d["Words"]["properties"].update(tone={}), d["Words"]["required"].append("tone")),
            "said.data.tone: a new field is required",
            id="new required field",
        ),
        pytest.param(
            lambda d: d["Words"]["properties"]["mood"]["anyOf"][0].update(enum=["good"]),
            "said.data.mood/anyOf/0/enum: ['good', 'bad'] became ['good']",
            id="narrowed enumeration",
        ),
        pytest.param(
            lambda d: d["Words"]["properties"]["mood"]["anyOf"][0]["enum"].append("new"),
            "said.data.mood/anyOf/0/enum: ['good', 'bad'] became ['good', 'bad', 'new']",
            id="widened enumeration",
        ),
        pytest.param(
            lambda d: d["Words"]["required"].clear(), "said.data.text: became optional", id="required, then optional"
        ),
        pytest.param(
            lambda d: d["Words"]["required"].append("mood"), "said.data.mood: became required", id="optional, then required"
        ),
        pytest.param(
            lambda d: d["Said"]["properties"]["id"].update(maxLength=5), "said.id/maxLength: 9 became 5", id="tighter limit"
        ),
        pytest.param(
            lambda d: d["Said"]["properties"]["id"].pop("maxLength"), "said.id/maxLength: 9 became None", id="no limit"
        ),
        pytest.param(
            lambda d: d["Part"]["properties"].pop("start"), "said.data.parts/items.start: the field is gone", id="in a part"
        ),
        pytest.param(
            lambda d: d["Words"]["properties"]["mood"].update(default="good"),
            "said.data.mood/default: None became 'good'",
            id="other default",
        ),
    ],
)
def test_everything_else_is_a_break(change: Callable[[Schema], object], told: str) -> None:
    assert told in changed(change)


def test_a_type_that_is_gone_is_a_break() -> None:
    assert breaks(BEFORE, {"anyOf": [], "$defs": {}}) == ("said: the type is gone",)


def test_the_contract_still_is_the_committed_version() -> None:
    committed = msgspec.json.decode((ROOT / BUNDLE).read_bytes())

    assert breaks(committed, bundle()) == ()


def test_the_committed_bundle_is_up_to_date() -> None:
    assert (ROOT / BUNDLE).read_bytes() == written(), "run: python -m shared.events.export"


def test_the_bundle_holds_every_type() -> None:
    assert set(types(bundle())) == set(TYPES)


def test_the_bundle_is_written_anew_where_the_contract_grew(tmp_path: Path) -> None:
    old = bundle()
    old["anyOf"].pop()
    (tmp_path / "v1.json").write_bytes(msgspec.json.encode(old))

    assert refresh(tmp_path / "v1.json") == ()
    assert (tmp_path / "v1.json").read_bytes() == written()


def test_a_break_is_told_and_not_written(tmp_path: Path) -> None:
    old = bundle()
    old["$defs"]["Reaction"]["properties"]["sound"] = {"type": "string"}
    before = msgspec.json.encode(old)
    (tmp_path / "v1.json").write_bytes(before)

    told = refresh(tmp_path / "v1.json")

    assert "community.reaction.added.data.sound: the field is gone" in told
    assert (tmp_path / "v1.json").read_bytes() == before
