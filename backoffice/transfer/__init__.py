"""Moving rows out of the console as files."""

from backoffice.transfer.csv import export_csv, restore_cell
from backoffice.transfer.file_name import file_name

__all__ = ["export_csv", "file_name", "restore_cell"]
