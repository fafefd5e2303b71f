"""The pages about quizzes and activities name what there is: commands, limits, fields, samples that can be applied."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest
import typer.main

from services.__main__ import app
from services.engagement.api.things import Part
from services.engagement.rules.participation import guests
from services.engagement.rules.participation.activities import AROUND, TRIERS_MAX
from services.engagement.rules.participation.activity_letters import TOLD_AT_ONCE
from services.engagement.rules.participation.doings import Answer, Begin
from services.engagement.rules.participation.kinds import DOCUMENTS, MECHANISMS
from services.engagement.rules.participation.quiz_telling import QUESTION_CHARS_MAX
from services.engagement.rules.participation.quizzes import COUNTED_AT_ONCE, PLAYERS_MAX, SETTLE
from shared.documents import KINDS
from shared.documents.activities import CAPACITY_MAX, WAITING_MAX, Activity
from shared.documents.quizzes import OPTIONS_MAX, QUESTIONS_MAX, Quiz
from shared.documents.reading import read
from shared.documents.things import Thing

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("quizzes", "activities")}
FLAT = {name: " ".join(text.split()) for name, text in PAGES.items()}


@pytest.mark.parametrize("line", re.findall(r"^veche .*$", "\n".join(PAGES.values()), re.MULTILINE))
def test_the_commands_of_the_pages_are_there(line: str) -> None:
    words = shlex.split(line.partition(" #")[0])

    with pytest.raises(SystemExit) as ended:
        typer.main.get_command(app)([*words[1:], "--help"], prog_name="veche")

    assert ended.value.code == 0


@pytest.mark.parametrize("file", ["quiz", "activity"])
def test_the_samples_can_be_applied(file: str) -> None:
    (source,) = read((DOCS / "samples" / f"{file}.yaml").read_text(encoding="utf-8"), file)

    kind = source.document.kind
    MECHANISMS[DOCUMENTS[kind]].check(msgspec.convert(source.document.spec, KINDS[kind].spec))


@pytest.mark.parametrize(("page", "spec"), [("quizzes", Quiz), ("activities", Activity)])
def test_every_field_stands_on_its_page(page: str, spec: type[Thing]) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(spec)}

    assert fields <= {*re.findall(r"`([a-z_]+)`", PAGES[page])}


def test_what_a_portal_sends_is_understood() -> None:
    bodies = re.findall(r"-d '(\{.*?\})'", PAGES["quizzes"])

    assert [msgspec.json.decode(body, type=Part).does for body in bodies] == [Begin(), Answer(question=0, options=(1,))]


def test_the_pages_name_the_limits() -> None:
    quizzes, activities = FLAT["quizzes"], FLAT["activities"]

    assert f"{QUESTIONS_MAX} questions; {PLAYERS_MAX:,} players" in quizzes
    assert f"up to {OPTIONS_MAX} `options`" in quizzes
    assert f"more than {QUESTION_CHARS_MAX} characters" in quizzes
    assert f"steps of {COUNTED_AT_ONCE} members" in quizzes
    assert f"{SETTLE.seconds} s after `until`" in quizzes
    assert f"up to {CAPACITY_MAX:,} |" in activities
    assert f"up to {WAITING_MAX:,}; 0: nobody" in activities
    assert f"steps of {TOLD_AT_ONCE}," in activities
    assert f"{guests.GUESTS_MAX:,} members are known" in activities
    assert f"When {TRIERS_MAX:,} members" in activities
    assert (AROUND.seconds, guests.TRIES_MAX, guests.CODE_CHARS, len(guests.ALPHABET)) == (3600, 5, 6, 31)
    assert 31**6 // (10_000 * guests.TRIES_MAX) // 1_000 == 17


@pytest.mark.parametrize("page", PAGES)
def test_what_they_link_to_is_there_and_they_are_linked_to(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", PAGES[page]) if "://" not in link]

    assert links
    assert all((DOCS / link).exists() for link in links)
    assert f"(docs/{page}.md)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
