"""What a list is of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from backoffice.console.lists.arguments import Arguments
from backoffice.console.lists.earlier import EarlierWords
from backoffice.listing import Columns, Filter, Stream
from backoffice.transfer import FORMATS


@dataclass(frozen=True)
class ListSource:
    """Its columns, those of its files, and where it stands.

    `within` are the conditions on all of its rows. `files` are the addresses of its files, by their kind, for
    whom may have them. `earlier` rewords what addresses said before. `streams` are those in which the rows of
    such filters are, in the list's own order: see `Listing`.
    """

    columns: Columns
    exported: Columns
    url: str
    within: Sequence[ColumnElement[bool]] = ()
    files: Mapping[str, str] | None = None
    earlier: EarlierWords | None = None
    streams: Callable[[Sequence[Filter]], Sequence[Stream] | None] | None = None

    def asked(self, arguments: Mapping[str, str]) -> Arguments:
        """What an address asks for, in the words of this release."""
        pairs = arguments.items(multi=True) if isinstance(arguments, MultiDict) else arguments.items()
        asked: Arguments = MultiDict(list(pairs))
        return self.earlier(asked) if self.earlier is not None else asked


def files_at(endpoint: str) -> Mapping[str, str]:
    """The addresses of a list's files, by their kind."""
    return {kind: url_for(endpoint, export_type=kind) for kind in FORMATS}
