"""Facts have names in both languages, whichever rule tells them: else a Russian page would speak English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from services.moderation.pages.fact_words import FACTS, OF_CONDITIONS, OF_RULES, VALUES
from services.moderation.rules.facts import FACTS as KNOWN

RULES = Path("services/moderation/rules")
COMPLAINTS = Path("services/moderation/cases/recording.py")
BRAND_NEW = {"severity"}
"""What every finding tells."""


def told(file: Path) -> Iterator[str]:
    """Yield the names of facts in the file of a rule: the keys of its dictionaries, where it makes findings."""
    source = file.read_text(encoding="utf-8")
    if not re.search(r"\bFound\(|\bFinding\(", source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            place = node.targets[0].slice
            yield from [place.value] if isinstance(place, ast.Constant) and isinstance(place.value, str) else ()


def test_every_fact_of_conditions_has_a_name() -> None:
    assert OF_CONDITIONS.keys() == {fact.name for fact in KNOWN}


def test_every_fact_of_built_in_rules_has_a_name() -> None:
    named = {name for file in (*RULES.glob("*.py"), COMPLAINTS) for name in told(file)} - {"link", "disguise", "known here"}

    assert OF_RULES.keys() - BRAND_NEW <= named, "a name that nothing tells"
    assert named - {"subject"} <= OF_RULES.keys()


def test_russian_names_are_russian() -> None:
    for said in (*FACTS.values(), *VALUES.values()):
        assert re.search("[а-яё]", said.ru)
        assert not re.search("[a-z]", said.ru)
