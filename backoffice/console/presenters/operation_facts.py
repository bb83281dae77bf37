"""What an operation was about, in the reader's language: see history/facts.py for what is kept of it."""

from datetime import datetime
from typing import NamedTuple

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from backoffice.console.presenters import old_notation
from backoffice.console.presenters.formats import utc_moment_words
from backoffice.console.presenters.list_words import Asked, list_words
from backoffice.console.presenters.table_labels import named_row, one_of, rows_label
from backoffice.history import Facts
from backoffice.models import Operation
from backoffice.registry import registry
from backoffice.statements import AnyRow


class Act(NamedTuple):
    """As much of an operation as its words are made of; also of one that is known by another one only."""

    kind: str
    table: str | None
    rows: int
    at: datetime | None
    facts: Facts

    @classmethod
    def of(cls, act: Operation | AnyRow) -> "Act":
        """That of an operation, or of as much as a list reads of one."""
        facts = getattr(act, "facts", None)
        if facts is None:
            facts = old_notation.read(act.kind, act.table_name, act.selection) if act.selection else {}
        return cls(act.kind, act.table_name, act.changed_rows, act.started_at, facts)

    @property
    def undone(self) -> "Act | None":
        """What it undoes; None where it undoes nothing, or only some rows of something."""
        undone = self.facts.get("undoes")
        if undone is None:
            return None
        kind, table, rows = undone["kind"], undone["table"], undone.get("rows") or 0
        at = datetime.fromisoformat(undone["at"]) if undone.get("at") else None
        facts = undone.get("facts")
        if facts is None:
            words = undone.get("words")
            facts = old_notation.read(kind, table, words) if words else {}
        return Act(kind, table, rows, at, facts)


def about(act: Act) -> str:
    """What it was about: a row by its name, a number of rows and of which list they were."""
    facts = act.facts
    if "row" in facts:
        row = facts["row"]
        return named_row(one_of(str(row.get("table") or act.table)), row.get("name"), row.get("key"))
    if "filters" in facts:
        view = registry().view_of(act.table) if act.table else None
        return list_words(view, Asked.of(facts, act.at)).after(_counted(act.table, facts["rows"]))
    if "rows" in facts:
        return _counted(act.table, facts["rows"])
    if "added" in facts:
        added = [_counted(table, number) for table, number in facts["added"].items()]
        return str(format_list(added, locale=str(get_locale() or "en")))
    if "until" in facts:
        return str(_("what ended before %(day)s", day=utc_moment_words(facts["until"])))
    return str(facts["words"]) if "words" in facts else _counted(act.table, act.rows)


def _counted(table: str | None, rows: int) -> str:
    if table is not None:
        return rows_label(table, rows)
    return str(ngettext("%(number)s row", "%(number)s rows", rows, number=format_decimal(rows)))
