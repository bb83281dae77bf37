"""Tables of what a run measured: each test notes cells, and the end of the run shows them as Markdown.

They are printed, and added to the file that `TEST_TABLES` names.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

# What pytest calls `record_property`; what is noted comes from its other processes too.
Record = Callable[[str, Any], None]
PROPERTY = "cell"
Cells = dict[str, dict[str, str]]


def note_cell(record: Record, title: str, row: str, column: str, text: str) -> None:
    """Put a text into a table of the run."""
    record(PROPERTY, (title, row, column, text))


def show_tables(terminal: pytest.TerminalReporter) -> None:
    """Show all tables of the run, and keep them where it is said."""
    lines = tables_of(report for reports in terminal.stats.values() for report in reports)
    if lines and (file := os.environ.get("TEST_TABLES")):
        with Path(file).open("a", encoding="utf-8") as tables:
            tables.write("\n".join([*lines, ""]))
    for line in lines:
        terminal.write_line(line)


def tables_of(reports: Iterable[Any]) -> list[str]:
    """The lines of all tables that tests have noted."""
    tables: dict[str, Cells] = {}
    noting = (report for report in reports if getattr(report, "when", None) == "call")
    for report in sorted(noting, key=lambda report: str(report.nodeid)):
        for name, cell in report.user_properties:
            if name == PROPERTY:
                title, row, column, text = cell
                tables.setdefault(title, {}).setdefault(row, {})[column] = text
    return [line for title, cells in sorted(tables.items()) for line in _markdown(title, cells)]


def _markdown(title: str, cells: Cells) -> Iterator[str]:
    columns = list(dict.fromkeys(column for row in cells.values() for column in row))
    yield from ("", f"{title}:", "")
    yield f"| | {' | '.join(columns)} |"
    yield "| --- |" + " --- |" * len(columns)
    for name, row in cells.items():
        yield f"| {name} | {' | '.join(row.get(column, '') for column in columns)} |"
