"""Text that a spreadsheet would run as a formula, marked so that it does not, and unmarked again."""

import re

from backoffice.models import INVISIBLE

MARK = "'"
# What begins a formula in one spreadsheet or another, and whatever Unicode takes for the same: full-width,
# small, raised and lowered ones, two in one.
SIGNS = r"=+\-@\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B\u207A-\u207C\u208A-\u208C\u2A75\u2A76\uFB29"
# Text that gets a mark, as Python and PostgreSQL both read it: the first visible character is such a sign, or
# the first of all is our own mark, or breaks out of the cell in some program.
GUARDED = rf"^(?:[{INVISIBLE}]*[{SIGNS}]|[{MARK}\t\r\n])"
_is_guarded = re.compile(GUARDED).match


def guard_cell(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return MARK + text if _is_guarded(text) else text


def restore_cell(text: str) -> str:
    """The text of a cell as it was before `guard_cell`."""
    return text.removeprefix(MARK)
