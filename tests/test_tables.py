"""The tables of a run, of what its tests have noted."""

from types import SimpleNamespace
from typing import Any

from tests.tables import note_cell, tables_of


def report(nodeid: str, *cells: tuple[str, str, str, str], when: str = "call") -> Any:
    properties: list[tuple[str, Any]] = [("other", "thing")]
    for cell in cells:
        note_cell(lambda name, value: properties.append((name, value)), *cell)
    return SimpleNamespace(nodeid=nodeid, when=when, user_properties=properties)


def test_cells_of_many_tests_become_one_table() -> None:
    first, second = ("Seconds", "cut", "delete", "1.0"), ("Seconds", "cut", "undo", "2.0")
    reports = [
        report("b", second, ("Seconds", "frozen", "undo", "3.0")),
        report("a", first),
        report("a", first, when="teardown"),
        SimpleNamespace(message="a warning"),
    ]
    assert tables_of(reports) == [
        *("", "Seconds:", ""),
        "| | delete | undo |",
        "| --- | --- | --- |",
        "| cut | 1.0 | 2.0 |",
        "| frozen |  | 3.0 |",
    ]


def test_nothing_noted_is_no_table() -> None:
    assert tables_of([report("a"), report("b")]) == []
