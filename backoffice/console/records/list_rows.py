"""The rows of a list as HTML, each with its tick box and its menu. See table_markup.py for why by hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from markupsafe import Markup, escape

from backoffice.console.http import icon
from backoffice.console.presenters import Cell, Clocks, td_content, td_opening
from backoffice.console.records.etags import SENT, etag_maker
from backoffice.models import RowKey
from backoffice.registry import Heading

if TYPE_CHECKING:
    from backoffice.console.records.view import RecordView


class ListRows:
    """Draws rows that were read with the shown columns of `view`, below `headings`.

    `tickable` rows can be chosen; `delete_url` takes the key of one that is to go, None where none may.
    """

    def __init__(
        self, view: "RecordView", headings: Sequence[Heading], *, tickable: bool, delete_url: str | None
    ) -> None:
        self.view, self.tickable = view, tickable
        self.openings = [td_opening(heading) for heading in headings]
        self.select, self.more = _around_name(_("Select {name}")), _around_name(_("More for {name}"))
        self.version = etag_maker(view) if tickable or delete_url else None
        self.clocks = Clocks.of_reader()
        self.labels: dict[int, tuple[object, str]] = {}
        self.dots = icon("three-dots")
        self.details, self.edit = _labelled("eye", _("Details")), _labelled("pencil", _("Edit"))
        self.delete_url, self.delete = delete_url, _labelled("trash", _("Delete…"))

    def markup(self, rows: Iterable[object]) -> Markup:
        """All of them."""
        rows = list(rows)
        cells = self.view.cells.of_rows(rows, self.view.columns.shown)
        return Markup("\n".join(map(self._row, rows, cells)))  # noqa: S704, every part is escaped

    def _row(self, row: object, cells: Iterable[Cell]) -> str:
        view, clocks = self.view, self.clocks
        key = getattr(row, view.columns.key.name)
        name = escape(view.called(getattr(row, view.name_column), key))
        pairs = zip(self.openings, cells, strict=True)
        shown = "".join([f"{opening}{td_content(cell, clocks)}</td>" for opening, cell in pairs])
        tick = self._tick(escape(key), name) if self.tickable else ""
        return f'<tr role="row">{tick}{shown}{self._menu(row, key, name)}</tr>'

    def _tick(self, key: str, name: str) -> str:
        before, after = self.select
        return (
            '<td class="pick" role="cell"><label class="tick">'
            f'<input class="form-check-input" type="checkbox" name="rowid" value="{key}">'
            f'<span class="visually-hidden">{before}{name}{after}</span></label></td>'
        )

    def _menu(self, row: object, key: RowKey, name: str) -> str:
        before, after = self.more
        return (
            '<td class="more" role="cell"><details class="menu" name="row-menu" data-menu>'
            f'<summary>{self.dots}<span class="visually-hidden">{before}{name}{after}</span></summary>'
            f'<ul class="menu-panel">{"".join(self._items(key))}</ul></details>{self._version(row, key)}</td>'
        )

    def _version(self, row: object, key: RowKey) -> str:
        """How the row was shown, by which what is done to it is known to be meant for it."""
        if self.version is None:
            return ""
        return f'<input type="hidden" name="{SENT}" value="{escape(key)}:{self.version(row)}">'

    def _items(self, key: RowKey) -> Iterable[str]:
        yield _item(self.view.urls.details(key), self.details)
        if edit_url := self.view.urls.edit(key):
            yield _item(edit_url, self.edit)
        for link in self.view.links(key):
            yield _item(link["url"], self._link_label(link))
        if self.delete_url is not None:
            button = f'<button formaction="{escape(self.delete_url)}" name="id" value="{escape(key)}">'
            yield f'<li class="menu-danger">{button}{self.delete}</button></li>'

    def _link_label(self, link: Mapping[str, str]) -> str:
        # As a rule it is the same object in every row. Being kept, it is not confused with another one.
        words = link["label"]
        if id(words) not in self.labels:
            self.labels[id(words)] = words, _labelled(link["icon"], words)
        return self.labels[id(words)][1]


def _item(url: str, label: str) -> str:
    return f'<li><a href="{escape(url)}">{label}</a></li>'


def _labelled(icon_name: str, words: object) -> str:
    return f"{icon(icon_name)} {escape(words)}"


def _around_name(words: str) -> tuple[str, str]:
    """What stands before a name, and after it."""
    before, _name, after = words.partition("{name}")
    return escape(before), escape(after)
