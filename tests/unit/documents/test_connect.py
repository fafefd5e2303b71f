"""What the pages about connecting have people type is sound: documents, commands, variables; and what is untold is named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer.main

from services.__main__ import app
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.meta import instagram, page
from services.ingest.connectors.slack import callbacks as slack
from services.ingest.sources.telegram import UPDATES
from shared.documents.directory import Connection
from shared.documents.reading import Source, read
from shared.platforms import FACTS, PLATFORMS
from shared.platforms.facts import COMMERCE, KPIS

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted(DOCS.glob("connect-*.md"))
SECTIONS = (
    "Credentials",
    "The connection",
    "See that it works",
    "A new secret",
    "What it does not tell",
    "What goes wrong most often",
)
SOON = ("ingest status",)
"""Commands that another branch brings; once they are there, they are held to the pages like all others."""


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text(page), re.DOTALL)


def documents(page: Path) -> list[Source]:
    return [source for block in blocks(page, "yaml") for source in read(block, page.name)]


def connections(page: Path) -> list[Connection]:
    return [msgspec.convert(source.document.spec, Connection) for source in documents(page)]


def commands() -> list[str]:
    lines = [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    quoted = [word for page in PAGES for word in re.findall(r"`(veche [^`]+)`", text(page))]
    return sorted({line.partition("#")[0].strip() for line in (*lines, *quoted) if line.startswith("veche ")})


def test_every_platform_has_a_page() -> None:
    assert {one.platform for page in PAGES for one in connections(page)} == set(CONNECTORS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_leads_from_the_platform_to_what_goes_wrong(page: Path) -> None:
    headings = re.findall(r"^## (.*)", text(page), re.MULTILINE)

    assert tuple(headings[1:]) == SECTIONS
    assert headings[0].startswith("At ")


@pytest.mark.parametrize("line", commands())
def test_every_command_is_understood(line: str) -> None:
    words = shlex.split(line)[1:]
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        name = words.pop(0)
        if name not in command.commands:
            assert line.removeprefix("veche ") in SOON
            return
        command = command.commands[name]

    assert command.make_context(command.name, words).params is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_variable_of_a_document_is_set_before_or_is_the_one_that_replaces_it(page: Path) -> None:
    named = set(re.findall(r"env: ([A-Z_]+)", "".join(blocks(page, "yaml"))))
    set_ = set(re.findall(r"^export ([A-Z_]+)=", "".join(blocks(page, "sh")), re.MULTILINE))

    assert named - {f"{name}_NEW" for name in set_} == set_


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_webhooks_show_how_two_secrets_are_valid_at_once(page: Path) -> None:
    hooks = [one for one in connections(page) if one.mode == "webhook"]

    assert not hooks or any(len(one.secrets) == 2 for one in hooks)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_its_platforms_do_not_tell(page: Path) -> None:
    said = " ".join(text(page).split())
    for platform in {one.platform for one in connections(page)} - {"events"}:
        untold = [fact.name.en for fact in FACTS if fact not in PLATFORMS[platform].tells | {COMMERCE, KPIS}]
        assert f"ot told: {', '.join(untold)}." in said


def test_the_readme_names_every_page() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")

    assert all(f"(docs/{page.name})" in readme for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", text(page))

    assert linked
    assert all((DOCS / name).exists() for name in linked)


SUBSCRIBED = {
    "connect-telegram": {*UPDATES} - {"chat_boost"},
    "connect-slack": {"message.channels", "message.groups", *slack.KINDS} - {"message"},
    "connect-meta": {*page.FIELDS, *instagram.READ},
}
"""What a platform has to be asked for by name: all that its connector makes events of."""


@pytest.mark.parametrize("name", SUBSCRIBED)
def test_what_a_platform_is_asked_for_is_all_that_is_read(name: str) -> None:
    said = set(re.findall(r"[\"`]([a-z_.]+)[\"`]", text(DOCS / f"{name}.md")))

    assert SUBSCRIBED[name] <= said
