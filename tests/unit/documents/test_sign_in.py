"""What docs/sign-in.md states is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.directory import ROLE_SCOPES, Role, Scope
from shared.http.pages import page
from shared.settings import Settings
from shared.staff import access, attempts, devices, passwords, sessions

TEXT = (Path(__file__).parents[3] / "docs" / "sign-in.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "stated",
    [
        f"{passwords.LENGTH_MIN} to {passwords.LENGTH_MAX} characters",
        f"({passwords.MEMORY_KIB // 1024} MB, {passwords.PASSES} passes, {passwords.LANES} lanes)",
        f"{passwords.AT_ONCE * passwords.MEMORY_KIB // 1024} MB at most; above {passwords.WAITING_MAX} that wait",
        f"good once, for {access.INVITED_FOR.total_seconds() / 3600:.0f} hours",
        f"{sessions.IDLE.total_seconds() / 3600:.0f} h without use, {sessions.WHOLE.total_seconds() / 3600:.0f} h in all",
        f"last used (to {sessions.NOTED_EVERY.seconds // 60} minutes)",
        f"After {attempts.ACCOUNT_FREE} failures for a name, or {attempts.ADDRESS_FREE} from an address",
        f"up to {attempts.WAIT_S_MAX} s",
        f"{devices.KNOWN_FOR.days} days after the last sign-in there",
        f"{attempts.device('x').free} failures there",
        f"{attempts.FORGOTTEN_AFTER.total_seconds() / 3600:.0f} h after the last",
    ],
)
def test_limits_are_stated_as_they_are(stated: str) -> None:
    assert stated.replace("2 hashes", "Two hashes") in TEXT


def test_what_authors_of_pages_are_told_to_call_is_there() -> None:
    assert "return page(request," in TEXT
    assert callable(page.page)
    assert callable(page.elsewhere)


@pytest.mark.parametrize(
    "address",
    [
        "http://staff.example.org",
        "https://staff.example.org/pages",
        "staff.example.org",
        "https://",
        "https://staff.example.org\n",
    ],
)
def test_pages_are_reached_by_https_or_on_this_machine(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(pages_url=address)

    assert Settings(pages_url="https://staff.example.org").pages_url is not None
    assert Settings(pages_url="http://localhost:8082").pages_url is not None


def test_the_page_has_a_row_for_every_role_of_people() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ", TEXT, re.MULTILINE)

    assert [row for row in rows if row != "role"] == [role.value for role in ROLE_SCOPES if role is not Role.KEY]
    for role in (Role.ANALYST, Role.SRE):
        assert Scope.DECISIONS_READ not in ROLE_SCOPES[role]
