"""Moving rows out of the console as files."""

from backoffice.transfer.csv import export_csv
from backoffice.transfer.download import Download
from backoffice.transfer.file_name import file_name
from backoffice.transfer.formats import FORMATS, Format
from backoffice.transfer.formulas import restore_cell
from backoffice.transfer.json_lines import export_json_lines

__all__ = [
    "FORMATS",
    "Download",
    "Format",
    "export_csv",
    "export_json_lines",
    "file_name",
    "restore_cell",
]
