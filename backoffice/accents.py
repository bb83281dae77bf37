"""Looking for words without minding accents: `unal` is found in `Ünal`, and the other way round.

MariaDB compares by a collation that does so. PostgreSQL takes the marks off by functions of its own, which an
index of the search index knows; SQLite by a function that only questions call, since other programs, which do
not have it, write to the same tables. Most texts have no such letter, which is seen at once.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, LargeBinary, and_, cast, func, literal, literal_column, or_

MARKS = re.compile("[\u0300-\u036f]")
STROKES = "øłđħı", "oldhi"
DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
# What SQLite knows: the letters of European languages, which are few enough to ask its index for all of them.
KNOWN_LETTERS = chain(range(0xC0, 0x180), range(0x218, 0x21C), range(0x386, 0x3CF), range(0x400, 0x460))
MARIADB_COLLATION = "utf8mb4_unicode_520_ci"
SQLITE_FUNCTION = "backoffice_without_accents"


def without_accents(text: str) -> str:
    """The text in small letters without their marks."""
    unmarked = normalize("NFC", MARKS.sub("", normalize("NFD", text.lower())))
    return unmarked.translate(str.maketrans(*STROKES))


def _plain_letters() -> Mapping[int, str]:
    plain = {code: without_accents(chr(code)) for code in KNOWN_LETTERS}
    return {code: one for code, one in plain.items() if len(one) == 1 and one != chr(code).lower()}


PLAIN_LETTERS = _plain_letters()


def without_known_accents(text: Any) -> Any:
    """The same as far as SQLite knows it; what is no text as it is."""
    return _lower(text).translate(PLAIN_LETTERS) if isinstance(text, str) else text


def _lower(text: str) -> str:
    # Of this letter alone Python makes two: a small one, and its dot apart.
    return text.replace(DOTTED_I, "i").lower()


def spellings(letter: str) -> list[str]:
    """The letters that SQLite takes for this one, itself the first: small, but for one that stays large."""
    marked = [chr(code) for code, plain in PLAIN_LETTERS.items() if plain == letter]
    return [letter, *(one for one in marked if one in (one.lower(), DOTTED_I))]


def is_marked(column: Any) -> ColumnElement[bool]:
    """Whether PostgreSQL may have a letter with a mark there."""
    marked: ColumnElement[bool] = func.octet_length(column) != func.char_length(column)
    return marked


def unmarked(column: Any) -> ColumnElement[str]:
    """What stands there without marks, for PostgreSQL; its index has just this, word by word."""
    decomposed = func.normalize(column, literal_column("NFD"))
    plain = func.regexp_replace(decomposed, *map(literal_column, (r"'[\u0300-\u036f]'", "''", "'g'")))
    marked, letters = (f"'{each}{each.upper()}'" for each in STROKES)
    strokes: tuple[ColumnElement[str], ...] = literal_column(marked), literal_column(letters)
    return func.translate(func.normalize(plain, literal_column("NFC")), *strokes)


def holds_in_postgresql(column: Any, word: str, pattern: Any, escape: str) -> ColumnElement[bool]:
    """Whether the column holds what `pattern` makes of a word, with accents or without."""
    asked = pattern(without_accents(word))
    marked = and_(is_marked(column), unmarked(column).ilike(asked, escape=escape))
    return or_(column.ilike(asked, escape=escape), marked)


def holds_in_sqlite(column: Any, word: str, pattern: Any, escape: str) -> ColumnElement[bool]:
    """The same."""
    asked = without_known_accents(word)
    found = func.instr(getattr(func, SQLITE_FUNCTION)(column), literal(asked)) > 0
    # As many bytes as letters are all ASCII.
    marked = and_(func.length(column) != func.length(cast(column, LargeBinary)), found)
    return or_(func.lower(column).like(pattern(asked), escape=escape), marked) if asked.isascii() else marked


def holds_in_mariadb(column: Any, word: str, pattern: Any, escape: str) -> ColumnElement[bool]:
    """The same, whatever the column's own collation is."""
    text = func.convert(column.op("USING")(literal_column("utf8mb4")))
    return text.collate(MARIADB_COLLATION).like(pattern(word), escape=escape)
