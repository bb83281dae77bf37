"""The kinds of files that a list leaves the console as."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from sqlalchemy import Engine

from backoffice.listing import Listing
from backoffice.transfer.csv import export_csv
from backoffice.transfer.json_lines import export_json_lines
from backoffice.transfer.stream import Ask


@dataclass(frozen=True)
class Format:
    """`label` is for people; `export` makes the file."""

    label: str
    mimetype: str
    export: Callable[[Listing, Engine, Ask], Generator[bytes]]


# By the end of a file's name, which stands in the address as well.
FORMATS = {
    "csv": Format("CSV", "text/csv", export_csv),
    "jsonl": Format("JSON Lines", "application/jsonl", export_json_lines),
}
