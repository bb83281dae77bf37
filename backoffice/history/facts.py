"""What an operation was about, as facts: they are stored, and the words for them are made when they are read.

An operation on rows of its table has one of

    {"row": {"key": "17", "name": "hello"}}      one row, and what it was called then; null where by its key
    {"rows": 11033}                              so many
    {"rows": 11033, "filters": [["timestamp_before", "2025-06-01"]], "search": "", "zone": "Europe/Madrid"}

where the last are the rows of a list: what its address asked, and on which clocks. Beside them may stand the
`columns` that were given values; the `table` of a row of another table, in `row`; and who made the `link` by
which it was done. Others have

    {"undoes": {"kind": ..., "table": ..., "rows": ..., "at": ..., "facts": ...}, "times": 1}

what was undone, which is there even when the history of that is not kept any more, and how often it was
reverted; `{"added": {"user": 20}}`, new rows by table; or `{"until": "2025-06-01T00:00"}`, for a purge.
"""

from collections.abc import Sequence

from backoffice.models import Facts, Operation, RowFacts, RowKey, UndoneFacts


def about_row(key: RowKey, name: str | None, table: str | None = None) -> Facts:
    """One row, by its key and its name; `table` where it is not of the operation's own."""
    row: RowFacts = {"key": str(key), "name": name}
    if table is not None:
        row["table"] = table
    return {"row": row}


def about_rows(number: int) -> Facts:
    """So many rows."""
    return {"rows": number}


def about_list(number: int, filters: Sequence[tuple[str, str]], search: str, zone: str) -> Facts:
    """The rows of a list."""
    return {"rows": number, "filters": [list(pair) for pair in filters], "search": search, "zone": zone}


def about_undone(act: Operation) -> Facts:
    """What is undone with this operation: of one that undid another one, that one, once more."""
    facts = act.facts or {}
    if "undoes" in facts:
        return {"undoes": facts["undoes"], "times": facts.get("times", 1) + 1}
    undone: UndoneFacts = {
        "kind": act.kind,
        "table": act.table_name,
        "rows": act.changed_rows,
        "at": act.started_at.isoformat(),
        "facts": act.facts,
    }
    if act.selection is not None:  # recorded before there were facts
        undone["words"] = act.selection
    return {"undoes": undone, "times": 1}
