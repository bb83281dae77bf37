"""What SQLite's index is asked for is what it has: letters of either case, and no others than it knows."""

import sqlite3

from backoffice.listing.search_index.trigrams import MOST_TRIGRAMS, expression


def test_trigrams_of_a_fragment() -> None:
    assert expression("ab") is None
    assert expression("abcd") == '"abc" AND "bcd"'
    assert expression("aaaa") == '"aaa"'
    assert expression('a"b') == '"a""b"'
    assert expression("a\0bcde") == '"bcd" AND "cde"'
    assert expression("ab\0cd") is None
    assert expression("აბგ") is None
    assert str(expression("".join(map(chr, range(60, 260))))).count(" AND ") == MOST_TRIGRAMS - 1


def test_letters_of_either_case_are_one_where_it_is_asked() -> None:
    """Those that `text.contains` takes for one: a letter, and the one letter that is its capital."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE entries USING fts5(text, detail=none, tokenize='trigram')")
    letters = [letter for letter in map(chr, range(128, 0x20000)) if letter < "\ud800" or letter > "\udfff"]
    cased = [letter for letter in letters if len(letter.upper()) == 1 and letter.upper().lower() == letter]
    pairs = [(letter, letter.upper()) for letter in cased if letter.upper() != letter]
    assert len(pairs) > 1_000
    for key, (_small, capital) in enumerate(pairs):
        connection.execute("INSERT INTO entries (rowid, text) VALUES (?, ?)", (key, capital * 3))
    asked = 0
    for key, (small, _capital) in enumerate(pairs):
        if question := expression(small * 3):
            asked += 1
            found = connection.execute(
                "SELECT rowid FROM entries WHERE entries MATCH ?", (question,)
            ).fetchall()
            assert (key,) in found, small
    assert asked > 200
    connection.close()
