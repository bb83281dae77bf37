"""Static files, icons, and that templates keep to them."""

import gzip
import re
from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.console.http import assets, icons

ROOT = Path(assets.__file__).parents[2]
TEMPLATES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("templates/**/*.html")}
MODULES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("static/**/*.js")}
PYTHON = "\n".join(path.read_text() for path in ROOT.glob("console/**/*.py") if path.name != "icons.py")

COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r'"([^"]+)"')
ICON_CALL = re.compile(r"\bicon\(((?:[^()]|\([^()]*\))*)\)")
ASSET_CALL = re.compile(r'\basset\("([^"]+)"\)')
IMPORTED = re.compile(r'^(?:import .* from|.* await import\()\s*"([^"]+)"\)?;$', re.MULTILINE)
INLINE = {
    "a script of its own": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a stylesheet of its own": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
    "another site": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("backoffice", static_folder=None)
    assets.init_app(app)
    with app.test_request_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def icons_called() -> set[str]:
    """The names that templates give to `icon(...)`, those of a choice between two included."""
    return {
        name
        for text in TEMPLATES.values()
        for call in ICON_CALL.findall(COMMENT.sub("", text))
        for name in QUOTED.findall(re.sub(r'== "[^"]*"', "", call))
    }


# Addresses and caching


def test_the_address_holds_a_fingerprint_and_is_kept_for_good(client: FlaskClient) -> None:
    address = assets.asset("records/selection.js")
    assert re.fullmatch(r"/static/[0-9a-f]{12}/records/selection\.js", address)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_older_address_still_answers_but_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/000000000000/console.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_fingerprint_is_of_the_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "one.js").write_text("1")
    first, again = assets.Assets().fingerprint, assets.Assets().fingerprint
    (tmp_path / "one.js").write_text("2")
    assert first == again != assets.Assets().fingerprint


@pytest.mark.parametrize(
    "name", ["missing.js", "../config.py", "records/../../extensions.py", "layout/base.css", "records"]
)
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/000000000000/{name}").status_code == 404


def test_an_unknown_name_is_an_error_in_the_template(app: Flask) -> None:
    with pytest.raises(KeyError):
        assets.asset("records/missing.js")
    with pytest.raises(KeyError):
        assets.icon("missing")


def test_edited_files_show_at_the_next_request_while_debugging(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "one.js").write_text("1")
    app = Flask("backoffice", static_folder=None)
    app.config["DEBUG"] = True
    assets.init_app(app)
    (tmp_path / "one.js").write_text("2")
    assert app.test_client().get("/static/000000000000/one.js").text == "2"


# Compression


@pytest.mark.parametrize("encodings", ["gzip", "gzip, deflate, br, zstd", "*"])
def test_files_are_compressed_for_who_takes_it(client: FlaskClient, encodings: str) -> None:
    address = assets.asset("console.css")
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": encodings})
    assert "Content-Encoding" not in plain.headers
    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 4
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary


def test_gzip_refused_is_gzip_refused(client: FlaskClient) -> None:
    answer = client.get(assets.asset("console.css"), headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert "Content-Encoding" not in answer.headers


def test_all_of_them_together_are_small(app: Flask, client: FlaskClient) -> None:
    """Even a page that used every file would stay below what a first visit may cost."""
    names = app.extensions["assets"].files
    sizes = [len(client.get(assets.asset(name), headers={"Accept-Encoding": "gzip"}).data) for name in names]
    assert sum(sizes) < 80_000


# Stylesheet and icons


def test_bootstrap_lies_below_ours(app: Flask) -> None:
    stylesheet = app.extensions["assets"].files["console.css"].decode()
    layer, ours = stylesheet.index("@layer bootstrap {"), stylesheet.index("--accent:")
    assert layer < stylesheet.index("Bootstrap  v5.3") < ours
    assert "sourceMappingURL" not in stylesheet
    assert "@charset" not in stylesheet


def test_stylesheets_load_nothing_from_elsewhere(app: Flask) -> None:
    stylesheet = app.extensions["assets"].files["console.css"].decode()
    assert "@import" not in stylesheet
    assert not re.findall(r"url\((?![\"']?data:)", stylesheet)


def test_the_sprite_has_the_icons_that_are_used_and_no_others() -> None:
    in_sprite = set(re.findall(r'<symbol id="([^"]+)"', icons.sprite().decode()))
    assert in_sprite == set(icons.NAMES)
    named = "\n".join(TEMPLATES.values()) + PYTHON
    assert {name for name in icons.NAMES if f'"{name}"' not in named} == set()


def test_templates_call_only_icons_in_the_sprite() -> None:
    called = icons_called()
    assert {"trash", "arrow-up", "arrow-down"} <= called
    assert called - set(icons.NAMES) == set()


def test_an_icon_is_silent(app: Flask) -> None:
    markup = assets.icon("trash")
    assert 'aria-hidden="true"' in markup
    assert f'href="{assets.asset("icons.svg")}#trash"' in markup


# Templates


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_hold_nothing_inline(name: str) -> None:
    text = EXPRESSION.sub("", COMMENT.sub("", TEMPLATES[name]))
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("name", MODULES)
def test_modules_make_no_markup_from_text(name: str) -> None:
    """Nor do they set inline styles, which the content policy would let through from a script."""
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.style\b|\beval\(", MODULES[name]
    )


@pytest.mark.parametrize("name", MODULES)
def test_modules_let_people_paste_and_hear_no_other_window(name: str) -> None:
    assert not re.search(
        r"""["'](paste|beforeinput|message)["']|onpaste|onmessage|postMessage""", MODULES[name]
    )


def test_files_that_templates_name_exist_and_every_module_is_named(app: Flask) -> None:
    named = {name for text in TEMPLATES.values() for name in ASSET_CALL.findall(text)}
    # Or by another module, next to which it is served.
    named |= {
        normpath(f"{name}/../{path}").removeprefix("static/")
        for name, text in MODULES.items()
        for path in IMPORTED.findall(text)
    }
    files = set(app.extensions["assets"].files)
    assert named - files == set()
    assert {name for name in files if name.endswith(".js")} - named == set()


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_say_what_they_take(name: str) -> None:
    assert TEMPLATES[name].startswith("{#-")


def test_flask_admins_own_pages_get_our_frame() -> None:
    assert '{% extends "layout/frame.html" %}' in TEMPLATES["templates/admin/base.html"]
