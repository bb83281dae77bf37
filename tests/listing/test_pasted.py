"""Several values in one text, as they come from a keyboard, a spreadsheet or an address book."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.exceptions import Invalid
from backoffice.listing.pasted import pasted_values, tidied, written_values

PASTED = [
    ("susan", ["susan"]),
    ("susan, John ,,nobody", ["susan", "John", "nobody"]),
    ("susan;john;mary", ["susan", "john", "mary"]),
    ("susan\njohn\r\nmary\r\n", ["susan", "john", "mary"]),
    ("susan\tjohn\tmary", ["susan", "john", "mary"]),
    ("a\t1\nb\t2\n", ["a", "1", "b", "2"]),
    ("susan; john,mary\nzoe", ["susan", "john", "mary", "zoe"]),
    ("susan,susan , susan", ["susan"]),
    ('"Doe, Jane"', ["Doe, Jane"]),
    ('"Doe, Jane"; "Roe; Richard"\n"a\tb"', ["Doe, Jane", "Roe; Richard", "a\tb"]),
    ('"two\nlines", one', ["two\nlines", "one"]),
    ('"say ""yes""", no', ['say "yes"', "no"]),
    ("'susan', 'john'", ["susan", "john"]),
    ("'Doe, Jane', 'it''s'", ["Doe, Jane", "it's"]),
    ("“Doe, Jane”; „Roe, R.“; «Poe, E.»", ["Doe, Jane", "Roe, R.", "Poe, E."]),
    ("O'Brien, it's, 't Hooft", ["O'Brien", "it's", "'t Hooft"]),
    ('5" disk, 7" disk', ['5" disk', '7" disk']),
    ("Jane Doe <jane@example.com>", ["jane@example.com"]),
    (
        '"Doe, Jane" <jane@example.com>, Richard Roe <r@example.com>; <p@example.com>\nq@example.com',
        ["jane@example.com", "r@example.com", "p@example.com", "q@example.com"],
    ),
    ("a <b, c> d, 1 < 2", ["a <b", "c> d", "1 < 2"]),
    ('"Jane <jane@example.com>"', ["Jane <jane@example.com>"]),
    ("\ufeffsusan\njohn", ["susan", "john"]),
    (
        "\ufeffsusan\r\n\ufeffjohn\u200b, \u202amary\u202c;\u2060zoe\u200e \u200f",
        ["susan", "john", "mary", "zoe"],
    ),
    ('\u200b"Doe, Jane"\u200b; \u200bRoe <r@example.com>\u200e', ["Doe, Jane", "r@example.com"]),
    ('"\u200bkept\u200b", in\u200bside', ["\u200bkept\u200b", "in\u200bside"]),
    ("a\u2028b\u2029c\vd\fe\x85f", ["a", "b", "c", "d", "e", "f"]),
    ("two words, 100%, a_b, \u00dcnal, 🦉", ["two words", "100%", "a_b", "\u00dcnal", "🦉"]),
    ("  spaces  ,\u00a0hard ones\u00a0", ["spaces", "hard ones"]),
    ('" kept "', [" kept "]),
    ("", []),
    (' ,;\n\t""', []),
]


@pytest.mark.parametrize(("text", "values"), PASTED)
def test_values_are_read_as_they_come(text: str, values: list[str]) -> None:
    assert list(pasted_values(text)) == values


@pytest.mark.parametrize(
    "text", ['"susan', "“Doe, Jane", "a; «b, c", "„a, b", 'john, "susan', '"a" b', '"a, b" c', '"a"b"', '"""']
)
def test_a_quotation_that_does_not_end_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="quotation mark"):
        pasted_values(text)
    assert tidied(text) == text


@given(st.lists(st.text(alphabet=" ,;\t\n\"'“”«<>@ab.\ufeff\u202a", min_size=1, max_size=8), max_size=6))
def test_what_was_written_is_read(values: list[str]) -> None:
    values = list(dict.fromkeys(values))
    assert list(pasted_values(written_values(values))) == values


@given(st.text(alphabet=" ,;\t\n\"'“”«<>@ab.", max_size=40))
def test_what_is_tidied_means_the_same(text: str) -> None:
    try:
        values = pasted_values(text)
    except Invalid:
        return
    assert pasted_values(tidied(text)) == values


@pytest.mark.parametrize(
    "evil",
    ['"', "'", '"a', "<", " ", "a<", "a@<", "'a,", "\t ", "a ", "“", '"",', "\u200b", "a\u200b", " \u200ba"],
)
def test_long_nonsense_is_soon_read(evil: str) -> None:
    text = evil * (8_000 // len(evil))
    try:
        pasted_values(text)
    except Invalid:
        return
