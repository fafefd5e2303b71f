from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.engagement.cli.simulate import show
from tests.unit.engagement.simulation_example import example

POLICY = """apiVersion: veche/v1
kind: RewardsPolicy
metadata: {name: default, brand: acme}
spec:
  rules:
    - {id: content, for: content, points: 5}
"""
PAGE = {" ".join(line.split()) for line in Path("docs/engagement-simulate.md").read_text(encoding="utf-8").splitlines()}
"""The lines of the page, whatever their spaces."""


def simulate(file: Path, *words: str) -> Result:
    environment = {"COLUMNS": "200", "TERM": "dumb", "VECHE_MONGO": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"}
    return CliRunner().invoke(app, ["engagement", "simulate", "-f", str(file), *words], env=environment)


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICY.replace("points: 5", "points: many"), "policy.yaml:6:"),
        (POLICY.replace("points: 5", "pionts: 5"), "did you mean `points`"),
        (POLICY.replace("points: 5", "to: voter"), "policy.yaml:6:39: `content` rewards author"),
        (POLICY.replace("points: 5", "when: content.lenght > 1"), "policy.yaml:6:41: "),
        (POLICY.replace("spec:", "spec:\n  timezone: Mars/Olympus"), "policy.yaml:1: Mars/Olympus is no time zone"),
        (POLICY.replace("RewardsPolicy", "ModerationPolicy").replace("rules:", "words: {}\n  rules:"), "policy.yaml:"),
        (POLICY.partition("spec")[0].replace("Rewards", "Moderation") + "spec: {}", "only RewardsPolicy can be simulated"),
        (POLICY.replace(", brand: acme", ""), "all documents must be of one brand"),
        (f"{POLICY}---\n{POLICY.replace('acme', 'other')}", "all documents must be of one brand"),
        (f"{POLICY}---\n{POLICY}", "two documents are for the same place"),
    ],
)
def test_a_file_that_is_no_candidate_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    done = simulate(written(tmp_path, text))

    assert done.exit_code == 1
    assert said in done.output


def test_a_brand_s_and_a_community_s_document_are_tried_together(tmp_path: Path) -> None:
    community = POLICY.replace("brand: acme", 'brand: acme, community: "telegram:-1"')

    done = simulate(written(tmp_path, f"{POLICY}---\n{community}"))

    assert done.exit_code == 1
    assert "MongoDB" in done.output, "nothing is wrong with the file"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "soon"), "soon is no time; write 30d"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "--since is not before --until"),
    ],
)
def test_a_time_that_is_none_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = simulate(written(tmp_path, POLICY), *words)

    assert done.exit_code == 1, done.exception
    assert said in done.output


def test_the_example_of_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    show(asyncio.run(example()))

    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) > 20
    assert [line for line in printed if line not in PAGE] == []
