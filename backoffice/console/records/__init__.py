"""The pages over the records of a table."""

from backoffice.console.records import expired_forms
from backoffice.console.records.etags import SENT, etag_of_values, is_etag_of_values
from backoffice.console.records.export import ExportPage
from backoffice.console.records.fields import LongTextField
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.list_source import listing_of
from backoffice.console.records.probe_detection import keys_sent
from backoffice.console.records.quick_search import find_records
from backoffice.console.records.record_page import RecordPage
from backoffice.console.records.selection_page import most_by_a_press
from backoffice.console.records.view import RecordView

__all__ = [
    "SENT",
    "ExportPage",
    "LongTextField",
    "RecordForm",
    "RecordPage",
    "RecordView",
    "etag_of_values",
    "expired_forms",
    "find_records",
    "is_etag_of_values",
    "keys_sent",
    "listing_of",
    "most_by_a_press",
]
