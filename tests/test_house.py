"""The rules of the house, checked: imports go down the floors, and every page has a permission."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from backoffice.permissions import ACTS

PACKAGE = Path(__file__).parents[1] / "backoffice"
FLOORS = (
    {"extensions", "exceptions", "clock", "budgets", "database", "zones"},
    {"models"},
    {"history", "listing", "permissions"},
    {"work", "security"},
    {"bulk", "undo", "transfer", "accounts", "retention"},
    {"console"},
    {"commands", "__init__"},
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The two rooms on the top floor that know others of it: the house itself, which wires them all.
WIRING = "__init__"


def imports_between_rooms() -> Iterator[tuple[Path, str, str]]:
    """Each import of one room by another: the file, its room, and the room that it imports."""
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        room = inside.parts[0].removesuffix(".py")
        for imported in imported_modules(path):
            if imported == room:
                continue
            yield inside, room, imported


def imported_modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("backoffice"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("backoffice."))


def test_every_room_has_a_floor() -> None:
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if is_room(path)}
    assert rooms <= FLOOR_OF.keys(), "a new room: say in FLOORS on which floor it stands"


def is_room(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()


def test_imports_go_down_the_floors() -> None:
    wrong = [
        f"{path} imports {imported}"
        for path, room, imported in imports_between_rooms()
        if room != WIRING and FLOOR_OF[imported] >= FLOOR_OF[room] and FLOOR_OF[room] > 0
    ]
    assert not wrong, "imports go down only, and rooms on one floor do not know each other"


def test_the_ground_floor_imports_nothing_of_ours() -> None:
    wrong = [
        f"{path} imports {imported}"
        for path, room, imported in imports_between_rooms()
        if FLOOR_OF[room] == 0 and imported not in FLOORS[0]
    ]
    assert not wrong


def admin_rules(app: Flask) -> list[tuple[str, str]]:
    """The pages below /admin/, each by its view and its function."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert len(rules) > 25
    return [(rule.endpoint.partition(".")[0], rule.endpoint.partition(".")[2]) for rule in rules]


def test_every_page_below_admin_has_a_permission(bare_app: Flask) -> None:
    views = {view.endpoint: view for view in bare_app.extensions["admin"][0]._views}
    for endpoint, function in admin_rules(bare_app):
        act = views[endpoint].acts.get(function)
        assert act in ACTS, f"{endpoint}.{function} names no act: whoever may do what cannot be said"


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
