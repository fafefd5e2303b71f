"""What every page tells the browser, in which language it is, and where errors lead."""

from __future__ import annotations

import re

import pytest

from shared.http.doors import local
from shared.http.pages.languages import language_of
from shared.http.pages.words import WORDS
from shared.said import Language
from tests.unit.http.pages import LOCAL, browser

PUBLIC = "https://staff.example.org"
OTHER = "http://127.0.0.1:8086"


async def test_a_page_forbids_all_that_it_does_not_need() -> None:
    async with browser() as asked:
        headers = (await asked.get("/member")).headers

    assert set(headers["content-security-policy"].split("; ")) == {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("origin", "pages_url", "is_told"),
    [
        (LOCAL, None, False),
        ("http://localhost:8082", None, False),
        (PUBLIC, None, True),
        ("http://staff.example.org", None, True),  # TLS ends at a proxy, or nowhere, and then browsers do not heed it
        (LOCAL, PUBLIC, True),
    ],
)
async def test_only_where_people_come_by_https_they_are_told_to_stay_with_it(
    origin: str, pages_url: str | None, *, is_told: bool
) -> None:
    async with browser(origin, pages_url) as asked:
        headers = (await asked.get("/member")).headers

    assert ("strict-transport-security" in headers) is is_told


async def test_what_a_member_is_called_is_no_markup() -> None:
    async with browser() as asked:
        text = (await asked.get("/member", params={"name": "<script>alert(1)</script>"})).text

    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text


async def test_no_page_has_style_or_script_within() -> None:
    async with browser() as asked:
        text = (await asked.get("/member")).text

    assert re.findall(r"<style|<script(?! src)| style=| on[a-z]+=", text) == []


async def test_files_are_named_for_what_they_hold_and_are_kept_for_ever() -> None:
    async with browser() as asked:
        (path,) = re.findall(r'href="(/pages/style\.[0-9a-f]{12}\.css)"', (await asked.get("/member")).text)
        found, other = await asked.get(path), await asked.get("/pages/style.css")

    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert ":root" in found.text
    assert other.status_code == 404


@pytest.mark.parametrize(
    ("chosen", "kept", "accepted", "expected"),
    [
        (None, None, "", Language.EN),
        (None, None, "ru-RU,ru;q=0.9,en;q=0.8", Language.RU),
        (None, None, "de, en;q=0.3, ru;q=0.7", Language.RU),
        (None, None, "ru;q=0, en;q=0.1", Language.EN),
        (None, None, "ru;q=nonsense", Language.EN),
        (None, "ru", "en", Language.RU),
        ("en", "ru", "ru", Language.EN),
        ("xx", "ru", "en", Language.RU),
        ("xx", "<b>", "*", Language.EN),
    ],
)
def test_the_language_is_the_chosen_one_else_the_kept_one_else_the_browser_s(
    chosen: str | None, kept: str | None, accepted: str, expected: Language
) -> None:
    assert language_of(chosen, kept, accepted) is expected


async def test_a_chosen_language_is_kept_and_the_switch_stays_on_the_page() -> None:
    async with browser() as asked:
        first = await asked.get("/member", params={"name": "x", "lang": "ru"})
        second = await asked.get("/member")

    assert 'href="?name=x&amp;lang=en"' in first.text
    assert (first.headers["content-language"], second.headers["content-language"]) == ("ru", "ru")
    assert '<html lang="ru">' in second.text
    assert "Участник" in second.text


def test_all_words_are_written_in_both_languages() -> None:
    cyrillic = re.compile("[а-яё]", re.IGNORECASE)

    assert [name for name, said in WORDS.items() if not cyrillic.search(said.ru) or cyrillic.search(said.en)] == []


@pytest.mark.parametrize("path", ["/", "/cases?community=telegram:-1&x=%2F", "/a/b#c"])
def test_sign_in_leads_back_to_our_own_pages(path: str) -> None:
    assert local(path) == path


@pytest.mark.parametrize(
    "path", ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\nb", "/a\\b", "/é"]
)
def test_sign_in_leads_to_nobody_elses_pages(path: str) -> None:
    assert local(path) == "/"


async def test_a_person_who_is_not_known_is_led_to_sign_in_and_a_program_is_told() -> None:
    async with browser() as asked:
        person = await asked.get("/closed?a=1")
        program = await asked.get("/closed", headers={"accept": "application/json"})

    assert (person.status_code, person.headers["location"]) == (303, "/sign-in?next=%2Fclosed%3Fa%3D1")
    assert program.status_code == 401


async def test_what_is_not_there_is_told_on_a_page() -> None:
    async with browser() as asked:
        answer = await asked.get("/nowhere")

    assert answer.status_code == 404
    assert 'role="alert">Not Found' in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    ("origin", "pages_url", "told", "status"),
    [
        (LOCAL, None, {"origin": LOCAL, "sec-fetch-site": "same-origin"}, 200),
        (LOCAL, None, {"origin": LOCAL}, 200),
        (LOCAL, None, {"sec-fetch-site": "same-origin"}, 200),
        (LOCAL, None, {}, 403),
        (LOCAL, None, {"origin": "null"}, 403),
        (LOCAL, None, {"origin": "https://127.0.0.1:8082"}, 403),
        (LOCAL, None, {"origin": LOCAL, "sec-fetch-site": "same-site"}, 403),
        ("http://inside:8082", None, {"origin": "http://inside:8082"}, 403),
        ("http://inside:8082", PUBLIC, {"origin": PUBLIC}, 200),
        ("http://inside:8082", PUBLIC + "/", {"origin": PUBLIC}, 200),
        ("http://inside:8082", PUBLIC, {"origin": "https://inside:8082"}, 403),
        (OTHER, LOCAL, {"origin": OTHER, "sec-fetch-site": "same-origin"}, 200),
        (OTHER, LOCAL, {"origin": LOCAL, "sec-fetch-site": "same-site"}, 403),
        (OTHER, PUBLIC, {"origin": OTHER}, 200),
        (OTHER, PUBLIC, {"origin": LOCAL}, 403),
        (OTHER, PUBLIC, {"origin": PUBLIC}, 200),
        ("http://localhost:8086", PUBLIC, {"origin": "http://localhost:8086"}, 200),
        ("http://[::1]:8086", PUBLIC, {"origin": "http://[::1]:8086"}, 200),
        ("http://localhost:8086", PUBLIC, {"origin": OTHER}, 403),
        ("http://led-here.example:8086", LOCAL, {"origin": "http://led-here.example:8086"}, 403),
        ("http://localhost.example:8086", LOCAL, {"origin": "http://localhost.example:8086"}, 403),
        ("http://127.0.0.1.example:8086", LOCAL, {"origin": "http://127.0.0.1.example:8086"}, 403),
        ("https://127.0.0.1:8086", PUBLIC, {"origin": "https://127.0.0.1:8086"}, 403),
    ],
)
async def test_a_form_is_taken_from_our_own_pages_alone(
    origin: str, pages_url: str | None, told: dict[str, str], status: int
) -> None:
    async with browser(origin, pages_url, accept="*/*") as asked:
        answer = await asked.post("/send", data={"a": "1"}, headers=told)

    assert answer.status_code == status


async def test_who_sends_a_form_from_elsewhere_is_told_on_a_page() -> None:
    async with browser(OTHER, PUBLIC) as asked:
        answer = await asked.post("/send", data={"a": "1"}, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403
    assert 'role="alert">this was sent by a page of another address' in answer.text


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (3, "198.51.100.1, 203.0.113.9", "192.0.2.1"),
    ],
)
async def test_an_address_is_believed_of_our_own_proxies_alone(proxies: int, forwarded: str, address: str) -> None:
    async with browser(proxies=proxies) as asked:
        answer = await asked.post("/send", headers={"origin": LOCAL, "x-forwarded-for": forwarded})

    assert answer.text == f"||{address}"


async def test_a_form_is_read_with_all_its_boxes_and_one_that_no_browser_sends_is_refused() -> None:
    form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "origin": LOCAL}

    async with browser() as asked:
        good = await asked.post("/send", content=b"a=1&a=%D1%8F&b=", headers=form)
        bad = [await asked.post("/send", content=body, headers=form) for body in (b"a=\xff", b"a=%FF", b"a=1&" * 1_001)]
        large = await asked.post("/send", content=b"a=" + b"x" * 100_000, headers=form)

    assert good.text == "1|1,я|192.0.2.1"
    assert [answer.status_code for answer in bad] == [422] * 3
    assert large.status_code == 413
