from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.batches import checked, split
from services.ingest.connectors.events import ACCEPTED
from services.ingest.rules.strict import EVENT_BYTES_MAX, MESSAGE_CHARS_MAX, NEEDED, Misfit, accepted, all_accepted
from shared.events import TYPES, decode, encode
from shared.http.problems import Problem
from tests import builders
from tests.served import quickest_ms

SAMPLES = {path.stem: json.loads(path.read_bytes()) for path in Path("tests/contract/samples").glob("*.json")}
TAKEN = {name: sample | {"community": "portal:слово"} for name, sample in SAMPLES.items() if name in ACCEPTED}
CREATED = TAKEN["community.content.created"]
Json = dict[str, Any]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REQUEST_MS_MAX = 200


def raw(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def refused(event: object) -> Misfit:
    with pytest.raises(Misfit) as caught:
        accepted(event if isinstance(event, bytes) else raw(event), NOW)
    return caught.value


def without(sample: Json, *names: str) -> Json:
    return sample | {"data": {name: value for name, value in sample["data"].items() if name not in names}}


def misspelt(value: Any, at: str = "") -> Iterator[tuple[Any, str]]:  # noqa: ANN401 - JSON
    """Every way to add a letter to one name, with the pointer to it."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            for wrong, place in misspelt(inner, f"{at}/{index}"):
                yield [*value[:index], wrong, *value[index + 1 :]], place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield {(f"{key}x" if key == name else key): part for key, part in value.items()}, f"{at}/{name}x"
            for wrong, place in misspelt(inner, f"{at}/{name}"):
                yield value | {name: wrong}, place


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_an_event_with_every_field_of_the_contract_is_taken_as_it_is(name: str) -> None:
    body = raw(TAKEN[name])
    told = decode(body)
    assert told is not None

    assert encode(accepted(body, NOW)) == encode(told)


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_a_misspelt_name_anywhere_in_the_data_is_told_with_its_place_and_what_was_meant(name: str) -> None:
    sample = TAKEN[name]
    wrong = list(misspelt(sample["data"], "/data"))

    assert wrong
    for data, place in wrong:
        found = refused(sample | {"data": data})
        assert found.at == place
        assert f"did you mean `{place.rpartition('/')[2].removesuffix('x')}`?" in str(found)


@pytest.mark.parametrize("name", sorted(str(struct.__struct_config__.tag) for struct in NEEDED))
def test_what_a_type_is_about_must_be_there(name: str) -> None:
    for names in NEEDED[TYPES[name]]:
        found = refused(without(TAKEN[name], *names))
        one_is_there = without(TAKEN[name], *names[1:])

        assert "is missing" in str(found)
        assert all(f"`{missing}`" in str(found) for missing in names)
        assert found.at == (f"/data/{names[0]}" if len(names) == 1 else "/data")
        assert accepted(raw(one_is_there), NOW)


def test_a_nought_is_something_and_an_empty_text_is_nothing() -> None:
    measured = without(TAKEN["community.content.measured"], "reach", "saves", "reactions")

    assert accepted(raw(measured | {"data": measured["data"] | {"views": 0}}), NOW)
    assert refused(CREATED | {"data": CREATED["data"] | {"content_id": ""}}).at == "/data/content_id"


@pytest.mark.parametrize("name", ["id", "source", "community", "subject"])
def test_an_event_whose_name_is_empty_is_told_so(name: str) -> None:
    found = refused(CREATED | {name: ""})

    assert (found.at, str(found)) == (f"/{name}", "this must not be empty")


@pytest.mark.parametrize(
    ("type_", "data", "place"),
    [
        ("community.content.created", {"content_id": ""}, "/data/content_id"),
        ("community.content.created", {"parent": ""}, "/data/parent"),
        ("community.content.created", {"actor": {"id": ""}}, "/data/actor/id"),
        ("community.content.created", {"media": [{"type": "photo"}, {"type": ""}]}, "/data/media/1/type"),
        ("community.member.joined", {"member": ""}, "/data/member"),
        ("community.poll.voted", {"poll": ""}, "/data/poll"),
        ("commerce.purchase.made", {"order": ""}, "/data/order"),
        ("kpi.observed", {"name": ""}, "/data/name"),
    ],
)
def test_data_that_names_nothing_is_told_where_it_stands(type_: str, data: Json, place: str) -> None:
    sample = TAKEN[type_]

    found = refused(sample | {"data": sample["data"] | data})

    assert (found.at, str(found)) == (place, "this must not be empty")


def test_a_member_without_a_display_name_is_taken() -> None:
    assert accepted(raw(CREATED | {"data": CREATED["data"] | {"actor": {"id": "portal:1", "name": ""}}}), NOW)


def test_readers_go_on_skipping_fields_that_a_later_contract_may_have() -> None:
    later = CREATED | {"data": CREATED["data"] | {"mood": "cheerful"}}

    assert decode(raw(later)) is not None
    assert refused(later).at == "/data/mood"


def test_cloudevents_own_attributes_and_extensions_are_taken() -> None:
    assert accepted(raw(CREATED | {"traceparent": "00-1-2-01", "partitionkey": "a", "sampledrate": 3}), NOW)


def test_what_may_not_come_in_is_told_where_it_stands() -> None:
    unknown = refused(CREATED | {"type": "community.content.craeted"})
    ours = refused(SAMPLES["engagement.points.granted"])
    nowhere = refused({name: value for name, value in CREATED.items() if name != "community"})
    odd = refused(CREATED | {"community": "shop"})

    assert (unknown.at, ours.at, nowhere.at, odd.at) == ("/type", "/type", "/community", "/community")
    assert "platform:place" in str(odd)
    assert "did you mean `community.content.created`?" in str(unknown)
    assert "comes from our own services only" in str(ours)
    assert "needs a community" in str(nowhere)


def test_a_value_of_the_wrong_type_is_told_with_its_place_and_not_quoted() -> None:
    wrong_kind = refused(CREATED | {"data": CREATED["data"] | {"kind": "a secret"}})
    wrong_media = refused(CREATED | {"data": CREATED["data"] | {"media": [{"type": "photo"}, {"type": 1}]}})

    assert (wrong_kind.at, wrong_media.at) == ("/data/kind", "/data/media/1/type")
    assert "a secret" not in str(wrong_kind)
    assert "known are answer, comment, message, post, question, review" in str(wrong_kind)


def test_a_name_without_end_makes_no_answer_without_end() -> None:
    found = refused(CREATED | {"data": CREATED["data"] | {"x/~" * 100_000: 1}})

    assert len(str(found)) <= MESSAGE_CHARS_MAX
    assert len(found.at) <= MESSAGE_CHARS_MAX
    assert found.at.startswith("/data/x~1~0x")


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)).map(raw)
)
def test_whatever_it_is_it_is_refused_with_a_reason(body: bytes) -> None:
    assert str(refused(body))


@pytest.mark.parametrize(
    "body", [b"[" * 10_000, b'{"type":' * 10_000, b'{"type":"community.content.created","data":' + b"[" * 9_999]
)
def test_what_is_nested_without_end_is_refused(body: bytes) -> None:
    assert str(refused(body))


def test_what_the_tests_build_is_taken() -> None:
    assert accepted(encode(builders.content_created()), NOW)
    assert accepted(encode(builders.kpi_observed(community=None)), NOW)


def test_the_example_of_the_readme_is_taken() -> None:
    readme = Path("README.md").read_text(encoding="utf-8")
    example = readme.partition("/v1/events -H")[2].partition("-d '")[2].partition("'\n")[0]

    assert accepted(example.encode(), datetime.fromisoformat(json.loads(example)["time"])).community == "portal:reviews"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time": "2026-03-03T12:00:01Z"}, "a day ahead"),
        ({"time": "9999-12-31T23:59:59-12:00"}, "a day ahead"),
        ({"time": "0001-01-01T00:00:00+23:00"}, "calendar"),
        ({"data": CREATED["data"] | {"actor": {"id": "portal:1", "name": "a\0b"}}}, "NUL"),
    ],
)
def test_what_the_normaliser_could_not_take_is_refused_at_once(changed: Json, said: str) -> None:
    assert said in str(refused(CREATED | changed))
    assert accepted(raw(CREATED | {"time": (NOW + timedelta(days=1)).isoformat()}), NOW)


def test_a_batch_is_taken_at_once_as_its_events_are_one_by_one() -> None:
    events = [raw(sample) for sample in TAKEN.values()]

    found = all_accepted(b" [" + b" , ".join(events) + b"]", NOW)

    assert found is not None
    assert [encode(event) for event in found] == [encode(accepted(event, NOW)) for event in events]


EVENTS = st.sampled_from([*TAKEN.values(), *SAMPLES.values()]).map(dict)
HARM = st.sampled_from(
    [
        {},
        {"traceparent": "00-1-2-01"},
        {"extra": [[]]},
        {"id": "a\0b"},
        {"data": CREATED["data"] | {"actor": {"id": "portal:1\0"}}},
        {"data": CREATED["data"] | {"text": "a\0b"}},
        {"id": ""},
        {"community": None},
        {"time": "2027-01-01T00:00:00Z"},
        {"time": "0001-01-01T00:00:00+23:00"},
        {"subject": "a\0b"},
        {"title": "a\0b"},
        {"data": {}},
        {"data": None},
        {"data": CREATED["data"] | {"content_id": None}},
        {"data": CREATED["data"] | {"text": None, "media": None, "links": None, "poll": None, "format": None}},
        {"data": CREATED["data"] | {"mood": 1}},
    ]
)


@given(st.lists(st.builds(lambda event, harm: raw(event | harm), EVENTS, HARM), max_size=4))
def test_at_once_nothing_is_taken_that_would_not_be_one_by_one(events: list[bytes]) -> None:
    found = all_accepted(b"[" + b",".join(events) + b"]", NOW)

    if found is not None:
        assert [encode(event) for event in found] == [encode(accepted(event, NOW)) for event in events]


@pytest.mark.parametrize("nested", [[], {}, [[1]], {"a": {"b": 1}}])
def test_an_attribute_of_ones_own_is_one_value_as_cloudevents_has_it(nested: object) -> None:
    found = refused(CREATED | {"extra": nested})

    assert (found.at, "no array and no object" in str(found)) == ("/extra", True)


@pytest.mark.parametrize(
    ("changed", "is_taken"),
    [
        ({"id": "a\0b"}, False),
        ({"data": CREATED["data"] | {"channel": "a\0b"}}, False),
        ({"data": CREATED["data"] | {"text": "quoted: \0"}}, True),
        ({"extra": "a\0b"}, True),
    ],
)
def test_a_nul_is_refused_in_names_and_in_nothing_else(changed: Json, *, is_taken: bool) -> None:
    body = raw(CREATED | changed)
    hidden = body[:-1] + b', "number": ' + b"9" * 5_000 + b"}"

    for event in (body, hidden):
        if is_taken:
            assert accepted(event, NOW)
        else:
            assert "NUL" in str(refused(event))


def test_an_event_larger_than_a_record_may_be_is_refused() -> None:
    assert "bytes" in str(refused(CREATED | {"extra": "x" * EVENT_BYTES_MAX}))


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"1," * 4_999_999 + b"1]",
        b"[" + b"{}," * 3_000_000 + b"{}]",
        raw(CREATED)[:-1] + b',"e":[' + b"{}," * 250_000 + b'{}],"f":"\\u0000"}',
        raw(CREATED)[:-1] + b',"e":' + b"[" * 900 + b"]" * 900 + b',"f":"\\u0000"}',
    ],
    ids=["many numbers", "many objects", "many within one", "deep within one"],
)
def test_a_request_that_means_harm_holds_up_nobody(body: bytes) -> None:
    def refused() -> None:
        with pytest.raises(Problem):
            checked(body, split(body), "acme", NOW, imported=False)

    assert quickest_ms(refused, tries=3) < REQUEST_MS_MAX
