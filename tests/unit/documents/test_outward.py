"""What the pages about telling staff and other services state is what the code does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
import typer.main

from services.delivery.notices.cli import add_commands
from services.delivery.rules.declared import check_notify, check_subscription
from services.delivery.rules.notices.telling import OPEN_MAX
from services.delivery.rules.webhooks import choosing, retries, signing
from services.delivery.sending import sender, subscriber, webhook
from services.delivery.store import outgoing, places
from shared.documents.outward import ROUTES_MAX, Notify, Occasion, Subscription
from shared.documents.reading import read
from shared.topics import ACTIONS, EVENTS, GRANTS, PUBLIC

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("notify", "webhooks")}
ALL = "\n".join(PAGES.values())
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", ALL, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("veche delivery")
]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = [bytes(range(32)), b"another key of twenty-four bytes"]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_is_understood(line: str) -> None:
    app = typer.Typer()
    add_commands(app)
    group = typer.main.get_command(app)
    words = shlex.split(line, comments=True)

    command = group.commands[words[2]]  # type: ignore[attr-defined] # a group has commands
    asked = command.make_context(words[2], words[3:]).params

    assert asked["brand"] == "acme"


def test_the_documents_of_the_pages_are_taken() -> None:
    (notify,) = (read(one, "notify") for one in blocks("notify", "yaml"))
    (subscription,) = (read(one, "webhooks") for one in blocks("webhooks", "yaml"))

    check_notify(msgspec.convert(notify[0].document.spec, Notify), private=False)
    check_subscription(msgspec.convert(subscription[0].document.spec, Subscription), private=False)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page], re.DOTALL)


def receivers_code() -> Callable[..., bool]:
    """Return the function that receivers are given on the page."""
    (code,) = blocks("webhooks", "python")
    names: dict[str, Any] = {}
    exec(compile(code, "docs/webhooks.md", "exec"), names)  # noqa: S102 - what the page shows is run as it stands
    found: Callable[..., bool] = names["is_ours"]
    return found


def test_the_receiver_of_the_page_takes_what_we_sign_and_nothing_else() -> None:
    is_ours, body = receivers_code(), '{"text": "Привет"}'.encode()
    secrets = ["whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    told = signing.headers(KEYS, "id-1", NOW, body)
    at = NOW.timestamp()

    assert signing.key_of(secrets[0]) == KEYS[0]
    assert is_ours(told, body, secrets, at)
    assert not is_ours(told, body + b" ", secrets, at)
    assert not is_ours(told, body, secrets, at + 301)
    assert not is_ours({**told, "webhook-id": "id-2"}, body, secrets, at)
    assert not is_ours({**told, "webhook-signature": told["webhook-signature"].split()[1]}, body, secrets, at)
    assert not is_ours({}, body, secrets, at)


def test_every_occasion_stands_in_the_table() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", PAGES["notify"], re.MULTILINE))

    assert told - {"occasion"} == set(Occasion.__args__)  # type: ignore[attr-defined] # a Literal has them


@pytest.mark.parametrize(
    "stated",
    [
        f"after {choosing.REFUSED_MAX} tries",
        f"fails {choosing.FAILED_MAX} times while others",
        f"failures for {retries.DEAD.days} days",
        f"within {webhook.WHOLE_S:.0f} s",
        f"{subscriber.AT_ONCE_MAX}; {sender.AT_ONCE_MAX}; {sender.OF_BRAND_MAX}; {sender.OF_ONE_MAX}",
        f"| {subscriber.READ_MAX} |",
        f"{places.LEASE.seconds} s (subscriptions), {outgoing.LEASE.seconds} s (notices)",
        f"of {signing.KEY_BYTES_MIN} to {signing.KEY_BYTES_MAX} bytes",
        f"{EVENTS.retention.days} days for `community.events.v1`, {GRANTS.retention.days} for",
        f"{ROUTES_MAX} routes a brand",
        f"of one community {OPEN_MAX} things",
    ],
)
def test_the_limits_are_those_of_the_code(stated: str) -> None:
    assert stated in ALL


def test_the_pauses_and_the_refusals_are_those_of_the_code() -> None:
    (listed,) = re.findall(r"tried again after (.*?), a fifth more or less by chance: ten times", PAGES["webhooks"])
    seconds = [int(n) * {"s": 1, "min": 60, "h": 3_600}[unit] for n, unit in re.findall(r"(\d+) (s|min|h)", listed)]
    in_place = [float(n) for n in re.findall(r"\d+", "after 1, 5, 30, 120 and then every 300 s")]

    assert (tuple(seconds), retries.TRIES_MAX) == (retries.PAUSES_S, 10)
    assert tuple(in_place) == tuple(choosing.PAUSES_S)
    assert "after 1, 5, 30, 120 and then every 300 s" in PAGES["webhooks"]
    assert ", ".join(map(str, sorted(webhook.ABOUT_THIS_ONE))) in PAGES["webhooks"]


def test_retention_is_a_year_but_where_the_page_says_otherwise() -> None:
    assert {topic for topic in PUBLIC if topic.retention.days != 365} == {EVENTS, GRANTS, ACTIONS}


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", ALL))))
def test_what_they_link_to_is_there(linked: str) -> None:
    assert (DOCS / linked).exists()
