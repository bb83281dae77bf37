"""What stands in a file of ours, read without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

# Where statements stand in others; expressions, which are most of a file, hold none.
BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def statements(path: Path) -> Iterator[ast.AST]:
    """Each statement of a file, however deep it stands."""
    found: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    for node in found:
        for body in BODIES:
            found += getattr(node, body, ())
        yield node
