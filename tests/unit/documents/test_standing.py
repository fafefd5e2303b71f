"""The page about where members stand: its lines fit into a document, its links and commands are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest
import typer.main
import yaml

from services.__main__ import app
from services.engagement.rules.unusable import Known, unusable
from shared.documents.reading import read
from shared.documents.rewards import RewardsPolicy
from shared.documents.standing import Standing
from tests.unit.engagement.participation.stage import AT

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "standing.md").read_text(encoding="utf-8")
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("standing", "commands", "delivery")}


def test_the_line_of_invitations_joins_a_standing_and_names_rules_of_the_sample() -> None:
    (line,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    sample = (DOCS / "samples" / "standing.yaml").read_text(encoding="utf-8")
    assert "\n  invites:" not in sample, "then the page may name it"

    (source,) = read(sample.rstrip() + "\n" + line, "standing.yaml")

    spec = msgspec.convert(yaml.safe_load(line), Standing)
    (policy,) = read((DOCS / "samples" / "rewards-policy.yaml").read_text(encoding="utf-8"), "rewards-policy.yaml")
    rules = {rule.id for rule in msgspec.convert(policy.document.spec, RewardsPolicy).rules}
    assert list(unusable(spec, Known(AT, spec, rules, (), (), has_draw_key=True))) == []
    assert set(source.document.spec) > {"invites"}


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


@pytest.mark.parametrize("page", PAGES)
def test_what_is_linked_to_is_there_with_its_heading(page: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        file, _, heading = link.partition("#")
        if "://" in link or not heading:
            continue
        text = PAGES[page] if not file else (DOCS / file).read_text(encoding="utf-8")
        slugs = [
            re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        ]
        assert heading in slugs, link
