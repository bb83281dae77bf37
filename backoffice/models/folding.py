"""When two names are one: Unicode's case folding, the same on every database. Accents tell people apart."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from backoffice.models.invisible import visible

# As many spellings are looked up in an index; where there are more, letters are replaced row by row.
MOST_SPELLINGS = 1_000
LONGEST_FOLDED = 190
# The only letter of which `lower()` makes another one than folding does, and one of ASCII.
DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"


def folded_name(name: str) -> str:
    """What a name of the console's own accounts is told apart by: NFKC, without case and what nobody sees.

    Unicode calls this NFKC_Casefold. One that gets too long for an index is its digest.
    """
    once = unicodedata.normalize("NFKC", visible(unicodedata.normalize("NFKC", name)))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", once.casefold()).casefold())
    return text if len(text) <= LONGEST_FOLDED else sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def same(column: InstrumentedAttribute[str], value: str) -> ColumnElement[bool]:
    """Whether a column of the application holds `value` but for case, as Unicode folds it.

    No database does that alike: SQLite's `lower()` leaves letters beyond ASCII as they are, PostgreSQL's goes
    by the locale, and MariaDB compares as the column's collation says. What is plain, as most names are, can
    be spelt in a few ways, and is found by an index on `lower()`; else each letter that matters is replaced.
    """
    wanted, spellings = value.casefold(), few_spellings(value)
    if spellings:
        without = func.replace(column, DOTTED_I, "", type_=String)
        return and_(exactly(func.lower(column)).in_(spellings), exactly(without) == exactly(column))
    held: ColumnElement[Any] = column.expression
    for letter, small in _letters_folding_into(wanted):
        held = func.replace(held, letter, small, type_=String)
    return exactly(func.lower(held)) == exactly(func.lower(wanted))


def few_spellings(value: str) -> list[str]:
    """All that folds into the same as `value`, without capitals of ASCII; nothing where that is much."""
    wanted = value.casefold()
    spellings = list(islice(_spellings(wanted), MOST_SPELLINGS + 1)) if wanted.isascii() else []
    return spellings if len(spellings) <= MOST_SPELLINGS else []


class exactly(FunctionElement[str]):  # noqa: N801, it stands in statements like a function of the database
    """A text that is compared letter by letter, whatever the collation of its column."""

    inherit_cache = True
    type = String()


@compiles(exactly)
def _as_it_stands(element: exactly, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(exactly, "mysql", "mariadb")
def _in_binary(element: exactly, compiler: SQLCompiler, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"(CAST({text} AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin)"


def _spellings(wanted: str) -> Iterator[str]:
    """What folds into `wanted`, without capitals of ASCII."""
    if not wanted:
        yield ""
        return
    others = _letters_beginning_with().get(wanted[0], ())
    beginnings = [(wanted[0], 1), *((one, len(small)) for one, small in others if wanted.startswith(small))]
    for letter, length in beginnings:
        for rest in _spellings(wanted[length:]):
            yield letter + rest


@cache
def _letters_beginning_with() -> dict[str, list[tuple[str, str]]]:
    """The same by the first letter that each is folded into."""
    found: dict[str, list[tuple[str, str]]] = {}
    for letter, small in _letters():
        found.setdefault(small[0], []).append((letter, small))
    return found


def _letters_folding_into(wanted: str) -> list[tuple[str, str]]:
    letters = [(letter, small) for letter, small in _letters() if small in wanted]
    return letters if "i\u0307" in wanted else [*letters, (DOTTED_I, DOTTED_I.casefold())]


@cache
def _letters() -> list[tuple[str, str]]:
    """Every letter beyond ASCII that case folding changes, and into what."""
    letters = map(chr, range(128, 0x1E944))
    return [(letter, letter.casefold()) for letter in letters if letter != letter.casefold()]
