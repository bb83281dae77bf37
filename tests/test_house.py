"""The rules of the house, checked: imports go down the floors, and every page has a permission."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from backoffice.console.flask_admin_private import views_of
from backoffice.console.page import access_to
from backoffice.permissions import PERMISSIONS
from tests.sources import statements

PACKAGE = Path(__file__).parents[1] / "backoffice"
# The floors of the house, and of the rooms that are houses themselves: the lowest first.
FLOORS: dict[str, tuple[set[str], ...]] = {
    "backoffice": (
        {
            "extensions",
            "exceptions",
            "reasons",
            "accents",
            "clock",
            "connections",
            "dates",
            "numbers",
            "statement_timeouts",
            "database",
            "database_errors",
            "drivers",
            "planning",
            "statements",
            "threads",
            "zones",
        },
        {"models"},
        {"history", "listing", "permissions"},
        {"registry"},
        {"work", "security"},
        {"bulk", "undo", "accounts", "retention"},
        {"transfer"},
        {"console"},
        {"commands"},
    ),
    "backoffice.accounts": (
        {"account", "digests", "protection"},
        {"names", "sessions"},
        {"drafts", "preferences", "rate_limits"},
        {"passwords"},
        {"authentication", "mfa"},
        {"administrators", "unlocking"},
    ),
    "backoffice.console": (
        {"http"},
        {"presenters"},
        {"auth", "page", "flask_admin_private"},
        {"base"},
        {"lists"},
        {"records"},
        {"account", "history", "posts", "security_log", "users"},
        {"administrators", "shell"},
        {"console"},
    ),
}
# What an import crosses: the importing module, the imported one, and the names that are taken from it.
Import = tuple[str, str, list[str]]


@cache
def imports() -> list[Import]:
    """Each import of ours by ours, wherever in a file it stands."""
    return list(read_imports())


def read_imports() -> Iterator[Import]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in statements(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "backoffice":
                yield module_name(path), str(node.module), [alias.name for alias in node.names]
            elif isinstance(node, ast.Import):
                assert not any(alias.name.startswith("backoffice") for alias in node.names), path


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_path(module: str) -> Path:
    return PACKAGE.parent.joinpath(*module.split("."))


def is_package(module: str) -> bool:
    return (module_path(module) / "__init__.py").exists()


def is_module(module: str) -> bool:
    return is_package(module) or module_path(module).with_suffix(".py").exists()


def modules_of(imported: str, names: list[str]) -> Iterator[str]:
    """The modules that an import reaches: the one it names, or those in it that its names are."""
    for name in names:
        yield f"{imported}.{name}" if is_module(f"{imported}.{name}") else imported


def room_in(house: str, module: str) -> str | None:
    """The room of a house in which a module stands; None for the house itself, and for what is not in it."""
    inside = module.removeprefix(f"{house}.")
    return None if inside == module else inside.partition(".")[0]


def test_every_room_has_a_floor() -> None:
    for house, floors in FLOORS.items():
        folder = module_path(house)
        rooms = {path.stem for path in folder.iterdir() if is_module(f"{house}.{path.stem}")} - {"__init__"}
        assert rooms == set.union(*floors), f"{house}: say in FLOORS on which floor a room stands"


def test_imports_go_down_the_floors() -> None:
    wrong = []
    for house, floors in FLOORS.items():
        floor_of = {room: floor for floor, rooms in enumerate(floors) for room in rooms}
        for module, imported, names in imports():
            room = room_in(house, module)
            for reached in modules_of(imported, names):
                other = room_in(house, reached)
                if room is None or other is None or other == room:
                    continue
                # What everything stands on knows itself, and nothing else of ours.
                on_the_ground = house == "backoffice" and floor_of[room] == floor_of[other] == 0
                if floor_of[other] >= floor_of[room] and not on_the_ground:
                    wrong.append(f"{module} imports {reached}")
    assert not wrong, "imports go down only, and rooms on one floor do not know each other"


def test_a_folder_is_entered_by_its_face() -> None:
    """From outside a folder only that is taken which its `__all__` names."""
    wrong = []
    for module, imported, names in imports():
        folder = folder_entered(module, imported)
        if folder is not None and (folder != imported or not set(names) <= face_of(folder)):
            wrong.append(f"{module} takes {', '.join(names)} from {imported}")
    assert not wrong, "name it in the `__all__` of the folder, or do without"


def folder_entered(module: str, imported: str) -> str | None:
    """The innermost folder that an import enters from outside; the houses themselves stand open."""
    parts = imported.split(".")
    folders = [".".join(parts[:n]) for n in range(2, len(parts) + 1)]
    entered = [
        folder
        for folder in folders
        if is_package(folder)
        and folder not in (*FLOORS, "backoffice.commands")
        and module != folder
        and not module.startswith(f"{folder}.")
    ]
    return entered[-1] if entered else None


@cache
def face_of(folder: str) -> frozenset[str]:
    return frozenset(import_module(folder).__all__)


def test_every_class_has_few_bases() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in statements(path)
        if isinstance(node, ast.ClassDef) and len(node.bases) > 3
    ]
    assert not wrong, "a class with more than three bases is many things at once"


def test_one_way_leads_into_the_database() -> None:
    """Whoever writes through the session does it in a `database.transaction`, which alone commits."""
    committing = {
        module_name(path)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("session.commit")
    }
    assert committing == {"backoffice.database"}


def admin_rules(app: Flask) -> list[tuple[str, str]]:
    """The pages below /admin/, each by its view and its function."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert len(rules) > 25
    return [(rule.endpoint.partition(".")[0], rule.endpoint.partition(".")[2]) for rule in rules]


def test_every_page_below_admin_has_a_permission(bare_app: Flask) -> None:
    views = {view.endpoint: view for view in views_of(bare_app.extensions["admin"][0])}
    for endpoint, function in admin_rules(bare_app):
        access = access_to(type(views[endpoint]), function)
        assert access is not None, f"{endpoint}.{function} names no permission: whoever may open it"
        assert access.permission in PERMISSIONS


def test_every_page_below_admin_is_closed_to_strangers(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/admin"):
            continue
        address = rule.rule.replace("<export_type>", "csv").replace("<token>", "x")
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = client.open(address, method=method)
            if answer.status_code == 302:
                assert answer.location.startswith("/login")
            else:
                assert answer.status_code in (400, 405), f"{method} {address} gave {answer.status}"


def test_other_methods_change_nothing(signed_in: FlaskClient, app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.methods == {"POST"}:
            address = rule.rule.replace("<token>", "x")
            for method in ("GET", "PUT", "DELETE"):
                assert signed_in.open(address, method=method).status_code in (302, 400, 405)


def test_few_annotations_say_any() -> None:
    """`Any` is for what other libraries leave open: 4 of 100 parameters, returns and assignments at most."""
    found = [
        (
            any(getattr(part, "id", None) == "Any" for part in ast.walk(annotation)),
            f"{path}:{annotation.lineno}",
        )
        for path in PACKAGE.rglob("*.py")
        for annotation in annotations_in(ast.parse(path.read_text()))
    ]
    saying = [place for says_any, place in found if says_any]
    assert len(saying) <= 0.04 * len(found), saying


def annotations_in(tree: ast.AST) -> Iterator[ast.expr]:
    """Those that say something: the types of parameters, of what is returned, and of what is assigned."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
