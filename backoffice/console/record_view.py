"""The pages over the records of one table: a Flask-Admin ModelView on which every view of ours is built."""

from typing import ClassVar

from backoffice.console.conflict_pages import ConflictPages
from backoffice.console.deletion_pages import DeletionPages
from backoffice.console.draft_pages import DraftPages
from backoffice.console.editing_pages import EditingPages
from backoffice.console.export_page import ExportPage
from backoffice.console.find import Find
from backoffice.console.form_pages import FormPages
from backoffice.console.list_page import ListPage
from backoffice.console.lookup import Lookup
from backoffice.console.records import Records
from backoffice.console.saving import Saving
from backoffice.console.selection_pages import SelectionPages


class RecordView(
    DeletionPages,
    EditingPages,
    SelectionPages,
    ListPage,
    DraftPages,
    FormPages,
    ConflictPages,
    Saving,
    ExportPage,
    Lookup,
    Find,
    Records,
):
    """What a view of one's own derives from.

    It is declared in Flask-Admin's words: `column_list`, `column_filters`, `column_searchable_list`,
    `column_sortable_list`, `column_default_sort`, `form_columns` and so on. Raises ValueError, when it is
    made, where it names a column that is secret, or one that cannot do what it is named for.
    """

    acts: ClassVar[dict[str, str]] = {
        "index_view": "view",
        "details_view": "view",
        "create_view": "create",
        "edit_view": "edit",
        "draft_view": "view",
        "discard_view": "view",
        "delete_view": "delete",
        "action_view": "bulk",
        "selection_view": "delete",
        "edit_selection_view": "edit",
        "export": "export",
        "ajax_lookup": "view",
        "ajax_update": "edit",
    }
