from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shared.documents import KINDS
from shared.documents.directory import Brand
from shared.documents.misshapen import WRONG_MAX, Wrong, wrongs
from shared.documents.reading import FILE_CHARS_MAX, Invalid, Source, read
from shared.documents.shape import plain

SAMPLES = sorted((Path(__file__).parents[3] / "docs" / "samples").glob("*.yaml"))
BRAND = """\
apiVersion: veche/v1
kind: Brand
metadata:
  name: acme
spec:
  title: Acme
"""


def sampled() -> list[Source]:
    return [source for path in SAMPLES for source in read(path.read_text(encoding="utf-8"), path.name)]


def test_every_kind_has_a_sample_and_a_word_about_it() -> None:
    kinds = {source.document.kind for source in sampled()}

    assert kinds == set(KINDS)
    assert all(path.read_text(encoding="utf-8").startswith("# ") for path in SAMPLES)


@pytest.mark.parametrize("source", sampled(), ids=lambda source: f"{source.file}:{source.line}")
def test_a_sample_is_sound_and_is_stored_as_it_is_read(source: Source) -> None:
    shape = KINDS[source.document.kind].spec

    spec = msgspec.convert(source.document.spec, shape)

    assert msgspec.convert(plain(spec), shape) == spec
    assert spec != (shape() if source.document.kind.endswith("Policy") else None), "a sample that says nothing"


@pytest.mark.parametrize(
    ("before", "after", "where", "meant"),
    [
        ("kind: Brand", "kind: brand", "brands.yaml:2:7", "unknown kind `brand`"),
        ("kind: Brand", "kind: Barnd", "brands.yaml:2:7", "`Brand`"),
        ("veche/v1", "v1", "brands.yaml:1:13", "apiVersion must be veche/v1"),
        ("name: acme", "name: Acme Inc", "brands.yaml:4:9", "metadata.name"),
        ("name: acme", "name: Acme Inc", "brands.yaml:4:9", "lower-case letters"),
        ("  title: Acme", "  titel: Acme", "brands.yaml:6:3", "`title`"),
        ("  title: Acme", "  title: 7", "brands.yaml:6:10", "Expected `str`, got `int`"),
        ("  title: Acme", "  title: Acme\n  languages: [en, de]", "brands.yaml:7:19", "languages[1]"),
        ("  title: Acme", "  title: Acme\n  languages: [en, de]", "brands.yaml:7:19", "known are en, ru"),
        ("spec:\n  title: Acme", "spec: {}", "brands.yaml:5:7", "title"),
        ("  name: acme", "  name: acme\n  nmae: acme", "brands.yaml:5:3", "`name`"),
        ("  title: Acme", "  title: [Acme", "brands.yaml:7:1", ""),
        ("  title: Acme", "\ttitle: Acme", "brands.yaml:6:1", "\\t"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_was_meant(before: str, after: str, where: str, meant: str) -> None:
    text = BRAND.replace(before, after)
    assert text != BRAND

    with pytest.raises(Invalid) as told:
        read(text, "brands.yaml")

    assert str(told.value).startswith(where + ":")
    assert meant in str(told.value)


def test_the_place_is_right_in_the_second_document_too() -> None:
    with pytest.raises(Invalid, match=r"^all\.yaml:13:3: .*`title`"):
        read(BRAND + "---\n" + BRAND.replace("title", "tilte"), "all.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "- a\n- list\n",
        "just text",
        "{}",
        "!!python/object/apply:os.system [ls]",
        BRAND.replace("Acme", "!!python/name:os.system"),
        BRAND.replace("Acme", "2026-13-45"),
        "? [a, b]\n: c\n",
        "a: \0",
        "a: \x07",
        "a: &a [*a]",
        "[" * 2_000,
        "x" * (FILE_CHARS_MAX + 1),
    ],
    ids=lambda text: repr(text)[-40:-1],
)
def test_whatever_is_no_document_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match=r"^f\.yaml"):
        read(text, "f.yaml")


def policy(section: str) -> str:
    return f"apiVersion: veche/v1\nkind: ModerationPolicy\nmetadata: {{name: default, brand: acme}}\nspec:\n  {section}\n"


def test_off_is_a_word() -> None:
    (source,) = read(policy("repeats: {status: off}"), "a.yaml")

    assert source.document.spec == {"repeats": {"status": "off"}}
    with pytest.raises(Invalid, match=r"5:21: Expected `str`, got `bool`"):
        read(policy("repeats: {status: true}"), "a.yaml")


def test_a_time_that_is_none_is_told_in_words() -> None:
    with pytest.raises(Invalid, match=r"a\.yaml:5:\d+: .*30m, 12h, 7d") as caught:
        read(policy("flood: {then: mute, for: 3 days}"), "a.yaml")

    assert "regex" not in str(caught.value)


MISTAKES = """\
apiVersion: veche/v1
kind: ModerationPolicy
metadata: { name: default, brand: acme }
spec:
  flood: { messages: many, secnds: 3 }
  rules:
    - just text
    - { id: Two Words, when: "true" }
    - { id: c, when: "true", then: explode }
    - { wehn: "true" }
"""
FOUND = (
    "a.yaml:5:22: Expected `int`, got `str`",
    "a.yaml:5:28: Object contains unknown field `secnds`; did you mean `seconds`?",
    "a.yaml:7:7: Expected `object`, got `str` (at spec.rules[0])",
    "a.yaml:8:13: Expected `str`; a name is up to",
    "a.yaml:9:36: Invalid enum value 'explode'",
    "a.yaml:10:9: Object contains unknown field `wehn`; did you mean `when`?",
    "a.yaml:10:7: Object missing required field `id`",
)


def test_all_mistakes_of_a_file_are_told_at_once_each_at_its_place() -> None:
    with pytest.raises(Invalid) as told:
        read(MISTAKES + "---\n" + BRAND.replace("title", "tilte"), "a.yaml")

    lines = str(told.value).split("\n")
    assert [line[: len(found)] for line, found in zip(lines, FOUND, strict=False)] == list(FOUND)
    assert [line.partition(" ")[0] for line in lines[len(FOUND) :]] == ["a.yaml:17:3:", "a.yaml:17:3:"]


def test_no_more_mistakes_are_told_than_somebody_mends() -> None:
    with pytest.raises(Invalid) as told:
        read(policy("words: {terms: [" + "7, " * 100 + "]}"), "a.yaml")

    places = [line.partition(" ")[0] for line in str(told.value).split("\n")]
    assert places == [f"a.yaml:5:{19 + 3 * number}:" for number in range(WRONG_MAX)]


class Titles(msgspec.Struct, forbid_unknown_fields=True):
    of: dict[str, Brand]


def test_what_is_wrong_inside_a_map_is_told_of_the_map() -> None:
    wrong = list(wrongs({"of": {"a": {"title": 7}}}, Titles))

    assert wrong == [Wrong("Expected `str`, got `int`", ".of")]


def spec_of(kind: str, *lines: str) -> str:
    """A document of a kind, with these lines of its spec."""
    told = "".join(f"  {line}\n" for line in lines)
    return f"apiVersion: veche/v1\nkind: {kind}\nmetadata:\n  name: spring\nspec:\n{told}"


def test_what_follows_from_a_mistake_is_not_told_as_another_one() -> None:
    words = "{en: a, ru: b}"
    quiz = spec_of("Quiz", f"title: {words}", f"questions: [{{ask: {words}, options: [{words}, {words}], right: [0]}}]")

    with pytest.raises(Invalid) as told:
        read(quiz, "quiz.yaml")

    assert str(told.value) == "quiz.yaml:7:88: Expected `int` >= 1 (at spec.questions[0].right[0])"


def test_a_list_that_is_too_short_is_told() -> None:
    with pytest.raises(Invalid, match="of length >= 1"):
        read(spec_of("Quiz", "title: {en: a, ru: b}", "questions: []"), "quiz.yaml")


def test_a_wrong_name_hides_nothing_of_the_spec() -> None:
    text = BRAND.replace("name: acme", "name: Acme Inc").replace("title: Acme", "titel: Acme")

    with pytest.raises(Invalid) as told:
        read(text, "brands.yaml")

    assert [line.split(":")[1] for line in str(told.value).splitlines()[:2]] == ["4", "6"]
    assert "did you mean `title`" in str(told.value)


@pytest.mark.parametrize("told", ["15.03.2027", "2027-03-15", "2027-03-15T10:00:00"])
def test_a_moment_that_is_none_gets_an_example(told: str) -> None:
    with pytest.raises(Invalid, match=r"for example 2027-03-15T10:00:00\+03:00"):
        read(spec_of("Poll", "title: {en: a, ru: b}", "ask: nps", f"until: {told}"), "poll.yaml")


def test_a_time_without_its_unit_gets_an_example() -> None:
    with pytest.raises(Invalid, match="30m, 12h, 7d"):
        read(spec_of("RewardsPolicy", "rules: [{id: a, for: content, cooldown: 12}]"), "policy.yaml")
