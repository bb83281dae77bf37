"""Text that a spreadsheet would run as a formula, marked so that it does not, and unmarked again."""

# What begins a formula in one spreadsheet or another, the full-width forms included, and our own mark.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'")
MARK = "'"


def guard_cell(text: str) -> str:
    """The text as no spreadsheet takes it for a formula."""
    return MARK + text if text.startswith(FORMULA_STARTS) else text


def restore_cell(text: str) -> str:
    """The text of a cell as it was before `guard_cell`."""
    return text.removeprefix(MARK)
