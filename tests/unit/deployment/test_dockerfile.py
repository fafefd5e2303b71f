"""Facts about the one Dockerfile."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[3]
LINES = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
LAST_STAGE = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM")) :]


def test_the_program_does_not_run_as_root() -> None:
    assert "USER 10001:10001" in LAST_STAGE


def test_libraries_are_the_hashed_ones() -> None:
    assert any("--require-hashes -r runtime.txt" in line for line in LINES)


def test_an_image_holds_one_service() -> None:
    copied = [line.split()[1] for line in LINES if line.startswith("COPY services/")]

    assert copied == ["services/__init__.py", "services/${SERVICE}"]


def test_what_is_copied_exists_and_is_let_in() -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert [path for path in let_in if not (ROOT / path).exists()] == []
    assert "shared" in let_in
    assert "services" in let_in


def test_the_commands_of_an_image_can_be_run() -> None:
    assert all(os.access(ROOT / "deploy" / "image" / name, os.X_OK) for name in ("veche", "ready"))
