"""`veche engagement verify-draw` needs a file and nothing else, and says what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from services.engagement.rules.draws import code_of, encoded
from tests.unit.engagement.draws.rounds import SECRETS, SIGNATURES, members, proof

PROOF = proof(members(9))


def verified(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["engagement", "verify-draw", *map(str, words)], env={"COLUMNS": "200"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    path.write_bytes(encoded(PROOF))
    return path


def test_a_proof_is_checked_without_server_token_and_settings(file: Path) -> None:
    command = [sys.executable, "-m", "services", "engagement", "verify-draw", str(file)]
    done = subprocess.run(command, env={"PYTHONPATH": str(Path.cwd())}, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in (*PROOF.winners, *PROOF.alternates, PROOF.commitment_hash))
    assert "2023-08-23 15:59:24 UTC" in done.stdout.replace("\n", " ")


def test_a_service_starts_without_the_library_that_verifies() -> None:
    code = "import sys, services.engagement.app, services.engagement.cli; sys.exit('py_arkworks_bls12381' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_was_announced_is_compared(file: Path) -> None:
    same, other = verified(file, "--commitment", PROOF.commitment_hash), verified(file, "--commitment", "00" * 32)

    assert (same.exit_code, other.exit_code) == (0, 1)
    assert "made up afterwards" not in same.output
    assert "made up afterwards" in other.output


def test_a_changed_proof_is_refused_and_its_winners_are_not_shown(tmp_path: Path) -> None:
    forged = tmp_path / "proof.json"
    forged.write_bytes(encoded(msgspec.structs.replace(PROOF, signature=SIGNATURES[1001].hex())))

    done = verified(forged)

    assert done.exit_code == 1
    assert "no   drand signed that round." in done.output
    assert "do not believe" in done.output
    assert PROOF.winners[0] not in done.output


def test_everything_is_said_in_russian(file: Path) -> None:
    said = verified(file, "--lang", "ru").output

    assert "Подпись раунда поставлена сетью drand." in said
    assert "победитель 1" in said
    assert "drand signed" not in said


def test_a_program_reads_json(file: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged.json"
    forged.write_bytes(file.read_bytes() + b" ")

    told, refused = json.loads(verified(file, "-o", "json").output), json.loads(verified(forged, "-o", "json").output)

    assert (told["holds"], told["winners"], told["commitment"]) == (True, [*PROOF.winners], PROOF.commitment_hash)
    assert refused["holds"] is False
    assert "winners" not in refused


def test_members_find_themselves_by_their_code(file: Path) -> None:
    code = code_of(SECRETS.salt, "telegram:3").hex()

    found = verified(file, "--member", "telegram:3", "--code", code)
    stranger = verified(file, "--member", "telegram:4", "--code", code)

    assert (found.exit_code, stranger.exit_code) == (0, 1)
    assert "telegram:3 is in the list" in found.output
    assert "weight 4" in found.output
    assert "is not in the list" in stranger.output


ILL = {
    "a code alone": (["--code", "00" * 32], "give both"),
    "a member alone": (["--member", "telegram:3"], "give both"),
    "a code that is none": (["--member", "telegram:3", "--code", "xyz"], "a code is 64 digits"),
}


@pytest.mark.parametrize(("words", "said"), ILL.values(), ids=ILL)
def test_what_cannot_be_looked_for_is_told(file: Path, words: Sequence[str], said: str) -> None:
    done = verified(file, *words)

    assert done.exit_code == 1
    assert said in done.output.replace("\n", " ")


def test_a_file_that_cannot_be_read_says_what_to_give(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        done = verified(path)

        assert done.exit_code == 1
        assert "give the path of the proof" in done.output.replace("\n", " ")


def test_a_file_that_is_no_proof_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text('{"kind": "\x1b[31m"}')

    done = verified(other)

    assert done.exit_code == 1
    assert "It is none" in done.output
    assert "\x1b" not in done.output
