"""How things are shown: values, times, names of tables, roles and events, diffs."""

from backoffice.console.presenters import delete_effects, formats, locale, table_markup
from backoffice.console.presenters.audited_table import AuditedTable, column_labels, gone_of
from backoffice.console.presenters.base_form import REQUIRED, SelectChoice, TranslatedForm
from backoffice.console.presenters.cells import Cell, cell
from backoffice.console.presenters.chart import Chart, daily_chart
from backoffice.console.presenters.count_words import count_label, count_words, matching_words
from backoffice.console.presenters.diffs import Diff, diffs_of, field_diff
from backoffice.console.presenters.formats import Clocks, clock_name, language_tag, moment_label
from backoffice.console.presenters.gone_rows import GoneRow
from backoffice.console.presenters.list_words import Asked, asked_words
from backoffice.console.presenters.locale import ENGLISH
from backoffice.console.presenters.method_labels import method_label
from backoffice.console.presenters.operation_facts import Act
from backoffice.console.presenters.operation_labels import (
    actor_label,
    operation_label,
    state_cell,
    state_words,
    verb_choices,
    what_of,
)
from backoffice.console.presenters.operation_urls import operation_url, undoable
from backoffice.console.presenters.operation_verbs import WORDS, verb_of
from backoffice.console.presenters.orphans import reason_cells, record_cells, refusal_words
from backoffice.console.presenters.progress import progress_of
from backoffice.console.presenters.reports import report_of, skipped_rows, skipped_sentences
from backoffice.console.presenters.role_labels import role_choices, role_descriptions, role_label
from backoffice.console.presenters.security_event_labels import (
    GROUPS,
    event_kind_label,
    event_label,
    kind_choices,
)
from backoffice.console.presenters.table_labels import record_cell, rows_label, table_label
from backoffice.console.presenters.table_markup import td_content, td_opening
from backoffice.console.presenters.text_diff import Run, marked_up
from backoffice.console.presenters.timeout_notice import timeout_sentences
from backoffice.console.presenters.user_agents import browser_label
from backoffice.console.presenters.visible_tables import hidden_tables, may_see

__all__ = [
    "ENGLISH",
    "GROUPS",
    "REQUIRED",
    "WORDS",
    "Act",
    "Asked",
    "AuditedTable",
    "Cell",
    "Chart",
    "Clocks",
    "Diff",
    "GoneRow",
    "Run",
    "SelectChoice",
    "TranslatedForm",
    "actor_label",
    "asked_words",
    "browser_label",
    "cell",
    "clock_name",
    "column_labels",
    "count_label",
    "count_words",
    "daily_chart",
    "delete_effects",
    "diffs_of",
    "event_kind_label",
    "event_label",
    "field_diff",
    "formats",
    "gone_of",
    "hidden_tables",
    "kind_choices",
    "language_tag",
    "locale",
    "marked_up",
    "matching_words",
    "may_see",
    "method_label",
    "moment_label",
    "operation_label",
    "operation_url",
    "progress_of",
    "reason_cells",
    "record_cell",
    "record_cells",
    "refusal_words",
    "report_of",
    "role_choices",
    "role_descriptions",
    "role_label",
    "rows_label",
    "skipped_rows",
    "skipped_sentences",
    "state_cell",
    "state_words",
    "table_label",
    "table_markup",
    "td_content",
    "td_opening",
    "timeout_sentences",
    "undoable",
    "verb_choices",
    "verb_of",
    "what_of",
]
