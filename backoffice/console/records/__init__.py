"""The pages over the records of a table."""

from backoffice.console.records import expired_forms
from backoffice.console.records.base import Records
from backoffice.console.records.bulk_select import TYPED_ABOVE
from backoffice.console.records.etags import SENT, is_version_of_values, version_of_values
from backoffice.console.records.fields import LongTextField
from backoffice.console.records.forms import RecordForm
from backoffice.console.records.view import RecordView

__all__ = [
    "SENT",
    "TYPED_ABOVE",
    "LongTextField",
    "RecordForm",
    "RecordView",
    "Records",
    "expired_forms",
    "is_version_of_values",
    "version_of_values",
]
