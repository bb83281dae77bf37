"""Text is compared in any case, and every character of it means itself."""

from collections.abc import Callable
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, create_engine, delete, insert, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from backoffice.extensions import Model
from backoffice.listing import text
from backoffice.models import Operation
from tests.listing.tables import Base, Sample

pytestmark = pytest.mark.every_database

SQLITE = create_engine("sqlite://", poolclass=StaticPool)
Base.metadata.create_all(SQLITE)

# What each comparison means, in the words of Python.
MEANINGS: list[tuple[Callable[..., Any], Callable[[str, str], bool]]] = [
    (text.equals, str.__eq__),
    (text.begins_with, str.startswith),
    (text.contains, str.__contains__),
]
NASTY = [
    *[
        "susan",
        "Susan",
        "SUSAN B",
        "su_an",
        "su%an",
        "a\U0001f600b",
        "\U0001f600",
        "a/b",
        "a\\b",
        "\\%",
        "/_",
        "''",
    ],
    *[
        "%",
        "_",
        "/",
        "\\",
        "'",
        '"',
        "--",
        ";",
        "[a]",
        "*",
        "?",
        "^$",
        "{{x}}",
        "%(a)s",
        ":a",
        "%s",
        "?1",
        "$1",
    ],
]


def fill(session: Session, words: list[str]) -> None:
    session.execute(delete(Sample))
    session.execute(insert(Sample), [{"id": key, "word": word} for key, word in enumerate([*words, None])])


def found(session: Session, compare: Callable[..., Any], value: str) -> set[str]:
    dialect = session.get_bind().dialect.name
    return set(session.scalars(select(Sample.word).where(compare(Sample.word, value, dialect))))


def meant(meaning: Callable[[str, str], bool], words: list[str], value: str) -> set[str]:
    return {word for word in words if meaning(word.lower(), value.lower())}


def test_every_character_means_itself(session: Session) -> None:
    fill(session, NASTY)
    for (compare, meaning), value in product(MEANINGS, [*NASTY, "su", "S", "an", "usa", "b", "zz"]):
        assert found(session, compare, value) == meant(meaning, NASTY, value), (compare, value)


def test_letters_beyond_ascii_have_cases_too(session: Session) -> None:
    words = ["Élodie", "élodie", "ÉLODIE", "Ørsted", "ørsted", "Жук", "жук"]
    fill(session, words)
    for (compare, meaning), value in product(MEANINGS, ["ÉLO", "élodie", "Ø", "ØRSTED", "ж", "ЖУК", "die"]):
        assert found(session, compare, value) == meant(meaning, words, value), (compare, value)


def test_the_consoles_own_tables_are_compared_in_any_case_too(session: Session) -> None:
    Model.metadata.create_all(session.connection(), tables=[cast(Table, Operation.__table__)])
    dialect = session.get_bind().dialect.name
    if dialect == "mariadb":
        collation = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        session.execute(sql(f"ALTER TABLE backoffice_operation CONVERT TO {collation}"))
    session.execute(insert(Operation).values(kind="user:update", actor_kind="person", actor_name="Susan"))
    for compare, value in [(text.equals, "sUSAN"), (text.begins_with, "su"), (text.contains, "USA")]:
        found = select(Operation.id).where(compare(Operation.actor_name, value, dialect))
        assert len(session.scalars(found).all()) == 1, value


letters = st.text(st.sampled_from("abAB%_/\\'\" éÉßİ\U0001f600\U0010ffff"), max_size=6)


@given(st.lists(letters, max_size=8), letters.filter(bool), letters)
def test_a_value_finds_itself_in_whatever_it_is_part_of(words: list[str], value: str, rest: str) -> None:
    with Session(SQLITE) as session:
        fill(session, [*words, value, value + rest, rest + value])
        assert value in found(session, text.equals, value)
        assert {value, value + rest} <= found(session, text.begins_with, value)
        assert {value, value + rest, rest + value} <= found(session, text.contains, value)


ascii_words = st.text(st.sampled_from("abAB%_/\\'\" \U0001f600\U0010ffff"), max_size=5)


@given(st.lists(ascii_words, max_size=12), ascii_words.filter(bool), st.sampled_from(MEANINGS))
def test_a_value_finds_nothing_else(words: list[str], value: str, meanings: Any) -> None:
    compare, meaning = meanings
    with Session(SQLITE) as session:
        fill(session, words)
        assert found(session, compare, value) == meant(meaning, words, value)
