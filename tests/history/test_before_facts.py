"""A database that was made before operations had facts: it verifies, and its history is read in words.

before_facts.sql is what SQLite dumps of one that the console made then, by its pages and commands.
"""

import sqlite3
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import make_url

from backoffice import undo
from backoffice.console.presenters import operation_label
from backoffice.extensions import db
from backoffice.history import about_row, operation, seal_all, verify
from backoffice.models import Operation, Post, Seal
from tests.browsing import sign_in
from tests.conftest import at_hand, migrate
from tests.databases import Templates
from tests.history.conftest import findings, tamper

DUMP = Path(__file__).with_name("before_facts.sql")
SPANISH = {"Accept-Language": "es"}
SEALS = 42


@pytest.fixture
def migrated_url(templates: Templates) -> str:
    """That database, brought up to date."""
    return at_hand(templates.address("sqlite", "before facts", read_and_migrate))


def read_and_migrate(database_url: str) -> None:
    with sqlite3.connect(str(make_url(database_url).database)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
    connection.close()
    migrate(database_url)


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, "susan")
    return client


def test_it_verifies(app: Flask) -> None:
    report = verify()
    assert (report.findings, report.seals, report.unsealed, report.unknown_keys.total()) == ([], SEALS, 0, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE backoffice_operation SET selection = 'post hello' WHERE id = 12",
        "UPDATE backoffice_operation SET facts = '{}' WHERE id = 12",
        """UPDATE backoffice_operation SET facts = '{"rows": 9}', selection = NULL WHERE id = 12""",
        "UPDATE backoffice_seal SET format = 2 WHERE operation_id = 12",
        "UPDATE backoffice_forgetting SET format = 2 WHERE id = 1",
        "UPDATE backoffice_change SET row_key = '9' WHERE operation_id = 12",
    ],
)
def test_what_was_sealed_then_cannot_be_altered_now(app: Flask, statement: str) -> None:
    tamper(statement)
    assert len(findings()) == (2 if "forgetting" in statement or "seal" in statement else 1)


def test_what_is_sealed_from_now_on_seals_the_facts_too(app: Flask) -> None:
    post = db.session.scalars(select(Post)).first()
    assert post is not None
    with operation("post:update", table="post", facts=about_row(post.id, "hello")):
        post.body = "changed"
    seal_all()
    db.session.rollback()
    formats = db.session.scalars(select(Seal.format).order_by(Seal.position)).all()
    assert formats == [*[1] * SEALS, 2]
    assert findings() == []
    tamper("UPDATE backoffice_operation SET facts = replace(facts, 'hello', 'HELLO') WHERE facts IS NOT NULL")
    assert [one.partition(" was")[0] for one in findings()] == ["Operation 43"]
    tamper("UPDATE backoffice_operation SET facts = NULL WHERE facts IS NOT NULL")
    assert len(findings()) == 1
    tamper("UPDATE backoffice_seal SET format = 1 WHERE format = 2")
    assert findings()[0].startswith("The seal at position 43, of operation 43, was altered")


FOUR = "4 publicaciones de antes del 1 de junio de 2025 (Autor es john; encontrado con «hello»)"
# What the list of the history says of some of them, by number.
WORDS = {
    1: ("Changed 2 users", "Cambio: 2 usuarios"),
    2: ("Created user “john”", "Creación: usuario «john»"),
    4: ("Created 1 user", "Creación: 1 usuario"),
    11: (
        "Created post “naïve, “quoted”; = and (more)”",
        "Creación: publicación «naïve, “quoted”; = and (more)»",
    ),
    13: ("Put back post “hello there”", "Restauración: publicación «hello there»"),
    15: ("Deleted 2 posts", "Eliminación: 2 publicaciones"),
    18: (
        "Undid: Undid: Undid: Deleted 2 posts",
        "Deshecho: Deshecho: Deshecho: Eliminación: 2 publicaciones",
    ),
    19: (
        "Deleted 4 posts from before 1 June 2025 (Author is john; found by “hello”)",
        f"Eliminación: {FOUR}",
    ),
    20: (
        "Undid: Deleted 4 posts from before 1 June 2025 (Author is john; found by “hello”)",
        f"Deshecho: Eliminación: {FOUR}",
    ),
    # It was asked on 30 November.
    23: (
        "Deleted 2 posts from 24 November 2026 to 30 November 2026",
        "Eliminación: 2 publicaciones del 24 de noviembre de 2026 al 30 de noviembre de 2026",
    ),
    25: ("Changed 5 posts, the whole list", "Cambio: 5 publicaciones, la lista entera"),
    27: (
        "Put back post “naïve, “quoted”; = and (more)”",
        "Restauración: publicación «naïve, “quoted”; = and (more)»",
    ),
    28: ("Gave access to “ada”", "Acceso dado: «ada»"),
    33: ("Undid: Took access from “ada”", "Deshecho: Acceso retirado: «ada»"),
    35: ("Undid: Set a password", "Deshecho: Cambio de contraseña"),
    36: ("Set a password: user “john”", "Cambio de contraseña: usuario «john»"),
    37: (
        "Deleting 6 posts from before 1 January 2030",
        "Eliminando: 6 publicaciones de antes del 1 de enero de 2030",
    ),
    40: (
        "Added sample data: 1 user and 2 posts",
        "Datos de muestra añadidos: 1 usuario y 2 publicaciones",
    ),
    41: (
        "Forgot old history: what ended before 1 Sep 2026, 17:42 UTC",
        "Historial antiguo olvidado: lo que terminó antes del 1 sept 2026, 17:42 UTC",
    ),
    42: ("Removed user #4 from history", "Supresión en el historial: usuario #4"),
}


@pytest.mark.parametrize("number", WORDS)
def test_its_history_is_read_in_words(reader: FlaskClient, number: int) -> None:
    for words, headers in zip(WORDS[number], ({}, SPANISH), strict=True):
        address = f"/admin/history/details/?id={number}"
        assert f"<h1>{words}</h1>" in unescape(reader.get(address, headers=headers).text)


def test_the_list_says_the_same(reader: FlaskClient) -> None:
    for language, headers in enumerate(({}, SPANISH)):
        page = unescape(reader.get("/admin/history/", headers=headers).text)
        for words in WORDS.values():
            assert words[language] in page
    assert db.session.scalar(select(Operation.facts).where(Operation.facts.is_not(None))) is None


def test_why_it_failed_is_said_in_the_readers_language(reader: FlaskClient) -> None:
    failed = "/admin/history/details/?id=37"
    assert "Your role does not allow this." in reader.get(failed).text
    assert "Su rol no permite esto." in reader.get(failed, headers=SPANISH).text


def test_it_can_be_undone_still(app: Flask) -> None:
    act = undo.undo(db.session.get_one(Operation, 14))
    assert act.facts is not None
    assert act.facts["undoes"]["words"] == "post hello 0"
    with app.test_request_context():
        assert operation_label(act) == "Undid: Deleted post “hello 0”"
