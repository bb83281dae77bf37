"""Text that a spreadsheet would run as a formula, marked so that it does not, and unmarked again."""

import re

MARK = "'"
# What begins a formula in one spreadsheet or another, the full-width forms included.
SIGNS = r"=+\-@\uFF1D\uFF0B\uFF0D\uFF20"
# What shows nothing, and may be dropped before the sign: blanks, control and format characters, and letters
# that are drawn as nothing.
INVISIBLE = (
    r"\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680"
    r"\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF"
    r"\uFFA0\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U0001345F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A"
    r"\U000E0000-\U000E0FFF"
)
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
