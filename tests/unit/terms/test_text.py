from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.terms.text import JUDGED_CHARS_MAX, plain

DISGUISES = str.maketrans("aeopcx", "аеорсх")


def test_ordinary_text_is_only_lowered() -> None:
    text = plain("Доброе утро, Ёжик! Good morning.")

    assert text.plain == "доброе утро, ежик! good morning."
    assert text.back is None


def test_letters_that_look_alike_are_read_as_the_reader_reads_them() -> None:
    assert plain("pаssive incоme").plain == "passive income"
    assert plain("зapaбoтoк кaждый дeнь").plain == "заработок каждый день"


def test_invisible_characters_are_no_part_of_a_word_and_show_that_something_is_hidden() -> None:
    text = plain("ка\u200bзи\u200bно")

    assert text.plain == "казино"
    assert text.mixed == 2


def test_stretched_and_spaced_out_words_are_words() -> None:
    assert plain("каааазино").plain == "казино"
    assert plain("к а з и н о тут").plain == "казино тут"


def test_a_piece_is_given_back_in_the_authors_own_characters() -> None:
    written = "вот ка\u200bзи\u200bно тут"
    text = plain(written)
    start = text.plain.index("казино")

    begin, end = text.span(start, start + 6)

    assert written[begin:end] == "ка\u200bзи\u200bно"


@given(st.text())
def test_every_place_of_a_plain_text_leads_back_into_the_text(written: str) -> None:
    text = plain(written)

    spans = [text.span(place, place + 1) for place in range(len(text.plain))]

    assert all(0 <= start < end <= len(written) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text("abcdeghopxyz ,.абвгдежзиопристу", max_size=60))
def test_twins_change_nothing_that_is_found_in_words_with_a_letter_of_their_own(written: str) -> None:
    words = [word for word in plain(written).plain.split() if "z" in word and word.isascii()]

    disguised = [plain(f"{word.translate(DISGUISES)} zzz").plain.split()[0] for word in words]

    assert disguised == [plain(f"{word} zzz").plain.split()[0] for word in words]


def test_characters_that_stand_for_many_make_no_text_longer_than_what_is_judged() -> None:
    assert len(plain("\ufdfa" * JUDGED_CHARS_MAX).plain) <= JUDGED_CHARS_MAX
