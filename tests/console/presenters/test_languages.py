"""Every text in the reader's language: the catalogues are whole, and the pages use them."""

import ast
import re
import shlex
import subprocess
import sys
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
import wtforms
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import nodes
from sqlalchemy import select, text

from backoffice import ROOT, create_app
from backoffice.console.presenters.base_form import SENTENCES, TOO_LONG
from backoffice.console.presenters.locale import LANGUAGES, TRANSLATIONS
from backoffice.extensions import db
from backoffice.models import Operation, Post
from tests.browsing import submit, token_of
from tests.conftest import add_administrator, settings

CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
AGAIN = "run `make translations`, and translate what is new"
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


def language_of(catalogue: Path) -> str:
    return catalogue.parts[-3]


def read(catalogue: Path) -> Catalog:
    with catalogue.open("rb") as file:
        return read_po(file, locale=language_of(catalogue))


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code says, taken from it by the very command that `make translations` runs."""
    folder = tmp_path_factory.mktemp("environment")
    (folder / "requirements.txt").touch()
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "translations", f"VENV={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    command = shlex.split(shown.stdout.replace("\\\n", " ").splitlines()[0])
    command[0] = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run(command, cwd=ROOT, check=True)
    with (folder / "messages.pot").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=language_of)
def test_a_catalogue_holds_every_text_and_no_other(catalogue: Path, texts: Catalog) -> None:
    held = read(catalogue)
    said, translated = ({str(m.id) for m in each if m.id} for each in (texts, held))
    assert len(said) > 200
    assert not said - translated, AGAIN
    assert not translated - said, AGAIN
    assert not held.obsolete, AGAIN


def test_every_text_of_the_code_is_taken(texts: Catalog) -> None:
    """One inside of an f-string is not seen by what takes them."""
    taken = {text for m in texts for text in ((m.id,) if isinstance(m.id, str) else m.id)}
    for path in (ROOT / "backoffice").rglob("*.py"):
        assert not sentences(path) - taken, path


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=language_of)
def test_every_text_is_translated_with_the_same_gaps(catalogue: Path) -> None:
    held = read(catalogue)
    for message in held:
        if not message.id:
            continue
        strings = (message.string,) if isinstance(message.string, str) else message.string or ("",)
        assert all(strings), f"not translated: {message.id}"
        assert not message.fuzzy, f"not sure: {message.id}"
        assert not list(message.check(held)), f"other gaps: {message.id}"
        source = message.id if isinstance(message.id, str) else message.id[-1]
        for string in strings:
            assert gaps(string) == gaps(source), f"other gaps: {message.id}"


def gaps(words: str) -> set[str]:
    """What is filled in, by the server and by scripts."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", words))


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=language_of)
def test_what_is_compiled_is_what_is_written(catalogue: Path) -> None:
    written = BytesIO()
    write_mo(written, read(catalogue))
    written.seek(0)
    fresh = read_mo(written)
    with catalogue.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    strings = [{str(m.id): m.string for m in each if m.id} for each in (compiled, fresh)]
    assert strings[0] == strings[1], AGAIN


def test_english_and_spanish_are_there() -> None:
    assert {"en", "es"} <= set(LANGUAGES)
    assert {language_of(one) for one in CATALOGUES} == set(LANGUAGES) - {"en"}


def test_no_template_holds_words_of_its_own(tmp_path: Path) -> None:
    environment = create_app(settings(f"sqlite:///{tmp_path / 'none.db'}")).jinja_env
    for template in sorted((ROOT / "backoffice" / "templates").rglob("*.html")):
        tree = environment.parse(template.read_text("utf-8"))
        markup = "\0".join(data.data for data in tree.find_all(nodes.TemplateData))
        shown = re.sub(r"<!doctype html>|<[^>]*>|</?[\w-]*|[\w-]+=\"[^\"\0]*\"?", " ", markup)
        words = set(re.findall(r"\b[A-Z]?[a-z]{3,}\b", re.sub(r"[^\0]*\">|\b[\w-]+=\"", "", shown)))
        assert words <= {"Backoffice", "Ctrl"}, template


def sentences(path: Path) -> set[str]:
    """The sentences that a module says by itself, ours or one of WTForms."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return {
        argument.value
        for call in calls
        if called(call) in ("_", "gettext", "ngettext", "lazy_gettext")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def called(call: ast.Call) -> str:
    """The bare name of what is called."""
    match call.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def test_what_wtforms_says_is_said_in_our_words() -> None:
    """Fields and rules change their sentences with their version; then ours would not be found any more."""
    modules = [path for path in Path(str(wtforms.__file__)).parent.rglob("*.py") if "csrf" not in path.parts]
    said = set().union(*map(sentences, modules))
    assert {*SENTENCES, TOO_LONG} <= said
    fields = Path(str(wtforms.__file__)).parent / "fields"
    numbers = sentences(fields / "numeric.py")
    assert numbers
    assert numbers <= SENTENCES.keys()


# On the pages


def test_the_page_is_in_the_language_of_the_browser(client: FlaskClient) -> None:
    page = client.get("/login", headers=SPANISH).text
    assert '<html lang="es">' in page
    assert "Nombre de usuario o correo" in page
    other = client.get("/login", headers={"Accept-Language": "fr,tlh;q=0.1"}).text
    assert '<html lang="en">' in other
    assert "Username or email" in other


def test_a_chosen_language_goes_before_that_of_the_browser(signed_in: FlaskClient) -> None:
    preferences = {"time_zone": "", "language": "es"}
    answer = submit(signed_in, "/admin/account/", "/admin/account/preferences/", **preferences)
    assert answer.status_code == 303
    page = signed_in.get("/admin/account/", headers={"Accept-Language": "en"}).text
    assert "Se han guardado su zona horaria y su idioma." in page
    assert '<option selected value="es">Español</option>' in page
    missing = signed_in.get("/admin/user/edit/?id=999", headers={"Accept-Language": "en"}).text
    assert "Aquí no hay nada" in missing


def test_errors_are_in_the_readers_language(client: FlaskClient) -> None:
    assert "Aquí no hay nada" in client.get("/nowhere", headers=SPANISH).text
    assert "ha terminado" in client.post("/login", headers=SPANISH).text
    refused = client.get("/nowhere", headers={**SPANISH, "Accept": "application/json"})
    assert refused.json == {
        "error": {"status": 404, "message": "La página o el registro no existe, o ya no."},
    }
    wrong = submit(client, "/login", username="nobody", password="wrong")
    assert "The name or the password is wrong" in wrong.text


@pytest.mark.every_database
def test_an_error_of_the_database_is_still_a_page(signed_in: FlaskClient) -> None:
    """Whose language it would be cannot be asked then."""
    db.session.execute(text("ALTER TABLE backoffice_preference RENAME TO backoffice_away"))
    db.session.commit()
    try:
        answer = signed_in.get("/admin/", headers=SPANISH)
    finally:
        db.session.execute(text("ALTER TABLE backoffice_away RENAME TO backoffice_preference"))
        db.session.commit()
    assert answer.status_code == 500
    assert '<html lang="es">' in answer.text
    assert "Algo ha ido mal" in answer.text


def test_what_is_wrong_in_a_form_is_said_in_the_readers_language(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "body": "x" * 141, "author": "nobody", "timestamp": "ayer"}
    page = signed_in.post("/admin/post/new/", data=sent, headers=SPANISH).text
    for words in (
        "Como máximo 140 caracteres.",
        "No hay nada que se llame «nobody».",
        "Esto no es una fecha y hora.",
    ):
        assert words in page


def test_numbers_and_dates_are_written_as_in_the_language(signed_in: FlaskClient, app: Flask) -> None:
    db.session.add(Post(body="hola", timestamp=datetime(2024, 1, 31, 12, 0)))
    db.session.commit()
    assert ">31 ene 2024, 12:00</time>" in signed_in.get("/admin/post/", headers=SPANISH).text
    with app.test_request_context(headers=SPANISH):
        assert app.jinja_env.from_string("{{ 1234567.5 | number }}").render() == "1.234.567,5"


def test_plurals_are_those_of_the_language(signed_in: FlaskClient) -> None:
    add_administrator("mary", "viewer")
    for search, words in (("susan", "1 coincide<"), ("example", "2 coinciden<")):
        assert words in signed_in.get(f"/admin/user/?search={search}", headers=SPANISH).text


def test_history_keeps_facts_and_is_read_in_each_language(signed_in: FlaskClient) -> None:
    token = token_of(signed_in.get("/admin/post/new/"))
    sent = {"csrf_token": token, "body": "hola", "author": "", "timestamp": ""}
    assert signed_in.post("/admin/post/new/", data=sent, headers=SPANISH).status_code == 303
    act = db.session.scalars(select(Operation).where(Operation.kind == "post:create")).one()
    assert (act.selection, (act.facts or {})["row"]["name"]) == (None, "hola")
    assert "Se ha creado: hola." in signed_in.get("/admin/", headers=SPANISH).text
    assert "Creación: publicación «hola»" in signed_in.get("/admin/history/", headers=SPANISH).text
    assert "Created post “hola”" in signed_in.get("/admin/history/").text
