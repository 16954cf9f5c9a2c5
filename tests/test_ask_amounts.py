"""Numbers are found in a text however they are written."""

from decimal import Decimal

import pytest

from tests.ask.amounts import amounts, spelled


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("en", "655.23 MB of 1,024 (64%)", ["655.23", "1024", "64"]),
        ("en", "1,234,567.5 bytes", ["1234567.5"]),
        ("en", "16\u202f384 MB", ["16384"]),
        ("en", "in 2024 500 came", ["2024", "500"]),
        ("en", "It is 65.", ["65"]),
        ("en", "core3 and x86_64", ["3", "86", "64"]),
        ("en", "-3 % or 2-3", ["3", "2", "3"]),
        ("en", "0.50", ["0.5"]),
        ("en", "٣ and ½ and 10²", ["3", "1", "2", "102"]),
        ("en", "20, 30 and 40", ["20", "30", "40"]),
        ("en", "1234,567", ["1234.567"]),
        ("fr", "65,2 %", ["65.2"]),
        ("fr", "65.2 %", ["65.2"]),
        ("fr", "1\u202f234,5 Mo", ["1234.5"]),
        ("fr", "1\u00a0234\u00a0567 octets", ["1234567"]),
        ("fr", "16 384 Mo", ["16384"]),
        ("fr", "0 100", ["0", "100"]),
        ("fr", "1234 567", ["1234", "567"]),
        ("fr", "1,234 Go", ["1.234"]),
        ("fr", "65,2 384", ["65.2", "384"]),
        ("fr", "20, 30 et 40", ["20", "30", "40"]),
        ("en", "none", []),
    ],
)
def test_the_likeliest_reading_is_that_of_the_language(lang: str, text: str, values: list[str]) -> None:
    assert [each.value for each in amounts(text, lang)] == list(map(Decimal, values))


def test_what_may_be_a_list_has_both_readings() -> None:
    (pair,) = amounts("20,30", "en")
    assert pair.readings == ((Decimal("20.30"),), (Decimal(20), Decimal(30)))
    (grouped,) = amounts("cœur 3 100 %", "fr")
    assert grouped.readings == ((Decimal(3100),), (Decimal(3), Decimal(100)))


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("text", ["1,2,3,4", "1.2.3.4", "12:30", "1e9", "1,23,456 7 8910", "3,14.15", "0,001 000"])
def test_no_digit_is_left_out(lang: str, text: str) -> None:
    found = "".join(each.text for each in amounts(text, lang))
    assert [each for each in found if each.isdigit()] == [each for each in text if each.isdigit()]


@pytest.mark.parametrize(
    ("lang", "text", "values"),
    [
        ("en", "About Fifty percent", [50]),
        ("en", "twenty-five of two hundred and six", [25, 206]),
        ("en", "two and three", [2, 3]),
        ("en", "the one that is often weighty", []),
        ("fr", "vingt et un", [21]),
        ("fr", "soixante-dix pour cent", [70]),
        ("fr", "quatre-vingt-dix-sept", [97]),
        ("fr", "quatre-vingts", [80]),
        ("fr", "deux mille trois cents", [2300]),
        ("fr", "un disque neuf, pour cent raisons", []),
        ("fr", "dix-neuf", [19]),
    ],
)
def test_numbers_in_words_are_found(lang: str, text: str, values: list[int]) -> None:
    assert [each.value for each in spelled(text, lang)] == values
