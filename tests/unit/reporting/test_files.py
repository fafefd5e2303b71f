"""A report as a file of each format: what is in it is what the report says."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from services.reporting.pages.page import as_html
from services.reporting.pages.parquet import as_parquet
from services.reporting.pages.report import Names, Report, compose
from services.reporting.pages.table import lines
from services.reporting.pages.words import WORDS
from services.reporting.pages.workbook import SHEETS, as_xlsx
from shared.said import Language
from tests import builders
from tests.unit.reporting.folding import folded, material
from tests.unit.reporting.test_sections import FRAME

FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report of a community whose title a stranger chose."""
    events = [builders.content_created(id=f"c{n}", content_id=f"telegram:-1001234567890:{n}", text="Why?") for n in range(3)]
    events += [builders.content_created(id="a", content_id="x", kind="answer", question="telegram:-1001234567890:1")]
    states = material(folded(events))
    return compose(Names("Acme", dict.fromkeys(states.communities, FORMULA)), FRAME, states)


@pytest.mark.parametrize("language", list(Language))
def test_a_parquet_file_holds_the_lines_of_the_table_with_their_types(report: Report, language: Language) -> None:
    found = pd.read_parquet(io.BytesIO(as_parquet(report, language)))

    told = list(lines(report, language))
    assert len(found) == len(told)
    assert found["value"].dtype == float
    assert found["start"].map(type).eq(date).all()
    whole = found[(found["by"] == "whole") & (found["figure"] == "content") & (found["community"] == "")]
    assert whole["value"].tolist() == [4.0]
    unknown = next(n for n, line in enumerate(told) if line[5] is None)
    assert pd.isna(found["value"].iloc[unknown])


@pytest.mark.parametrize("language", list(Language))
def test_a_workbook_holds_numbers_under_names_and_no_formula(report: Report, language: Language) -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(report, language))) as file:
        texts = file.read("xl/sharedStrings.xml").decode()
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        book = file.read("xl/workbook.xml").decode()

    assert FORMULA.replace("'", "&apos;") in texts or FORMULA in texts
    assert all("<f>" not in sheet for sheet in sheets)
    assert f'name="{SHEETS["whole"].by(language)}"' in book
    assert "<v>4</v>" in sheets[0]


def printed(html: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "services.reporting.pages.pdf"]
    return subprocess.run(command, input=html.encode(), capture_output=True, check=False, timeout=60)


def unpacked(pdf: bytes) -> bytes:
    """Return what stands in the streams of a PDF file."""
    return b"".join(
        zlib.decompress(found) for found in re.findall(rb"FlateDecode.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
    )


@pytest.mark.parametrize("language", list(Language))
def test_a_pdf_is_made_of_the_page_and_says_its_language_and_title(report: Report, language: Language) -> None:
    made = printed(as_html(report, language))

    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(b"%PDF-1.7")
    told = unpacked(made.stdout)
    assert f"/Lang ({language.value})".encode() in told
    heading = WORDS["headlines"].by(language)
    bookmark = f"({heading})" if heading.isascii() else f"<feff{heading.encode('utf-16-be').hex()}>"
    assert f"/Title {bookmark}".encode() in told


def test_a_page_that_asks_for_a_file_is_not_given_it(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "secret.png")
    page = f'<html lang="en"><title>x</title><img src="file://{tmp_path}/secret.png" alt="a"><p>y'

    made = printed(page)

    assert made.returncode == 0, made.stderr
    assert b"/Subtype /Image" not in made.stdout + unpacked(made.stdout)
