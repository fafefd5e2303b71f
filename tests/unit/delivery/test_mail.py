"""A notice as a mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from services.delivery.sending.mail import TITLE_CHARS_MAX, Mail, server_of, written

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_title_of_several_lines_is_one_header_and_no_book() -> None:
    mail = Mail("one", ["a@acme.example"], "Инцидент\r\nBcc: x@y.example " + "x" * 500, "text", AT)

    found = written(mail, "veche@acme.example")

    assert found["Bcc"] is None
    assert str(found["Subject"]).startswith("Инцидент Bcc: x@y.example")
    assert len(str(found["Subject"])) == TITLE_CHARS_MAX
    assert (found["Message-ID"], found["Auto-Submitted"]) == ("<one@acme.example>", "auto-generated")


@pytest.mark.parametrize(
    ("url", "port", "user"),
    [
        ("smtp://mail.example", 587, None),
        ("smtps://veche%40acme@mail.example/", 465, "veche@acme"),
        ("smtp+plain://mail.example:2525", 2525, None),
    ],
)
def test_a_server_is_told_by_its_address(url: str, port: int, user: str | None) -> None:
    found = server_of(url, SecretStr("of-acme"), "veche@acme.example")

    assert (found.host, found.port, found.user) == ("mail.example", port, user)
    assert "of-acme" not in repr(found)
