"""The page about classifiers: its policy is one, its commands are there, its limits are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.__main__ import app
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from services.moderation.training.rows import TEXTS_A_LABEL_MIN
from shared.documents.classifiers import CLASSIFIERS_MAX, MODELS_MAX
from shared.documents.reading import read
from shared.learned.artifact import MODEL_BYTES_MAX
from shared.learned.stored import PLACES
from shared.models.shelf import NAMES_MAX
from shared.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "moderation-classifiers.md").read_text(encoding="utf-8")
COMMANDS = [line.split("#")[0].split() for line in PAGE.splitlines() if line.startswith("veche ")]


def test_the_policy_of_the_page_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (source,) = read(text, "policy.yaml")

    policy = built(read_lists(), 1, source.document.spec)

    assert policy.models == ("spam",)
    assert policy.own.asked == {"scores", "author.messages"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_commands_of_the_page_are_there_with_their_options(words: list[str]) -> None:
    named = [word for word in words[1:] if not word.startswith("--")]
    depth = 3 if named[1] == "model" else 2

    told = CliRunner().invoke(app, [*named[:depth], "--help"], env={"COLUMNS": "200", "TERM": "dumb"})

    assert told.exit_code == 0, told.output
    assert all(word in told.output for word in words if word.startswith("--"))


def test_the_page_names_the_limits() -> None:
    page = " ".join(PAGE.split())
    assert len(COMMANDS) == 7
    assert f"at most {MODELS_MAX} models in at most {CLASSIFIERS_MAX} entries; a brand has at most {NAMES_MAX}" in page
    assert f"at most {MODEL_BYTES_MAX >> 20} MB" in page
    assert f"holds {Settings.model_fields['models_mb'].default} MB of them (`VECHE_MODELS_MB`)" in page
    assert f"needs {TEXTS_A_LABEL_MIN} different texts" in page
    assert {6: "six"}[PLACES] in page
