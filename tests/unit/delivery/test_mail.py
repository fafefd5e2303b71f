"""A notice as a mail."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.delivery.sending.mail import TITLE_CHARS_MAX, Mail, server_of, written
from shared.documents.outward import Email

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_title_of_several_lines_is_one_header_and_no_book() -> None:
    mail = Mail("one", ["a@acme.example"], "Инцидент\r\nBcc: x@y.example " + "x" * 500, "text", AT)

    found = written(mail, "veche@acme.example")

    assert found["Bcc"] is None
    assert str(found["Subject"]).startswith("Инцидент Bcc: x@y.example")
    assert len(str(found["Subject"])) == TITLE_CHARS_MAX
    assert (found["Message-ID"], found["Auto-Submitted"]) == ("<one@acme.example>", "auto-generated")


@pytest.mark.parametrize(
    "title",
    ["=?utf-8?q?x=0d=0aBcc:_x@y.example?=", "a =?utf-8?b?CkJjYzogeEB5LmV4YW1wbGU=?= b", "a\x00b\x1b[1m\x85Bcc: x", "\ud800"],
)
def test_a_title_adds_no_header_to_the_mail_as_it_goes_out(title: str) -> None:
    raw = written(Mail("one", ["a@acme.example"], title, "text", AT), "veche@acme.example").as_bytes(policy=SMTP)

    found = message_from_bytes(raw, policy=SMTP)
    assert found.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert str(found["Subject"]).isprintable()


@given(st.text(max_size=300))
def test_whatever_a_title_holds_is_one_line_of_limited_length(title: str) -> None:
    subject = str(written(Mail("one", ["a@acme.example"], title, "text", AT), "veche@acme.example")["Subject"])

    assert len(subject.splitlines()) <= 1
    assert len(subject) <= TITLE_CHARS_MAX


@pytest.mark.parametrize("box", ["имя@acme.example", "=?utf-8?q?=0aBcc:x?=@acme.example", "a b@acme.example", "a@b\n"])
def test_a_mailbox_that_would_break_a_header_is_refused_when_it_is_declared(box: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"to": [box]}, Email)

    assert msgspec.convert({"to": ["o'neil+veche=1@acme.example"]}, Email).to


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
